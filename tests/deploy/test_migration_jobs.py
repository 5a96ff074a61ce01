"""A migration is a Job that can always be applied, and pods wait for it; with what it is told it really migrates."""

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.local.secrets import ensure_secrets
from shared.contracts import SERVICE_NAMES
from shared.database import Database
from shared.service.schema import newest_steps, steps_of
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
        (first,) = pod.spec["initContainers"]
        assert first["command"] == ["python", "-m", f"services.{service}.main", "wait-for-schema"]


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
        assert annotations["helm.sh/hook-weight"] == "0"
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


def test_without_migrations_there_is_no_job() -> None:
    assert manifests("no-migrations", "Job") == []


def secrets_of(service: str, dsn: str, folder: Path) -> dict[str, str]:
    """What a test gives instead of what stands in secrets and their files."""
    made, at = ensure_secrets(folder), urlsplit(dsn)
    own = {"TICKET_KEY_FILE": made.ticket_key, "LOG_KEY_FILE": made.log_key, "TRUST_ROOT_FILE": made.pki.root}
    keys = {"SEALING_KEYS": made.sealing_key, "SMS_SECRET": made.sms_secret, "DATABASE_DSN": dsn}
    parts = {"PGHOST": at.hostname, "PGPORT": at.port, "PGUSER": at.username, "PGPASSWORD": at.password}
    parts |= {"PGDATABASE": at.path[1:], "PGSSLMODE": "prefer"}
    files = {f"{service.upper()}_{name}": str(value) for name, value in {**own, **keys}.items()}
    return files | {name: str(value) for name, value in parts.items()}


def environment(service: str, dsn: str, folder: Path) -> dict[str, str]:
    """What the migration of a service is told, with this database and keys of this test."""
    (job,) = (one for one in manifests("by-role", "Job") if f"-{service}-" in one["metadata"]["name"])
    (container,) = job["spec"]["template"]["spec"]["containers"]
    ours = secrets_of(service, dsn, folder)
    told = {entry["name"]: entry.get("value") or ours.get(entry["name"], "secret") for entry in container["env"]}
    replaced = {name: ours[name] for name in told.keys() & ours.keys() if told[name] != "postgresql://"}
    absent = {"PGSSLROOTCERT", "SSL_CERT_FILE", "OTEL_EXPORTER_OTLP_ENDPOINT"}
    return {name: value for name, value in {**told, **replaced}.items() if name not in absent}


async def run(service: str, dsn: str, folder: Path, *, init: bool = False) -> int | None:
    """Run the command of the Job (or of a pod's first container) as the chart has it; the exit code."""
    kind = "Deployment" if init else "Job"
    pod = next(pod for pod in pods("by-role", kind) if f"-{service}-" in pod.of)
    (container,) = pod.spec["initContainers" if init else "containers"]
    told = {**os.environ, **environment(service, dsn, folder)}
    process = await asyncio.create_subprocess_exec(sys.executable, *container["command"][1:], env=told, cwd=ROOT)
    return await process.wait()


@pytest.mark.parametrize("service", SERVICE_NAMES)
async def test_what_a_job_is_told_is_enough_to_migrate(service: str, dsn: str, tmp_path: Path) -> None:
    assert (await run(service, dsn, tmp_path), await run(service, dsn, tmp_path, init=True)) == (0, 0)
    database = Database(dsn, pool_size=1)
    await database.open()
    assert await steps_of(database) == newest_steps(wanted(service)[0])
    await database.close()


async def test_after_a_rollback_the_older_job_leaves_the_newer_schema_alone(dsn: str, tmp_path: Path) -> None:
    assert await run("archive", dsn, tmp_path) == 0
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert (await run("archive", dsn, tmp_path), await run("archive", dsn, tmp_path, init=True)) == (0, 0)
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == "9999"
    await connection.close()
