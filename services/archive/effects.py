"""What the archive does outside its database: it seals records, and passes legal holds to the store.

Sealing may be interrupted anywhere and starts again from the beginning; no step takes effect twice:

1. `SealingBegun` fixes in the database what the package holds, so that each attempt builds the same bytes;
2. the package's hash is appended to the log in one transaction, where the record has one entry for ever;
3. checkpoint and proof are those of the tree that ends with this entry, however far the log has grown since;
4. the store accepts the same package and proof again;
5. `RecordSealed` is written in the transaction that ends the job.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from uuid import UUID

from services.archive import views
from services.archive.domain.checkpoint import Checkpoint, sign_checkpoint
from services.archive.domain.commands import BeginSealing, SealRecord
from services.archive.domain.contents import description, documents, kept_until
from services.archive.domain.merkle import inclusion_nodes
from services.archive.domain.package import build_package
from services.archive.domain.proof import package_entry, prove
from services.archive.domain.state import record_name
from services.archive.flows import Sealing, begin_sealing, seal
from services.archive.policy import HOLD_RECORD, RELEASE_RECORD, SEAL_RECORD, SERVICE
from services.archive.ports import Dependencies
from services.archive.store import Logged, append_entry
from shared.database import Connection
from shared.kernel import Unavailable
from shared.messaging.jobs import Answer, ClaimedJob, Effect, nothing
from shared.objects import ObjectMissing, fetch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Package:
    """A package as each attempt builds it."""

    name: str
    content: bytes
    facts: int
    retain_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """Where the log holds a package, the signed checkpoint of the tree that ends with it, and the proof (a file)."""

    logged: Logged
    note: str
    proof: bytes


def effects(dependencies: Dependencies) -> Mapping[str, Effect]:
    """Job kind → the function that does it."""
    return {
        SEAL_RECORD: partial(_seal_record, dependencies),
        HOLD_RECORD: partial(_hold_record, dependencies),
        RELEASE_RECORD: partial(_release_record, dependencies),
    }


async def _seal_record(dependencies: Dependencies, job: ClaimedJob) -> Answer:
    record_id = UUID(job.payload["record_id"])
    package = await _package(dependencies, await _begin(dependencies, record_id))
    evidence = await _log(dependencies, package)
    await dependencies.packages.put(
        package.name, package=package.content, proof=evidence.proof, retain_until=package.retain_until
    )
    command = SealRecord(
        actor=SERVICE,
        at=datetime.now(UTC),
        package_sha256=sha256(package.content).hexdigest(),
        package_size=len(package.content),
        facts=package.facts,
        log_index=evidence.logged.index,
        log_size=evidence.logged.size,
        log_root=evidence.logged.root.hex(),
    )

    async def answer(connection: Connection) -> None:
        await seal(connection, record_id, command, checkpoint=evidence.note)

    return answer


async def _begin(dependencies: Dependencies, record_id: UUID) -> Sealing:
    command = BeginSealing(actor=SERVICE, at=datetime.now(UTC), retention_years=dependencies.retention_years)
    async with dependencies.database.transaction() as connection:
        return await begin_sealing(connection, record_id, command)


async def _package(dependencies: Dependencies, sealing: Sealing) -> _Package:
    record, facts = sealing.record, sealing.facts
    what, wanted = description(record, sealing.documents), documents(record)
    try:
        contents = {name: await fetch(dependencies.objects, each) for name, each in wanted.items()}
    except ObjectMissing as error:  # what was published may still be on its way into this store
        raise Unavailable("document") from error
    content = await asyncio.to_thread(build_package, what, documents=contents, facts=facts)
    return _Package(name=what.record, content=content, facts=len(facts), retain_until=kept_until(record))


async def _log(dependencies: Dependencies, package: _Package) -> _Evidence:
    """Append, and prove it by the tree that ends with it: the log only grows, so no checkpoint contradicts another."""
    async with dependencies.database.transaction() as connection:
        logged = await append_entry(connection, package_entry(package.content, record=package.name))
    async with dependencies.database.reading() as connection:
        nodes = await views.log_nodes(connection, inclusion_nodes(logged.index, logged.size))
    checkpoint = Checkpoint(dependencies.signer.key.name, logged.size, logged.root)
    note = sign_checkpoint(checkpoint, key=dependencies.signer.key, sign=dependencies.signer.sign)
    proof = prove(logged.index, checkpoint=checkpoint, note=note, nodes=nodes)
    return _Evidence(logged=logged, note=note, proof=bytes(proof))


async def _hold_record(dependencies: Dependencies, job: ClaimedJob) -> Answer:
    name = record_name(UUID(job.payload["record_id"]))
    await dependencies.packages.hold(name, reason=job.payload["reason"])
    return nothing


async def _release_record(dependencies: Dependencies, job: ClaimedJob) -> Answer:
    await dependencies.packages.release(record_name(UUID(job.payload["record_id"])))
    return nothing
