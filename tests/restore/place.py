"""The systems of the drill: one that is destroyed, and the one that is restored from its backup."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from deploy.local import postgres
from deploy.local.passwords import Passwords
from deploy.local.processes import Processes, inherited
from deploy.local.system import ROLES, System
from deploy.local.topology import Topology
from pasum.api import addresses
from shared.contracts import SERVICE_NAMES
from tests.restore.backup import Backup, place_database, place_documents, place_secrets

SENDING: Final = "notification-worker"
"""The process that hands messages over: it is started last."""
_PROVIDERS: Final = ("sms", "mail")
_CONNECTIONS: Final = 400


def programs() -> Iterator[str]:
    """The names of all processes of the services."""
    for service in SERVICE_NAMES:
        for role in ROLES:
            yield f"{service}-{role}"


def first_system(folder: Path, backup: Backup) -> System:
    """A new system whose PostgreSQL archives its WAL into the backup."""
    topology = Topology(connections=_CONNECTIONS, wal_archive=backup.archive)
    return System(folder, fresh=True, apart=True, topology=topology)


def restored_system(folder: Path) -> System:
    """A system on the data in `folder`; its services are not started, only their servers and the providers."""
    return System(folder, apart=True, topology=Topology(connections=_CONNECTIONS), held=list(programs()))


def found(system: System) -> dict[str, Any]:
    """The addresses of a system that runs."""
    return addresses(system.stack.address_file)


def destroy(system: System) -> None:
    """Kill everything at once, servers too, and delete all data but those of the providers, which are not ours."""
    for process in system.running.values():
        process.kill()
    if system.stack.postgres:
        system.stack.postgres.kill()
    if system.stack.kafka:
        system.stack.kafka.kill()
    system.stop()
    postgres.remove(system.folder / "postgres")
    for name in ("kafka", "secrets", "issuer", "data/objects", "data/archive"):
        shutil.rmtree(system.folder / name, ignore_errors=True)


def restore(backup: Backup, *, until: float, old: Path, new: Path) -> None:
    """Put everything that the backup has into the folder of a new system; the providers keep what they have."""
    new.mkdir(mode=0o711)
    (new / "data").mkdir()
    (new / "postgres").mkdir(mode=0o711)
    place_database(backup, new / "postgres" / "data", until=until)
    place_documents(backup, new)
    place_secrets(backup, new)
    for name in _PROVIDERS:
        shutil.move(old / "data" / name, new / "data" / name)


@contextmanager
def earlier_databases(backup: Backup, folder: Path, *, until: float) -> Iterator[Mapping[str, str]]:
    """A PostgreSQL that is restored to another point in time; its databases by service."""
    folder.mkdir(mode=0o711)
    place_database(backup, folder / "postgres" / "data", until=until)
    passwords = Passwords(backup.secrets / "passwords.json")
    with Processes(folder) as processes:
        server = postgres.Postgres(processes, folder / "postgres", password=passwords.of("postgres"), durable=False)
        server.start()
        yield {
            service: server.dsn(service, user=service, password=passwords.of(f"postgres/{service}"))
            for service in SERVICE_NAMES
        }


def lose_kafka(folder: Path) -> None:
    """Delete all that the Kafka of a stopped system has: topics, offsets, producer ids, users, rights."""
    shutil.rmtree(folder / "kafka")


def command(system: System, service: str, *arguments: str) -> int:
    """Run a command of a service to its end; returns its exit code."""
    environment = inherited(**system.environment(service, smtp_port=1))
    argv = [sys.executable, "-m", f"services.{service}.main", *arguments]
    log = system.folder / "logs" / f"{service}-{arguments[0]}.log"
    with log.open("ab") as output:
        return subprocess.run(argv, env=environment, stdout=output, stderr=output, check=False).returncode


def start_services(system: System, *, without: tuple[str, ...] = ()) -> None:
    """Start the processes of all services, and wait until they are ready."""
    for name in programs():
        if name not in without:
            system.launch(name)
    system.wait()
