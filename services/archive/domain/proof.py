"""The proof that travels beside a package (c2sp.org/tlog-proof): entry index, inclusion path and signed checkpoint.

A file of a package is proven by three steps, each a SHA-256: the file is in the package's manifest, the package is in
the log's entry, the entry is under the checkpoint's root; and the checkpoint is signed by the log's key.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from services.archive.domain.bag import digest
from services.archive.domain.checkpoint import Checkpoint, decimal, open_checkpoint
from services.archive.domain.evidence import EntryNotInLog, MalformedProof
from services.archive.domain.merkle import HASH_BYTES, Node, inclusion_proof, leaf_hash, verify_inclusion
from services.archive.domain.note import NOTE_BYTES, VerifierKey, base64
from services.archive.domain.package import Package, canonical_json, read_package

HEADER = "c2sp.org/tlog-proof@v1"
INDEX = "index "
MAX_PATH = 63
PROOF_BYTES = NOTE_BYTES + 8192
PACKAGE_KIND = "package"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What one leaf of the log says: a thing of this `kind` with this SHA-256 (hexadecimal) belongs to `record`.

    For a package `record` is the record's name; for a fact it is the CloudEvents `source` and `id`, joined by a space.
    """

    kind: str
    sha256: str
    record: str

    def __bytes__(self) -> bytes:
        """The canonical JSON whose RFC 6962 leaf hash is in the tree."""
        return canonical_json(asdict(self))


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry's index, its audit path (≤ 63 hashes) and the signed checkpoint, verbatim."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    def __bytes__(self) -> bytes:
        """The `.tlog-proof` file."""
        path = "".join(f"{b64encode(sibling).decode()}\n" for sibling in self.path)
        return f"{HEADER}\n{INDEX}{self.index}\n{path}\n{self.checkpoint}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenPackage:
    """A package and where the log holds it."""

    package: Package
    sha256: str
    index: int
    checkpoint: Checkpoint


def package_entry(package: bytes, *, record: str) -> LogEntry:
    """The entry that stands for a package: `record` must be the name in its description."""
    return LogEntry(PACKAGE_KIND, digest(package), record)


def prove(index: int, *, checkpoint: Checkpoint, note: str, nodes: Mapping[Node, bytes]) -> Proof:
    """The proof of the entry at `index` under a signed checkpoint; `nodes` as `merkle.inclusion_nodes` names them."""
    return Proof(index, inclusion_proof(index, checkpoint.size, nodes), note)


def parse_proof(proof: bytes) -> Proof:
    """Read a `.tlog-proof`; strict: one spelling, and no `extra` line, since nothing would sign it."""
    if len(proof) > PROOF_BYTES:
        raise MalformedProof(why="length")
    try:
        head, separator, note = proof.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise MalformedProof(why="not UTF-8") from error
    match head.split("\n"):
        case [header, index, *path] if separator and header == HEADER and index.startswith(INDEX):
            return Proof(_index(index.removeprefix(INDEX)), _path(path), note)
        case _:
            raise MalformedProof(why="header")


def verify_entry(entry: LogEntry, proof: Proof, *, key: VerifierKey) -> Checkpoint:
    """The checkpoint under which the log holds exactly this entry at the proof's index.

    Raises the refusals of `open_checkpoint`, and `EntryNotInLog`.
    """
    checkpoint = open_checkpoint(proof.checkpoint.encode(), key=key)
    leaf = leaf_hash(bytes(entry))
    if not verify_inclusion(leaf, index=proof.index, size=checkpoint.size, path=proof.path, root=checkpoint.root):
        raise EntryNotInLog(index=proof.index, size=checkpoint.size)
    return checkpoint


def verify_package(package: bytes, proof: bytes, *, key: VerifierKey) -> ProvenPackage:
    """Read a package and prove that the log of `key` holds these exact bytes; raises an `EvidenceRefused` otherwise."""
    contents, parsed = read_package(package), parse_proof(proof)
    entry = package_entry(package, record=contents.description.record)
    checkpoint = verify_entry(entry, parsed, key=key)
    return ProvenPackage(package=contents, sha256=entry.sha256, index=parsed.index, checkpoint=checkpoint)


def _index(text: str) -> int:
    index = decimal(text)
    if index is None:
        raise MalformedProof(why="index")
    return index


def _path(lines: list[str]) -> tuple[bytes, ...]:
    hashes = tuple(sibling for line in lines if (sibling := base64(line)) is not None and len(sibling) == HASH_BYTES)
    if len(hashes) != len(lines) or len(hashes) > MAX_PATH:
        raise MalformedProof(why="path")
    return hashes
