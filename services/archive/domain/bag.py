"""BagIt (RFC 8493) in a deterministic ZIP: the same files give the same bytes, and no other ZIP is accepted.

Members are stored, not deflated: no compressor's version changes a byte, and no member can grow beyond the file it lies
in.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from stat import S_IFREG
from types import MappingProxyType
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo, is_zipfile

from services.archive.domain.evidence import (
    AlteredFile,
    DuplicateMember,
    MalformedPackage,
    MissingFile,
    PackageTooLarge,
    UndeclaredFile,
    UnreadablePackage,
    UnsafeName,
)

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "data/"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
TAG_FILES = ("bag-info.txt", "bagit.txt", MANIFEST)
MAX_MEMBERS = 10_000
MAX_BYTES = 1 << 29
SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}(/[a-z0-9][a-z0-9._-]{0,99}){0,7}")
MANIFEST_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a ZIP can say
READ_ONLY_FILE = (S_IFREG | 0o444) << 16
UNIX = 3


def build_bag(base: str, *, info: Mapping[str, str], payload: Mapping[str, bytes]) -> bytes:
    """The ZIP of a bag in the folder `base`; payload names lie under `data/`, e.g. `minutes.pdf`.

    `UnsafeName` for a name that is not lower-case ASCII; `PackageTooLarge` over 512 MiB or 10,000 members.
    """
    data = {f"{PAYLOAD}{name}": content for name, content in payload.items()}
    oxum = f"{sum(map(len, data.values()))}.{len(data)}"
    tags = {
        "bag-info.txt": "".join(f"{label}: {_one_line(text)}\n" for label, text in info.items()).encode()
        + f"Payload-Oxum: {oxum}\n".encode(),
        "bagit.txt": DECLARATION,
        MANIFEST: _manifest(data),
    }
    return _zip(
        {f"{base}/{name}": content for name, content in (data | tags | {TAG_MANIFEST: _manifest(tags)}).items()}
    )


def read_bag(archive: bytes) -> tuple[str, Mapping[str, bytes]]:
    """The base folder and the payload (`data/…` → bytes) of a bag that `build_bag` wrote; anything else is refused.

    Raises `MalformedPackage` or the subclass that says more. Whatever the ZIP format allows beyond what is written here
    (comments, links, gaps, prefixes, overlapping members, second directories) ends in bytes that differ, and is
    refused.
    """
    members = _unzip(archive)
    if not members or _zip(members) != archive:
        raise MalformedPackage(why="not the bytes that the archive writes")
    bases = {name.partition("/")[0] for name in members}
    if len(bases) > 1:
        raise MalformedPackage(why="more than one base folder")
    base = bases.pop()
    files = {name.removeprefix(f"{base}/"): content for name, content in members.items()}
    _check_manifests(files)
    return base, MappingProxyType({name: files[name] for name in files if name.startswith(PAYLOAD)})


def digest(content: bytes) -> str:
    """SHA-256 in lower-case hexadecimal, as manifests write it."""
    return sha256(content).hexdigest()


def _manifest(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{digest(files[name])}  {name}\n" for name in sorted(files)).encode()


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise MalformedPackage(why="bag-info")
    return text


def _zip(files: Mapping[str, bytes]) -> bytes:
    if len(files) > MAX_MEMBERS or sum(map(len, files.values())) > MAX_BYTES:
        raise PackageTooLarge
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for name in sorted(files):
            if not SAFE_NAME.fullmatch(name):
                raise UnsafeName(name=name)
            member = ZipInfo(name, EPOCH)
            member.create_system, member.external_attr = UNIX, READ_ONLY_FILE
            archive.writestr(member, files[name])
    return target.getvalue()


def _unzip(data: bytes) -> dict[str, bytes]:
    if len(data) > 2 * MAX_BYTES:
        raise PackageTooLarge
    if not is_zipfile(BytesIO(data)):
        raise UnreadablePackage
    try:
        with ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members, available=len(data))
            return {member.filename: archive.read(member) for member in members}
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise MalformedPackage(why="not a readable ZIP") from error


def _check_members(members: list[ZipInfo], *, available: int) -> None:
    """Check the directory alone, before any content is read."""
    names = set[str]()
    for member in members:
        if not SAFE_NAME.fullmatch(member.orig_filename):
            raise UnsafeName(name=member.orig_filename)
        if member.filename in names:
            raise DuplicateMember(name=member.filename)
        if member.compress_type != ZIP_STORED or member.external_attr != READ_ONLY_FILE:
            raise MalformedPackage(why="compressed, or not a plain file", name=member.filename)
        names.add(member.filename)
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > available:
        raise PackageTooLarge


def _check_manifests(files: Mapping[str, bytes]) -> None:
    tags = {name: content for name, content in files.items() if not name.startswith(PAYLOAD) and name != TAG_MANIFEST}
    payload = {name: content for name, content in files.items() if name.startswith(PAYLOAD)}
    for name in (*TAG_FILES, TAG_MANIFEST):
        if name not in files:
            raise MissingFile(name=name)
    for name in tags.keys() - set(TAG_FILES):
        raise UndeclaredFile(name=name)
    if files["bagit.txt"] != DECLARATION:
        raise MalformedPackage(why="bagit.txt")
    _check_manifest(files[TAG_MANIFEST], tags)
    _check_manifest(files[MANIFEST], payload)


def _check_manifest(manifest: bytes, files: Mapping[str, bytes]) -> None:
    declared = _declared(manifest)
    for name in sorted(files.keys() | declared.keys()):
        if name not in declared:
            raise UndeclaredFile(name=name)
        if name not in files:
            raise MissingFile(name=name)
        if digest(files[name]) != declared[name]:
            raise AlteredFile(name=name)
    if _manifest(files) != manifest:
        raise MalformedPackage(why="order of the manifest")


def _declared(manifest: bytes) -> dict[str, str]:
    try:
        lines = manifest.decode("ascii").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise MalformedPackage(why="manifest") from error
    declared = dict[str, str]()
    for line in lines:
        match = MANIFEST_LINE.fullmatch(line)
        if match is None:
            raise MalformedPackage(why="manifest line")
        declared[match[2]] = match[1]
    return declared
