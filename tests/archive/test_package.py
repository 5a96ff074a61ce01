"""The package: deterministic, readable by other tools, and nothing that the archive did not write is ever read back."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from stat import S_IFLNK
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import bagit
import pytest

from services.archive.domain import bag
from services.archive.domain.evidence import (
    AlteredFile,
    DuplicateMember,
    FileNotInPackage,
    MalformedPackage,
    MissingFile,
    PackageTooLarge,
    UndeclaredFile,
    UnreadablePackage,
    UnsafeName,
)
from services.archive.domain.package import ArchivedFact, RecordDescription, build_package, locate, read_package

DOCUMENTS = {"minutes.pdf": b"%PDF-1.7\n%%EOF\n", "news.json": b"{}"}
BASE = "minutes-0123-2022"


@pytest.fixture
def zipped(description: RecordDescription, facts: tuple[ArchivedFact, ...]) -> bytes:
    return build_package(description, documents=DOCUMENTS, facts=facts)


def members(archive: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(archive)) as opened:
        return {name.removeprefix(f"{BASE}/"): opened.read(name) for name in opened.namelist()}


def rezip(files: dict[str, bytes], **overrides: Any) -> bytes:
    """A ZIP as the archive would write it, but for what the attack overrides in one member or in all."""
    target = BytesIO()
    with ZipFile(target, "w") as archive:
        for name in sorted(files):
            member = ZipInfo(f"{BASE}/{name}", bag.EPOCH)
            member.create_system, member.external_attr = bag.UNIX, bag.READ_ONLY_FILE
            for attribute, value in overrides.items():
                setattr(member, attribute, value)
            archive.writestr(member, files[name])
    return target.getvalue()


def redeclared(files: dict[str, bytes]) -> dict[str, bytes]:
    """Both manifests written anew by an attacker who knows how."""

    def manifest(chosen: dict[str, bytes]) -> bytes:
        return "".join(f"{sha256(chosen[name]).hexdigest()}  {name}\n" for name in sorted(chosen)).encode()

    payload = {name: content for name, content in files.items() if name.startswith("data/")}
    tags = {name: files[name] for name in ("bag-info.txt", "bagit.txt")} | {"manifest-sha256.txt": manifest(payload)}
    return files | tags | {"tagmanifest-sha256.txt": manifest(tags)}


def test_the_same_contents_give_the_same_bytes_in_any_order(
    zipped: bytes, description: RecordDescription, facts: tuple[ArchivedFact, ...]
) -> None:
    turned = dict(reversed(DOCUMENTS.items()))
    assert build_package(description, documents=turned, facts=[*reversed(facts), *facts]) == zipped


def test_these_bytes_are_the_same_on_every_machine_and_in_every_release(zipped: bytes) -> None:
    assert sha256(zipped).hexdigest() == "4461996df30e04c47b08ee8d38f55dcec4a4be1d1b0451f0299c1eeb3fdac0fb"


def test_a_package_reads_back_as_it_was_built(
    zipped: bytes, description: RecordDescription, facts: tuple[ArchivedFact, ...]
) -> None:
    package = read_package(zipped)
    assert (package.description, package.facts, dict(package.documents)) == (
        description,
        tuple(reversed(facts)),
        DOCUMENTS,
    )
    assert package.manifest["data/news.json"] == sha256(b"{}").hexdigest()
    assert sorted(package.manifest) == ["data/facts.jsonl", "data/minutes.pdf", "data/news.json", "data/record.json"]


def test_the_bag_library_validates_it(zipped: bytes, tmp_path: Path) -> None:
    with ZipFile(BytesIO(zipped)) as archive:
        archive.extractall(tmp_path)
    unpacked = bagit.Bag(str(tmp_path / BASE))
    assert unpacked.validate()
    assert [entry.name for entry in tmp_path.iterdir()] == [BASE]
    assert unpacked.info == {
        "Source-Organization": "MTC",
        "External-Identifier": BASE,
        "Bagging-Date": "2022-09-20",
        "Payload-Oxum": f"{sum(len(content) for name, content in members(zipped).items() if 'data/' in name)}.4",
    }


def test_a_file_is_found_by_its_bytes_alone(zipped: bytes) -> None:
    package = read_package(zipped)
    assert locate(package, b"{}") == "data/news.json"
    with pytest.raises(FileNotInPackage):
        locate(package, b"{} ")


ATTACKS: dict[str, tuple[Callable[[dict[str, bytes]], bytes], type[MalformedPackage]]] = {
    "file altered": (lambda files: rezip(files | {"data/news.json": b"[]"}), AlteredFile),
    "file missing": (lambda files: rezip({n: c for n, c in files.items() if n != "data/news.json"}), MissingFile),
    "file undeclared": (lambda files: rezip(files | {"data/more.txt": b""}), UndeclaredFile),
    "tag file undeclared": (lambda files: rezip(files | {"fetch.txt": b""}), UndeclaredFile),
    "tag file altered": (lambda files: rezip(files | {"bag-info.txt": b"A: b\n"}), AlteredFile),
    "tag manifest missing": (
        lambda files: rezip({n: c for n, c in files.items() if n != "tagmanifest-sha256.txt"}),
        MissingFile,
    ),
    "other version": (
        lambda files: rezip(redeclared(files | {"bagit.txt": files["bagit.txt"].replace(b"1.0", b"0.9")})),
        MalformedPackage,
    ),
    "path climbs": (lambda files: rezip(files | {"../../etc/passwd": b""}), UnsafeName),
    "path is absolute": (lambda files: rezip(files, filename="/etc/passwd"), UnsafeName),
    "path has a backslash": (lambda files: rezip(files | {"data\\x": b""}), UnsafeName),
    "path has a null": (lambda files: rezip(files | {"data/x_y": b""}).replace(b"data/x_y", b"data/x\0y"), UnsafeName),
    "a folder is a member": (lambda files: rezip(files | {"data/": b""}), UnsafeName),
    "a link": (lambda files: rezip(files, external_attr=(S_IFLNK | 0o777) << 16), MalformedPackage),
    "compressed": (lambda files: rezip(files, compress_type=ZIP_DEFLATED), MalformedPackage),
    "other moment": (lambda files: rezip(files, date_time=(2022, 9, 19, 8, 0, 0)), MalformedPackage),
    "extra field": (lambda files: rezip(files, extra=b"\x01\x99\x00\x00"), MalformedPackage),
    "member comment": (lambda files: rezip(files, comment=b"!"), MalformedPackage),
    "bytes before": (lambda files: b"#!/bin/sh\n" + rezip(files), MalformedPackage),
    "bytes after": (lambda files: rezip(files) + b"\n", MalformedPackage),
    "half of it": (lambda files: rezip(files)[:400], UnreadablePackage),
    "no ZIP": (lambda _: b"%PDF-1.7", UnreadablePackage),
    "an empty ZIP": (lambda _: rezip({}), MalformedPackage),
    "record.json is no description": (lambda f: rezip(redeclared(f | {"data/record.json": b"{}"})), MalformedPackage),
    "record.json is missing": (
        lambda f: rezip(redeclared({n: c for n, c in f.items() if n != "data/record.json"})),
        MalformedPackage,
    ),
    "record.json is spelled otherwise": (
        lambda f: rezip(redeclared(f | {"data/record.json": f["data/record.json"] + b" "})),
        MalformedPackage,
    ),
    "record.json nests without end": (
        lambda f: rezip(redeclared(f | {"data/record.json": b"[" * 100_000})),
        MalformedPackage,
    ),
    "record.json names another record": (
        lambda f: rezip(
            redeclared(f | {"data/record.json": f["data/record.json"].replace(b"0123-2022", b"0124-2022")})
        ),
        MalformedPackage,
    ),
    "a fact is twice": (
        lambda f: rezip(redeclared(f | {"data/facts.jsonl": f["data/facts.jsonl"] * 2})),
        MalformedPackage,
    ),
    "facts in another order": (
        lambda f: rezip(
            redeclared(f | {"data/facts.jsonl": b"".join(reversed(f["data/facts.jsonl"].splitlines(keepends=True)))})
        ),
        MalformedPackage,
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_the_archive_did_not_write_is_refused(attack: str, zipped: bytes) -> None:
    forge, refusal = ATTACKS[attack]
    with pytest.raises(MalformedPackage) as caught:
        read_package(forge(members(zipped)))
    assert caught.type is refusal


def test_the_attacks_begin_from_a_package_that_is_good(zipped: bytes) -> None:
    assert rezip(redeclared(members(zipped))) == zipped


@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "tagmanifest-sha256.txt"])
def test_a_manifest_whose_lines_are_reordered_or_dropped_is_refused(manifest: str, zipped: bytes) -> None:
    files = members(zipped)
    lines = files[manifest].splitlines(keepends=True)
    forged = [b"".join(reversed(lines)), *(b"".join([*lines[:n], *lines[n + 1 :]]) for n in range(len(lines)))]
    forged += [files[manifest].replace(b"  ", b" "), files[manifest] + b"\n", files[manifest] + lines[0], b"\xff"]
    for content in forged:
        altered = files | {manifest: content}
        tags = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")
        if manifest == "manifest-sha256.txt":
            declared = "".join(f"{sha256(altered[name]).hexdigest()}  {name}\n" for name in tags).encode()
            altered |= {"tagmanifest-sha256.txt": declared}
        with pytest.raises(MalformedPackage):
            read_package(rezip(altered))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_occurs_twice_is_refused(zipped: bytes) -> None:
    target = BytesIO(zipped)
    with ZipFile(target, "a", ZIP_STORED) as archive:
        member = ZipInfo(f"{BASE}/data/news.json", bag.EPOCH)
        member.create_system, member.external_attr = bag.UNIX, bag.READ_ONLY_FILE
        archive.writestr(member, b"{}")
    with pytest.raises(DuplicateMember):
        read_package(target.getvalue())


def test_two_bags_in_one_zip_are_refused(zipped: bytes, description: RecordDescription) -> None:
    other = build_package(replace(description, record="another"), documents=DOCUMENTS, facts=[])
    with ZipFile(BytesIO(other)) as archive:
        both = {name: archive.read(name) for name in archive.namelist()}
    both |= {f"{BASE}/{name}": content for name, content in members(zipped).items()}
    with pytest.raises(MalformedPackage):
        read_package(bag._zip(both))  # noqa: SLF001 -- the deterministic writer is what the attacker needs


def test_a_compressed_bomb_is_refused_before_it_is_read(zipped: bytes) -> None:
    bomb = rezip(members(zipped) | {"data/news.json": bytes(50_000_000)}, compress_type=ZIP_DEFLATED)
    with pytest.raises(MalformedPackage) as caught:
        read_package(bomb)
    assert caught.value.details["why"] == "compressed, or not a plain file"


def test_a_member_that_claims_more_than_there_is_is_refused(zipped: bytes) -> None:
    name = f"{BASE}/data/news.json".encode()
    directory = zipped.rindex(name) - 46  # PKWARE APPNOTE 4.3.12: sizes at 20 and 24 of the central directory header
    sizes = (1 << 31).to_bytes(4, "little") * 2
    with pytest.raises(PackageTooLarge):
        read_package(zipped[: directory + 20] + sizes + zipped[directory + 28 :])


def test_more_members_or_bytes_than_a_package_may_have_are_refused(
    description: RecordDescription, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = {f"{number}.txt": b"" for number in range(10)}
    small, large = (build_package(description, documents=d, facts=[]) for d in ({}, documents))
    monkeypatch.setattr(bag, "MAX_MEMBERS", 10)
    assert read_package(small).description == description
    with pytest.raises(PackageTooLarge):
        read_package(large)
    with pytest.raises(PackageTooLarge):
        build_package(description, documents=documents, facts=[])
    monkeypatch.setattr(bag, "MAX_BYTES", len(small) // 2 - 1)
    with pytest.raises(PackageTooLarge):
        read_package(small)


@pytest.mark.parametrize("name", ["ບົດບັນທຶກ.pdf", "../x", "/x", "x y", "A.pdf", "", ".hidden", "a//b", "a/"])
def test_a_document_has_a_name_that_is_safe_everywhere(name: str, description: RecordDescription) -> None:
    with pytest.raises(UnsafeName):
        build_package(description, documents={name: b""}, facts=[])


@pytest.mark.parametrize("name", ["record.json", "facts.jsonl"])
def test_no_document_takes_the_place_of_the_description_or_the_facts(name: str, description: RecordDescription) -> None:
    with pytest.raises(MalformedPackage):
        build_package(description, documents={name: b""}, facts=[])


@pytest.mark.parametrize("change", [{"record": "../x"}, {"record": "ລາວ"}, {"sealed_at": datetime(2022, 9, 20)}])  # noqa: DTZ001 -- the rule
def test_a_description_names_a_folder_and_a_moment(change: dict[str, Any], description: RecordDescription) -> None:
    with pytest.raises(MalformedPackage):
        replace(description, **change)


@pytest.mark.parametrize("change", [{"sha256": "AB" * 32}, {"sha256": ""}, {"time": datetime(2022, 9, 19)}])  # noqa: DTZ001 -- the rule
def test_a_fact_has_a_hash_and_a_moment(change: dict[str, Any], facts: tuple[ArchivedFact, ...]) -> None:
    with pytest.raises(MalformedPackage):
        replace(facts[0], **change)


def test_bag_info_is_one_line_each(description: RecordDescription) -> None:
    with pytest.raises(MalformedPackage):
        build_package(replace(description, about={"issuer": "MTC\nPayload-Oxum: 0.0"}), documents=DOCUMENTS, facts=[])


def test_no_personal_text_is_needed_to_prove_a_fact(zipped: bytes) -> None:
    line = members(zipped)["data/facts.jsonl"].splitlines()[0].decode()
    assert re.fullmatch(
        r'\{"id":"0199-0004","sha256":"0{63}4","source":"/registration","time":"2022-09-19T02:26:00.000000\+00:00",'
        r'"topic":"eoffice.registration.meeting.v1","type":"registration.participant-registered.v1"\}',
        line,
    )
