"""The Job that prepares a Kafka without Strimzi: what it is told is enough, and a second one has nothing to do."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from helm_python import HelmRenderError

from deploy.local import topics
from shared.contracts import SERVICE_NAMES
from tests.deploy.rendering import ROOT, Manifest, Pod, manifests, pods, render, values
from tests.stack import Servers

MARK = f"b{uuid4().hex[:8]}"
FOLDER = "/etc/pasum/passwords"


def job(name: str) -> Pod:
    (found,) = (pod for pod in pods(name, "Job") if pod.labels["app.kubernetes.io/component"] == "bootstrap")
    return found


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's topics under names that no other test meets."""
    given = yaml.safe_load(topics.TOPICS_FILE.read_text(encoding="utf-8"))
    given["topics"] = {f"{MARK}.{name}": topic for name, topic in given["topics"].items()}
    path = tmp_path_factory.mktemp("declared") / "topics.yaml"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    return path


@pytest.fixture
def passwords(tmp_path: Path) -> Path:
    """What the volume of passwords holds."""
    folder = tmp_path / "passwords"
    folder.mkdir()
    for name in SERVICE_NAMES:
        (folder / name).write_text(f"{MARK}-{name}\n", encoding="utf-8")
    return folder


async def run(
    stack: Servers, passwords: Path, *more: str, name: str = "helm-hook", password: str | None = None
) -> tuple[int | None, Sequence[str]]:
    """Run the Job's command as the chart has it, on one broker: its exit code, and the lines that it printed."""
    (container,) = job(name).spec["containers"]
    at = stack.kafka
    secret = password or (at.password.get_secret_value() if at.password else "")
    told = {"KAFKA_BOOTSTRAP_SERVERS": at.bootstrap_servers, "KAFKA_SECURITY_PROTOCOL": at.security_protocol}
    told |= {"KAFKA_USERNAME": at.username or "", "KAFKA_PASSWORD": secret}
    # Users of the services have other names here, so that no other test meets them.
    named = [f"{word}-{MARK}" if word.startswith("--user=") else word for word in container["command"][1:]]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *[word.replace(FOLDER, str(passwords)) for word in named], "--replicas=1", "--in-sync=1"),
        *more,
        env={"PATH": os.environ["PATH"], **told},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode().splitlines()


def target(file: Path) -> topics.Target:
    users = {name: f"{name}-{MARK}" for name in SERVICE_NAMES}
    return topics.Target(declared=topics.load(file), users=users)


async def test_what_the_job_is_told_is_enough_for_topics_users_and_rights(
    stack: Servers, declared: Path, passwords: Path
) -> None:
    file = f"--file={declared}"
    code, planned = await run(stack, passwords, file, "--dry-run")
    before = topics.changes(stack.admin(), target(declared))
    assert (code, planned) == (0, [*before.lines()])
    code, done = await run(stack, passwords, file)
    set_again = [f"user {name}-{MARK}: its password is set" for name in sorted(SERVICE_NAMES)]
    assert (code, done) == (0, [*planned, *set_again])
    assert [*topics.changes(stack.admin(), target(declared)).lines()] == []
    assert await run(stack, passwords, file) == (0, set_again)
    assert await run(stack, passwords, file, "--dry-run") == (0, ["nothing to change"])
    for name in SERVICE_NAMES:
        stack.logs_in(f"{name}-{MARK}", f"{MARK}-{name}")


async def test_a_changed_topic_and_a_right_too_many_are_named_before_they_are_mended(
    stack: Servers, passwords: Path, tmp_path: Path
) -> None:
    name = f"{MARK}.changed.v1"
    first: dict[str, Any] = {"partitions": 1, "retention_days": 1, "writes": ["archive"], "reads": ["minutes"]}
    later = {"partitions": 1, "retention_days": 2, "writes": ["archive"]}
    for topic in (first, later):
        text = yaml.safe_dump({"topics": {name: topic}, "principals": [*SERVICE_NAMES]})
        (tmp_path / "topics.yaml").write_text(text, encoding="utf-8")
        _, planned = await run(stack, passwords, f"--file={tmp_path / 'topics.yaml'}", "--dry-run")
        await run(stack, passwords, f"--file={tmp_path / 'topics.yaml'}")
    assert [line for line in planned if name in line] == [
        f"topic {name}: retention.ms=172800000",
        f"right User:minutes-{MARK} READ TOPIC {name}: taken away",
        f"right User:minutes-{MARK} DESCRIBE TOPIC {name}: taken away",
    ]


async def test_topics_alone_leave_users_and_rights_alone(stack: Servers, declared: Path, passwords: Path) -> None:
    admin = stack.admin()
    users = [f"{name}-{MARK}" for name in SERVICE_NAMES]
    before = topics.granted(admin, users)
    code, _ = await run(stack, passwords, f"--file={declared}", name="no-migrations")
    assert (code, topics.granted(admin, users) == before) == (0, True)


async def test_another_number_of_partitions_is_refused_and_nothing_is_changed(
    stack: Servers, passwords: Path, tmp_path: Path
) -> None:
    name = stack.create_topic()
    given = {"topics": {f"{MARK}.new.v1": {"partitions": 1}, name: {"partitions": 2}}, "principals": [*SERVICE_NAMES]}
    (tmp_path / "topics.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")
    code, said = await run(stack, passwords, f"--file={tmp_path / 'topics.yaml'}")
    reason = f"{stack.kafka.bootstrap_servers}: {name} has 1 partitions, 2 are declared"
    assert (code, said) == (1, [reason])
    assert f"{MARK}.new.v1" not in stack.admin().list_topics(timeout=10).topics


async def test_a_missing_password_is_named(stack: Servers, passwords: Path) -> None:
    (passwords / "minutes").write_text("\n", encoding="utf-8")
    code, said = await run(stack, passwords)
    assert (code, "".join(said)) == (1, f"{passwords / 'minutes'}: must hold the password of minutes-{MARK}")


async def test_a_wrong_password_of_the_administrator_is_named(stack: Servers, passwords: Path) -> None:
    code, said = await run(stack, passwords, password="wrong")  # noqa: S106 -- it is
    assert (code, "Authentication failed" in "".join(said)) == (1, True)


def test_the_job_is_given_the_passwords_of_the_services_that_the_release_has() -> None:
    pod = job("some-services")
    (container,) = pod.spec["containers"]
    (volume,) = (one["projected"] for one in pod.spec["volumes"] if one["name"] == "passwords")
    found = {one["secret"]["items"][0]["path"]: one["secret"]["name"] for one in volume["sources"]}
    assert found == {"registration": "kafka-registration", "notification": "kafka-notification"}
    assert [word for word in container["command"] if word.startswith(("--only", "--user"))] == [
        "--only=registration",
        "--user=registration=registration",
        "--only=notification",
        "--user=notification=office-notification",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bootstrap": {"enabled": True}}, "bootstrap.existingSecret: user and password of an administrator"),
        ({"strimzi": {"users": True, "cluster": "pasum"}}, "bootstrap.enabled: Strimzi makes topics or users here"),
        ({"kafka": {"bootstrapServers": "k:9092", "securityProtocol": "PLAINTEXT"}}, "bootstrap.users: with kafka"),
    ],
)
def test_what_cannot_work_is_refused(change: Manifest, message: str) -> None:
    with pytest.raises(HelmRenderError, match=message):
        render(values("some-services") | change)


def test_another_revision_makes_another_job() -> None:
    given = values("some-services")
    given["bootstrap"]["revision"] = "3"
    (before,) = (one["metadata"]["name"] for one in manifests("some-services", "Job") if "bootstrap" in str(one))
    (after,) = (one["metadata"]["name"] for one in render(given) if one["kind"] == "Job" and "bootstrap" in str(one))
    assert (before != after, before.rpartition("-")[0]) == (True, "pasum-bootstrap")
