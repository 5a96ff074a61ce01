"""A migration is a Job that can always be applied, and pods wait for it; with what it is told it really migrates."""

import asyncio
import os
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

import asyncpg
import pytest

from shared.contracts import SERVICE_NAMES, WEB_NAMES
from shared.database import Database
from shared.schema import newest_steps, steps_of
from tests.deploy.rendering import ROOT, Manifest, each_values, manifests, pods, render, values
from tests.migration import wanted


def jobs(given: Manifest) -> dict[str, str]:
    """The name of the Job of each service."""
    found = [one for one in render(given) if one["kind"] == "Job"]
    return {one["spec"]["template"]["spec"]["containers"][0]["image"]: one["metadata"]["name"] for one in found}


@each_values
def test_every_pod_of_a_service_waits_for_the_schema(name: str) -> None:
    for pod in pods(name, "Deployment"):
        service = pod.spec["containers"][0]["name"]
        commands = [one["command"] for one in pod.spec.get("initContainers", [])]
        waits = [["python", "-m", "shared.schema.wait", f"services.{service}"]]
        assert commands == ([] if service in WEB_NAMES else waits)


def test_the_same_values_make_the_same_job() -> None:
    assert jobs(values("all-in-one")) == jobs(values("all-in-one"))


@pytest.mark.parametrize("change", [{"image": {"tag": "0.2.0"}}, {"pods": {"nodeSelector": {"disk": "ssd"}}}])
def test_what_a_job_cannot_change_makes_another_job(change: Manifest) -> None:
    before, after = (set(jobs(given).values()) for given in (values("all-in-one"), values("all-in-one") | change))
    assert (len(after), before & after) == (4, set())


def test_a_change_of_one_service_leaves_the_jobs_of_the_others() -> None:
    given = values("all-in-one")
    given["minutes"]["settings"] = {"LOG_LEVEL": "debug"}
    before, after = set(jobs(values("all-in-one")).values()), set(jobs(given).values())
    assert [name.rpartition("-migrate-")[0] for name in before - after] == ["pasum-minutes"]


def test_by_default_nothing_is_a_hook_but_the_test() -> None:
    hooks = [one for one in manifests("all-in-one") if "helm.sh/hook" in one["metadata"].get("annotations", {})]
    assert [one["kind"] for one in hooks] == ["Pod"]


def test_hooks_run_at_install_and_upgrade_with_a_weight_and_without_an_account_that_is_not_there_yet() -> None:
    for one in manifests("helm-hook", "Job"):
        annotations = one["metadata"]["annotations"]
        assert annotations["helm.sh/hook"] == "pre-install,pre-upgrade"
        assert annotations["helm.sh/hook-weight"] == ("0" if "-migrate" in one["metadata"]["name"] else "-1")
        assert annotations["helm.sh/hook-delete-policy"] == "before-hook-creation"
        assert "serviceAccountName" not in one["spec"]["template"]["spec"]


def test_argo_cd_migrates_before_it_starts_the_new_pods() -> None:
    key = "argocd.argoproj.io/sync-wave"
    waves = {
        kind: {int(one["metadata"]["annotations"][key]) for one in manifests("argocd", kind)}
        for kind in ("Job", "Deployment")
    }
    assert waves == {"Job": {1}, "Deployment": {2}}
    assert {len(one["metadata"]["name"].split("-")) for one in manifests("argocd", "Job")} == {3}


def test_without_migrations_there_is_no_job_for_them() -> None:
    assert [
        one["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"]
        for one in manifests("no-migrations", "Job")
    ] == ["bootstrap"]


async def run(service: str, secrets: Mapping[str, str], *, name: str = "by-role", init: bool = False) -> int | None:
    """Run the command of the Job (or of a pod's first container) as the chart has it; the exit code.

    `secrets` are what stands in secrets and their files; nothing else is in the environment but the path of programs.
    """
    pod = next(pod for pod in pods(name, "Deployment" if init else "Job") if f"-{service}" in pod.of)
    (container,) = pod.spec["initContainers" if init else "containers"]
    told = {entry["name"]: entry.get("value", "") for entry in container["env"]}
    told |= {key: value for key, value in secrets.items() if key in told}
    told |= {key: "0" for key in told if key.endswith("_METRICS_PORT")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *container["command"][1:]), env={"PATH": os.environ["PATH"], **told}, cwd=ROOT
    )
    try:
        return await process.wait()
    finally:
        if process.returncode is None:  # the test took too long
            process.kill()


def parts_of(dsn: str) -> dict[str, str]:
    """How a database is reached by its parts."""
    at = urlsplit(dsn)
    found = {"PGHOST": at.hostname, "PGPORT": at.port, "PGUSER": at.username, "PGPASSWORD": at.password}
    found |= {"PGDATABASE": at.path[1:], "PGSSLMODE": "prefer", "PGSSLROOTCERT": ""}
    return {key: str(value) for key, value in found.items()}


@pytest.mark.parametrize("service", SERVICE_NAMES)
async def test_what_a_job_is_told_is_enough_to_migrate(service: str, dsn: str) -> None:
    secrets = parts_of(dsn) | {f"{service.upper()}_DATABASE_DSN": dsn}
    assert (await run(service, secrets), await run(service, secrets, init=True)) == (0, 0)
    database = Database(dsn, pool_size=1)
    await database.open()
    assert await steps_of(database) == newest_steps(wanted(service)[0])
    await database.close()


async def test_after_a_rollback_the_older_job_leaves_the_newer_schema_alone(dsn: str) -> None:
    secrets = parts_of(dsn) | {"ARCHIVE_DATABASE_DSN": dsn}
    assert await run("archive", secrets) == 0
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert (await run("archive", secrets), await run("archive", secrets, init=True)) == (0, 0)
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == "9999"
    await connection.close()
