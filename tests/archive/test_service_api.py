"""The callers of the archive: who may see what, what is noted, and a log that everybody can check."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.archive.adapters.key_file import KeyFile
from services.archive.domain.checkpoint import open_checkpoint
from services.archive.domain.merkle import verify_consistency
from services.archive.domain.proof import verify_package
from services.archive.domain.state import record_id_of
from shared.contracts.ids import new_id
from tests.archive.callers import SUBJECT, Callers
from tests.archive.running_service import ORIGIN, TITLE, ArchiveService, drafted, sealed


async def test_a_sealed_record_tells_where_its_package_is_and_what_is_in_the_log(
    archive_service: ArchiveService, callers: Callers
) -> None:
    record_id = await sealed(archive_service)
    view = (await callers.get(f"/v1/records/{record_id}", "archivist")).json()
    assert {
        name: view[name] for name in ("phase", "number", "organiser", "held", "facts", "log_index", "log_size")
    } == {
        "phase": "sealed",
        "number": "0123/ຕສ.ສບດ",
        "organiser": "MTC",
        "held": None,
        "facts": 4,
        "log_index": 0,
        "log_size": 1,
    }
    assert view["title"] == TITLE.model_dump()
    assert view["package"] == f"https://archive.example/v1/records/{record_id}/package"
    assert view["proof"] == f"https://archive.example/v1/records/{record_id}/proof"


async def test_package_and_proof_that_are_handed_out_prove_each_other(
    archive_service: ArchiveService, callers: Callers
) -> None:
    record_id = await sealed(archive_service)
    package = await callers.get(f"/v1/records/{record_id}/package", "secretary")
    proof = await callers.get(f"/v1/records/{record_id}/proof", "organiser")
    proven = verify_package(package.content, proof.content, key=archive_service.signer.key)
    view = (await callers.get(f"/v1/records/{record_id}", "chair")).json()
    assert (proven.sha256, proven.checkpoint.root.hex()) == (view["package_sha256"], view["log_root"])
    assert package.headers["content-disposition"] == f'attachment; filename="record-{record_id}.zip"'


async def test_every_package_that_is_handed_out_is_noted(archive_service: ArchiveService, callers: Callers) -> None:
    record_id = await sealed(archive_service)
    for roles, status in [(("archivist",), 200), (("chair",), 200), (("operator",), 403), ((), 401)]:
        assert (await callers.get(f"/v1/records/{record_id}/package", *roles)).status_code == status
    assert await archive_service.rows("SELECT record_id, actor FROM view") == [(record_id, SUBJECT)] * 2


async def test_records_are_found_by_their_meeting_and_by_their_title(
    archive_service: ArchiveService, callers: Callers
) -> None:
    record_id, other = await sealed(archive_service), new_id()
    await archive_service.receive(
        drafted(other).model_copy(update={"title": TITLE.model_copy(update={"lo": "ປະຊຸມອື່ນ", "en": None})})
    )
    meeting = (await archive_service.rows("SELECT meeting_id FROM record WHERE record_id = $1", record_id))[0][0]

    async def found(**query: str | int) -> list[str]:
        page = (await callers.get("/v1/records", "archivist", **query)).json()
        return [item["record_id"] for item in page["items"]]

    assert await found() == [str(record_id_of(other)), str(record_id)]
    assert await found(meeting_id=str(meeting)) == await found(q="digital GOVERNMENT") == [str(record_id)]
    assert await found(q="ປະຊຸມອື່ນ") == [str(record_id_of(other))]
    assert [await found(q=asked) for asked in ("%", "_", "-", "\u0ec8")] == [[]] * 4
    assert await found(meeting_id=str(new_id())) == []


async def test_lists_come_in_pages(archive_service: ArchiveService, callers: Callers) -> None:
    meetings = [new_id() for _ in range(3)]
    await archive_service.receive(*map(drafted, meetings))
    first = (await callers.get("/v1/records", "archivist", limit=2)).json()
    second = (await callers.get("/v1/records", "archivist", limit=2, cursor=first["next"])).json()
    listed = [item["meeting_id"] for item in first["items"] + second["items"]]
    assert (listed, second["next"]) == (sorted(map(str, meetings), reverse=True), None)


@pytest.mark.parametrize("path", ["", "/{id}", "/{id}/proof", "/{id}/package"])
async def test_records_are_not_for_everybody(callers: Callers, path: str) -> None:
    address = f"/v1/records{path.format(id=new_id())}"
    statuses = [(await callers.get(address, *roles)).status_code for roles in ((), ("desk",), ("focal-point",))]
    assert statuses == [401, 403, 403]


async def test_a_record_that_is_not_sealed_has_no_package(archive_service: ArchiveService, callers: Callers) -> None:
    meeting = new_id()
    await archive_service.receive(drafted(meeting))
    address = f"/v1/records/{record_id_of(meeting)}"
    view = (await callers.get(address, "archivist")).json()
    assert (view["phase"], view["package"], view["proof"], view["number"]) == ("collecting", None, None, None)
    for part in ("package", "proof"):
        refused = await callers.get(f"{address}/{part}", "archivist")
        assert (refused.status_code, refused.json()["code"]) == (409, "RecordNotSealed")
    unknown = await callers.get(f"/v1/records/{new_id()}/package", "archivist")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "NotFound")


async def test_an_archivist_holds_and_releases_with_a_reason(archive_service: ArchiveService, callers: Callers) -> None:
    record_id = await sealed(archive_service)
    address = f"/v1/records/{record_id}"
    refused = await callers.post(f"{address}/hold", "secretary", reason="court case 12")
    held = await callers.post(f"{address}/hold", "archivist", reason="court case 12")
    assert (refused.status_code, held.json()["held"]) == (403, "court case 12")
    assert (await callers.get(address, "archivist")).json()["held"] == "court case 12"
    assert (await callers.post(f"{address}/release", "archivist", reason="closed")).json()["held"] is None
    assert (await callers.post(f"{address}/hold", "archivist")).status_code == 422
    assert (await archive_service.outbox_types())[-2:] == ["record-held", "record-released"]


async def test_the_checkpoint_is_for_everybody(archive_service: ArchiveService, callers: Callers) -> None:
    empty = await callers.get("/v1/log/checkpoint")
    assert (empty.status_code, empty.json()["code"]) == (404, "LogEmpty")
    for size in (1, 2):
        await sealed(archive_service)
        note = (await callers.get("/v1/log/checkpoint")).content
        assert open_checkpoint(note, key=archive_service.signer.key).size == size


async def test_everybody_can_check_that_the_log_only_grows(archive_service: ArchiveService, callers: Callers) -> None:
    roots = {}
    for size in (1, 2, 3):
        await sealed(archive_service)
        note = (await callers.get("/v1/log/checkpoint")).content
        roots[size] = open_checkpoint(note, key=archive_service.signer.key).root
    for old, new in [(1, 3), (2, 3), (3, 3)]:
        told = (await callers.get("/v1/log/consistency", old=old, new=new)).json()
        path = [b64decode(each) for each in told["path"]]
        assert verify_consistency(old, new, old_root=roots[old], new_root=roots[new], path=path)


@pytest.mark.parametrize(
    ("old", "new", "code"), [(1, 2, "LogTooShort"), (2, 1, "LogTooShort"), (0, 1, "InvalidRequest")]
)
async def test_there_is_no_proof_for_entries_that_are_not_there(
    archive_service: ArchiveService, callers: Callers, old: int, new: int, code: str
) -> None:
    await sealed(archive_service)
    refused = await callers.get("/v1/log/consistency", old=old, new=new)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def check(callers: Callers) -> list[dict[str, Any]]:
    audit = (await callers.get("/v1/log/fsck", "operator")).json()
    return [{name: value for name, value in found.items() if value is not None} for found in audit["findings"]]


async def test_a_sound_log_has_no_findings(archive_service: ArchiveService, callers: Callers) -> None:
    assert await check(callers) == []
    for _ in range(3):
        await sealed(archive_service)
    assert await check(callers) == []
    assert (await callers.get("/v1/log/fsck", "secretary")).status_code == 403


TAMPERING: dict[str, tuple[str, Callable[[list[dict[str, Any]]], bool]]] = {
    "an entry was edited": (
        "UPDATE log_entry SET sha256 = repeat('00', 32) WHERE position = 1",
        lambda found: {"flaw": "node-differs", "level": 0, "position": 1} in found,
    ),
    "the last entry was dropped": (
        "DELETE FROM log_entry WHERE position = 2",
        lambda found: {"flaw": "leaves-missing", "size": 3} in found,
    ),
    "an entry was moved": (
        "UPDATE log_entry SET position = 3 WHERE position = 0",
        lambda found: {"flaw": "root-differs", "size": 1} in found,
    ),
    "a node was edited": (
        "UPDATE log_node SET hash = decode(repeat('00', 32), 'hex') WHERE level = 1",
        lambda found: (
            found == [{"flaw": "node-differs", "level": 1, "position": 0}, {"flaw": "edge-differs", "size": 3}]
        ),
    ),
    "the edge was edited": (
        "UPDATE log SET edge[2] = edge[1]",
        lambda found: found == [{"flaw": "edge-differs", "size": 3}],
    ),
    "a checkpoint was edited": (
        "UPDATE log_checkpoint SET note = replace(note, E'\\n2\\n', E'\\n1\\n') WHERE size = 2",
        lambda found: found == [{"flaw": "checkpoint-forged", "size": 2}],
    ),
    "a checkpoint was put under another size": (
        "UPDATE log_checkpoint SET size = 4 WHERE size = 3",
        lambda found: found == [{"flaw": "checkpoint-forged", "size": 4}],
    ),
}


@pytest.mark.parametrize("deed", TAMPERING)
async def test_a_full_check_finds_what_was_done_to_the_log(
    archive_service: ArchiveService, callers: Callers, deed: str
) -> None:
    statement, is_found = TAMPERING[deed]
    for _ in range(3):
        await sealed(archive_service)
    async with archive_service.database.transaction() as connection:
        await connection.execute(statement)
    assert is_found(await check(callers))


def test_another_kind_of_key_signs_for_no_log() -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(TypeError):
        KeyFile.from_pem(pem, origin=ORIGIN)
