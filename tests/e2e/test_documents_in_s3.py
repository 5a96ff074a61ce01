"""With S3, minutes and archive share no folder: each has a bucket and a user of its own, and a meeting is played."""

from pathlib import Path

import pytest

from deploy.local.system import System
from deploy.local.topology import Topology
from pasum.api import addresses
from pasum.demo.demonstration import Demonstration
from pasum.verify import verify_file
from shared.adapters.s3_bucket import Bucket
from tests.counterparts.s3 import S3Server, environment

pytestmark = pytest.mark.timeout(400)

READ = ("s3:GetObject", "s3:ListBucket")
WRITE = (*READ, "s3:PutObject")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that PostgreSQL's own user may enter."""
    for each in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        each.chmod(0o711)
    return tmp_path


async def test_minutes_are_published_and_archived_in_buckets(folder: Path, versitygw: S3Server) -> None:
    documents, packages = versitygw.new_bucket(), versitygw.new_bucket()
    minutes, archive = versitygw.new_account(), versitygw.new_account()
    versitygw.allow(documents, {minutes: WRITE, archive: READ})
    versitygw.allow(packages, {archive: WRITE})
    settings = {
        **environment("MINUTES_OBJECTS", versitygw.settings(documents, minutes)),
        **environment("ARCHIVE_OBJECTS", versitygw.settings(documents, archive)),
        **environment("ARCHIVE_STORE", versitygw.settings(packages, archive)),
    }
    with System(folder / "system", fresh=True, topology=Topology(settings=settings)) as system:
        system.start()
        name = play(system, folder)
    secrets = folder / "system" / "secrets"
    verdict = verify_file(
        folder / f"{name}.zip", checkpoint_key=str(secrets / "log.vkey"), trust_roots=secrets / "pki" / "root.pem"
    )
    assert verdict.exit_code == 0
    stored = await Bucket(versitygw.settings(packages)).keys("packages/")
    files = ("retention.json", f"{name}.tlog-proof", f"{name}.zip")
    assert sorted(stored) == sorted(f"packages/{name}/{file}" for file in files)
    assert [each.name for each in (folder / "system" / "data").iterdir() if each.name in {"objects", "archive"}] == []


def play(system: System, folder: Path) -> str:
    """The demonstration, until its record is sealed; keeps package and proof in `folder`, and returns their name."""
    with Demonstration(addresses(system.stack.address_file), lambda *_: None) as demonstration:
        demonstration.run()
        archivist = demonstration.client("archive", "archivist", subject="archivist")
        (record,) = archivist.get("/v1/records", meeting_id=demonstration.meeting)["items"]
        path, name = f"/v1/records/{record['record_id']}", f"record-{record['record_id']}"
        (folder / f"{name}.zip").write_bytes(archivist.read(f"{path}/package"))
        (folder / f"{name}.tlog-proof").write_bytes(archivist.read(f"{path}/proof"))
        assert demonstration.client("minutes").read(f"/v1/minutes/{demonstration.minutes}/document")[:5] == b"%PDF-"
    return name
