"""A small archive: one record of the seed's meeting, in a log of its own that goes on growing."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services import archive
from services.archive.domain.checkpoint import Checkpoint, sign_checkpoint
from services.archive.domain.log import EMPTY_LOG, LogState, append
from services.archive.domain.merkle import Node, leaf_hash
from services.archive.domain.note import VerifierKey
from services.archive.domain.package import ArchivedFact, RecordDescription, build_package
from services.archive.domain.proof import LogEntry, Proof, package_entry, prove
from shared.database import Database
from shared.migrations import upgrade
from tests.archive.callers import Callers, serving
from tests.archive.running_service import ArchiveService
from tests.conftest import FreshDatabase
from tests.stack import Databases

MIGRATIONS = Path(archive.__file__).parent / "migrations"
SEALED = datetime(2022, 9, 20, 2, 30, tzinfo=UTC)


@dataclass(slots=True)
class Log:
    """An archive's log in memory, with the private key that signs for it."""

    origin: str
    private: Ed25519PrivateKey
    state: LogState = EMPTY_LOG
    nodes: dict[Node, bytes] = field(default_factory=dict)

    @property
    def key(self) -> VerifierKey:
        """What a verifier must know of it."""
        return VerifierKey(self.origin, self.private.public_key().public_bytes_raw())

    def add(self, *entries: LogEntry) -> int:
        """Append; the index of the last entry."""
        self.state, stored = append(self.state, [leaf_hash(bytes(entry)) for entry in entries])
        self.nodes |= {made.node: made.hash for made in stored}
        return self.state.size - 1

    def prove(self, index: int) -> Proof:
        """The proof under a checkpoint signed now."""
        checkpoint = Checkpoint(self.origin, self.state.size, self.state.root)
        note = sign_checkpoint(checkpoint, key=self.key, sign=self.private.sign)
        return prove(index, checkpoint=checkpoint, note=note, nodes=self.nodes)


@dataclass(frozen=True, slots=True)
class Filed:
    """A package in a log: its bytes, its proof, both as files, and the verifier's key."""

    package: bytes
    proof: bytes
    path: Path
    log: Log


def fact(number: int) -> ArchivedFact:
    """One of the meeting's facts."""
    return ArchivedFact(
        id=f"0199-{number:04}",
        type="registration.participant-registered.v1",
        topic="eoffice.registration.meeting.v1",
        source="/registration",
        time=SEALED - timedelta(days=1, minutes=number),
        sha256=f"{number:064x}",
    )


def description(record: str = "minutes-0123-2022") -> RecordDescription:
    """The description of the meeting's minutes."""
    title = {"lo": "ກອງປະຊຸມປຶກສາຫາລື ຍຸດທະສາດລັດຖະບານດິຈິຕອນ", "en": "Consultation on the Digital Government strategy"}
    about = {"number": "0123/ຕສ.ສບດ", "issuer": "MTC"}
    return RecordDescription(record=record, kind="minutes", title=title, sealed_at=SEALED, about=about)


DOCUMENTS: Mapping[str, bytes] = {
    "minutes.txt": b"no PDF, whose signatures would have to be examined too\n",
    "minutes.json": json.dumps({"paragraphs": ["ຄັ້ງວັນທີ 19 ກັນຍາ 2022"]}, ensure_ascii=False).encode(),
    "news.json": b"{}",
}
UNSIGNED: Mapping[str, bytes] = {"minutes.pdf": b"%PDF-1.7\nnot a drawn page, only bytes that must not change\n%%EOF\n"}


def package(record: str = "minutes-0123-2022", documents: Mapping[str, bytes] = DOCUMENTS) -> bytes:
    """The package of the meeting's minutes."""
    return build_package(description(record), documents=documents, facts=map(fact, range(5)))


def new_log(origin: str = "archive.example/log", *, seed: int = 1) -> Log:
    """An empty log with a key of its own."""
    return Log(origin, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def file_package(
    folder: Path, log: Log, record: str = "minutes-0123-2022", documents: Mapping[str, bytes] = DOCUMENTS
) -> Filed:
    """Build the package, log it between other entries, and write it with its proof."""
    zipped = package(record, documents)
    log.add(*(LogEntry("fact", f"{number:064x}", f"/registration {number}") for number in range(6)))
    index = log.add(package_entry(zipped, record=record))
    log.add(LogEntry("fact", "ab" * 32, "/minutes 1"))
    proof, path = bytes(log.prove(index)), folder / f"{record}.zip"
    path.write_bytes(zipped)
    path.with_suffix(".tlog-proof").write_bytes(proof)
    return Filed(zipped, proof, path, log)


@pytest.fixture
def filed(tmp_path: Path) -> Filed:
    """The meeting's minutes, filed and proven in a folder of their own."""
    return file_package(tmp_path, new_log())


@pytest.fixture
def filed_pdf(tmp_path: Path) -> Filed:
    """The same, with a PDF that nobody signed."""
    (tmp_path / "pdf").mkdir()
    return file_package(tmp_path / "pdf", new_log(), documents={**DOCUMENTS, **UNSIGNED})


@pytest.fixture
def file_another(tmp_path: Path) -> Callable[[str, Log], Filed]:
    """File another record, in whatever log, in a folder of its own."""

    def file(record: str, log: Log) -> Filed:
        folder = tmp_path / f"another-{record}"
        folder.mkdir()
        return file_package(folder, log, record)

    return file


@pytest.fixture(name="new_log")
def new_log_fixture() -> Callable[..., Log]:
    """Make logs that nobody has signed for yet."""
    return new_log


@pytest.fixture(name="description")
def description_fixture() -> RecordDescription:
    """The description of the meeting's minutes."""
    return description()


@pytest.fixture(name="facts")
def facts_fixture() -> tuple[ArchivedFact, ...]:
    """Five facts of the meeting, the newest first."""
    return tuple(map(fact, range(5)))


@pytest.fixture
async def archive_service(
    databases: Databases, fresh_database: FreshDatabase, tmp_path: Path
) -> AsyncIterator[ArchiveService]:
    """An archive of this test's own: database, folders, key."""
    template = await databases.template("archive", lambda dsn: upgrade(MIGRATIONS, dsn))
    database = Database(await fresh_database(template), pool_size=6)
    await database.open()
    yield ArchiveService(database, tmp_path)
    await database.close()


@pytest.fixture
async def callers(archive_service: ArchiveService, tmp_path: Path) -> AsyncIterator[Callers]:
    """The archive's routes."""
    async with serving(archive_service, tmp_path) as callers:
        yield callers
