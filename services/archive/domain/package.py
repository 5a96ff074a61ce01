"""The archival package of one record: documents, the facts behind them and its description, in a BagIt bag.

```
<record>/bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
<record>/data/record.json     what the record is (`RecordDescription`)
<record>/data/facts.jsonl     one line for each fact: its envelope and the SHA-256 of its exact payload (`ArchivedFact`)
<record>/data/minutes.pdf  minutes.json  news.json  …   the documents, byte for byte
```
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from services.archive.domain.bag import PAYLOAD, build_bag, digest, read_bag
from services.archive.domain.evidence import FileNotInPackage, MalformedPackage

DESCRIPTION = "record.json"
FACTS = "facts.jsonl"
MINUTES_PDF = "minutes.pdf"
MINUTES_JSON = "minutes.json"
NEWS_JSON = "news.json"
RECORD_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
SHA256_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDescription:
    """What a record is: its name (the bag's folder), its kind, its titles by language, the moment it was sealed.

    `about` holds what the archive says of it besides (number, meeting, issuer, classification, retention …), as JSON
    values without personal data. `renders` gives the SHA-256 of signed documents as they were before anybody signed.
    """

    record: str
    kind: str
    title: Mapping[str, str]
    sealed_at: datetime
    about: Mapping[str, Any]
    renders: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a name that cannot be a folder everywhere, and a moment without a zone."""
        if not RECORD_NAME.fullmatch(self.record) or self.sealed_at.tzinfo is None:
            raise MalformedPackage(why="record description")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedFact:
    """One fact as it was published: the envelope's members, its topic, and `sha256` of the exact payload.

    Only the hash is kept: the payload of a person's fact must be erasable, and the proof must outlive it.
    """

    id: str
    type: str
    topic: str
    source: str
    time: datetime
    sha256: str

    def __post_init__(self) -> None:
        """Refuse a moment without a zone and a hash that is not one."""
        if self.time.tzinfo is None or not SHA256_HEX.fullmatch(self.sha256):
            raise MalformedPackage(why="fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package as read: facts in order of time, documents by name, the manifest from `data/…` to SHA-256."""

    description: RecordDescription
    facts: tuple[ArchivedFact, ...]
    documents: Mapping[str, bytes]
    manifest: Mapping[str, str]


def build_package(
    description: RecordDescription, *, documents: Mapping[str, bytes], facts: Iterable[ArchivedFact]
) -> bytes:
    """The package as ZIP bytes: equal content gives equal bytes, in whatever order the documents and facts came.

    `UnsafeName` for a document's name that is not lower-case ASCII, `PackageTooLarge` over 512 MiB.
    """
    if not documents.keys().isdisjoint((DESCRIPTION, FACTS)):
        raise MalformedPackage(why="a document has a reserved name")
    info = {
        "Source-Organization": str(description.about.get("issuer", "pasum")),
        "External-Identifier": description.record,
        "Bagging-Date": _utc(description.sealed_at)[:10],
    }
    payload = {**documents, DESCRIPTION: _description_file(description), FACTS: _facts_file(facts)}
    return build_bag(description.record, info=info, payload=payload)


def read_package(archive: bytes) -> Package:
    """Read what `build_package` wrote, every hash checked; `MalformedPackage` or a subclass for anything else."""
    base, payload = read_bag(archive)
    files = {name.removeprefix(PAYLOAD): content for name, content in payload.items()}
    try:
        description = _read_description(files[DESCRIPTION])
        facts = tuple(map(_read_fact, files[FACTS].splitlines()))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise MalformedPackage(why="record.json or facts.jsonl") from error
    if description.record != base:
        raise MalformedPackage(why="the folder is not named as the record")
    if files.pop(DESCRIPTION) != _description_file(description) or files.pop(FACTS) != _facts_file(facts):
        raise MalformedPackage(why="record.json or facts.jsonl is not canonical")
    manifest = {name: digest(content) for name, content in payload.items()}
    return Package(
        description=description, facts=facts, documents=MappingProxyType(files), manifest=MappingProxyType(manifest)
    )


def locate(package: Package, content: bytes) -> str:
    """The path (`data/…`) of the file with exactly these bytes; `FileNotInPackage` when there is none."""
    wanted = digest(content)
    for path, sha256 in sorted(package.manifest.items()):
        if sha256 == wanted:
            return path
    raise FileNotInPackage(sha256=wanted)


def canonical_json(value: Any) -> bytes:
    """One spelling for each JSON value: UTF-8, sorted members, no spaces."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _order(fact: ArchivedFact) -> tuple[str, ...]:
    return _utc(fact.time), fact.source, fact.id, fact.type, fact.topic, fact.sha256


def _description_file(description: RecordDescription) -> bytes:
    members = {
        "record": description.record,
        "kind": description.kind,
        "title": dict(description.title),
        "sealed_at": _utc(description.sealed_at),
        "about": dict(description.about),
        "renders": dict(description.renders),
    }
    return canonical_json(members) + b"\n"


def _facts_file(facts: Iterable[ArchivedFact]) -> bytes:
    ordered = sorted(set(facts), key=_order)
    return b"".join(canonical_json(asdict(fact) | {"time": _utc(fact.time)}) + b"\n" for fact in ordered)


def _read_description(content: bytes) -> RecordDescription:
    stored = json.loads(content)
    return RecordDescription(**stored | {"sealed_at": datetime.fromisoformat(stored["sealed_at"])})


def _read_fact(line: bytes) -> ArchivedFact:
    stored = json.loads(line)
    return ArchivedFact(**stored | {"time": datetime.fromisoformat(stored["time"])})
