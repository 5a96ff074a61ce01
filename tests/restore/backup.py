"""Takes a backup of a running system and restores it, with what PostgreSQL offers without further programs.

The base backup uses PostgreSQL's low-level interface (`pg_backup_start`, copy, `pg_backup_stop`), which backup programs
use inside. Objects and packages are copied as files. Secrets are part of the backup.
"""

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import asyncpg

_NOBODY: Final = 65534  # as whom PostgreSQL runs where we are root
_NOT_COPIED: Final = frozenset({"postmaster.pid", "postmaster.opts"})
_STORES: Final = ("documents", "objects", "archive")
_CONTENTS_NOT_COPIED: Final = frozenset({"pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_stat_tmp"})


@dataclass(frozen=True, slots=True)
class Backup:
    """The folders of one backup; `archive` is where PostgreSQL copies its WAL all the time."""

    folder: Path

    @property
    def archive(self) -> Path:
        """The archived WAL."""
        return self.folder / "wal"

    @property
    def base(self) -> Path:
        """The base backup of PostgreSQL."""
        return self.folder / "base"

    @property
    def documents(self) -> Path:
        """The object store and the packages of the archive."""
        return self.folder / "documents"

    @property
    def secrets(self) -> Path:
        """Keys, certificates and passwords."""
        return self.folder / "secrets"

    def prepare(self) -> None:
        """Make the folders; PostgreSQL can write into the one for its WAL."""
        for folder in (self.archive, self.documents, self.secrets):
            folder.mkdir(parents=True)
        _give_to_postgres(self.archive)


async def copy_database(dsn: str, data: Path, backup: Backup) -> None:
    """A base backup of a running PostgreSQL, whose data folder is `data`; `dsn` is a superuser's."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("SELECT pg_backup_start('drill', true)")
        shutil.copytree(data, backup.base, ignore=_ignored, copy_function=_copy, symlinks=True)
        label = await connection.fetchval("SELECT labelfile FROM pg_backup_stop(false)")
    finally:
        await connection.close()
    (backup.base / "backup_label").write_text(label, encoding="utf-8")


def copy_documents(system: Path, backup: Backup) -> None:
    """Objects and packages, after the moment to which the databases will be restored; what is newer does no harm."""
    for name in _STORES:
        if (system / "data" / name).exists():
            shutil.copytree(system / "data" / name, backup.documents / name, dirs_exist_ok=True)


def copy_secrets(system: Path, backup: Backup) -> None:
    """The keys of the services, and the passwords of the servers."""
    shutil.copytree(system / "secrets", backup.secrets / "secrets")
    shutil.copyfile(system / "passwords.json", backup.secrets / "passwords.json")


def place_database(backup: Backup, data: Path, *, until: float) -> None:
    """Put the base backup at `data`; the next start reads the archived WAL up to the moment `until` (Unix seconds)."""
    shutil.copytree(backup.base, data, symlinks=True)
    for name in _CONTENTS_NOT_COPIED:
        (data / name).mkdir(exist_ok=True)
    moment = datetime.fromtimestamp(until, UTC).isoformat(sep=" ")
    settings = {
        "restore_command": f'cp "{backup.archive}/%f" "%p"',
        "recovery_target_time": moment,
        "recovery_target_action": "promote",
        "hot_standby": "off",  # nobody is let in before the target is reached
    }
    with (data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    (data / "recovery.signal").touch()
    _give_to_postgres(data)


def place_documents(backup: Backup, system: Path) -> None:
    """Put objects and packages into the folder of a new system."""
    for name in _STORES:
        if (backup.documents / name).exists():
            shutil.copytree(backup.documents / name, system / "data" / name)


def place_secrets(backup: Backup, system: Path) -> None:
    """Put keys and passwords into the folder of a new system."""
    shutil.copytree(backup.secrets / "secrets", system / "secrets")
    shutil.copyfile(backup.secrets / "passwords.json", system / "passwords.json")
    (system / "passwords.json").chmod(0o600)


def _ignored(folder: str, names: list[str]) -> set[str]:
    return set(names) if Path(folder).name in _CONTENTS_NOT_COPIED else set(names) & _NOT_COPIED


def _copy(source: str, target: str) -> None:
    with suppress(FileNotFoundError):  # deleted meanwhile; the WAL says so too
        shutil.copyfile(source, target)


def _give_to_postgres(folder: Path) -> None:
    folder.chmod(0o700)
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
