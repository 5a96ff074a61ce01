"""The file of a desk: SQLite, readable by its owner alone; a scan is on the disk before anybody is let in."""

import json
import os
import sqlite3
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from shared.lao import search_key

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS known (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS person (registration_id TEXT PRIMARY KEY, search TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS revoked (registration_id TEXT PRIMARY KEY, good_from INTEGER);
CREATE TABLE IF NOT EXISTS blocked (registration_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS page (path TEXT, cursor TEXT, tag TEXT, content TEXT NOT NULL, PRIMARY KEY (path, cursor));
CREATE TABLE IF NOT EXISTS scan (
  number INTEGER PRIMARY KEY AUTOINCREMENT, nonce TEXT NOT NULL UNIQUE, registration_id TEXT, leaving INTEGER NOT NULL,
  reason TEXT, value TEXT NOT NULL, verdict TEXT
);
CREATE INDEX IF NOT EXISTS scan_of ON scan (registration_id);
"""
_SCANS_AT_FETCH: Final = """
INSERT OR REPLACE INTO known SELECT 'scans_at_fetch', json_array(
  coalesce(max(number) FILTER (WHERE verdict IS NOT NULL), 0), coalesce(max(number), 0)
) FROM scan
"""  # the last that was sent, as they are sent in their order, and the last that was made
_SUFFIXES: Final = ("", "-journal", "-wal", "-shm")
"""Of the file, and of those that SQLite keeps beside it."""
_OWNER_ONLY: Final = stat.S_IRUSR | stat.S_IWUSR


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a list as the server sent it, with its ETag."""

    path: str
    cursor: str
    tag: str | None
    content: dict[str, Any]


class DeskFileUnusable(RuntimeError):
    """There is no file of a desk here, or others than its owner may read it; the message says what to do."""


class ScansNotSent(RuntimeError):
    """Scans wait that would be sent to another meeting, or as those of another device, or be lost."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} ຍັງບໍ່ໄດ້ສົ່ງ · not sent: `pasum desk sync`")


class DeskFile:
    """Who is expected, which tickets are revoked, and every scan with what the server said of it."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the file; raises `DeskFileUnusable`."""
        if create and not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, _OWNER_ONLY))
        if not path.is_file():
            message = f"ບໍ່ມີໄຟລ໌ · there is no file {path}: begin with `pasum desk fetch`"
            raise DeskFileUnusable(message)
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            message = f"ຄົນອື່ນອ່ານໄດ້ · others may read {path}: `chmod 600 {path}`"
            raise DeskFileUnusable(message)
        self.path = path
        self._rows = sqlite3.connect(path, isolation_level="IMMEDIATE")
        self._rows.execute("PRAGMA synchronous = EXTRA")
        self._rows.execute("PRAGMA secure_delete = ON")
        self._rows.executescript(_SCHEMA)
        if not create and self.known("meeting") is None:
            self.close()
            message = f"ຍັງບໍ່ມີບັນຊີ · nothing was fetched yet into {path}: begin with `pasum desk fetch`"
            raise DeskFileUnusable(message)

    def close(self) -> None:
        """Close the file."""
        self._rows.close()

    def remove(self, *, also_unsent: bool) -> None:
        """Remove the file while nobody else uses it; raises `ScansNotSent`, unless those may be lost."""
        self._rows.isolation_level = "EXCLUSIVE"
        with self._rows:
            self._rows.execute("DELETE FROM scan WHERE false")  # begins the transaction, and changes nothing
            if not also_unsent:
                self._all_sent()
            for suffix in _SUFFIXES:
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)

    def known(self, name: str) -> Any:
        """A value that was kept under a name; None if there is none."""
        row = self._rows.execute("SELECT value FROM known WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def page(self, path: str, cursor: str) -> Page | None:
        """A page as it was fetched last."""
        row = self._rows.execute(
            "SELECT tag, content FROM page WHERE (path, cursor) = (?, ?)", (path, cursor)
        ).fetchone()
        return Page(path=path, cursor=cursor, tag=row[0], content=json.loads(row[1])) if row else None

    def keep(
        self,
        values: Mapping[str, Any],
        people: Sequence[Mapping[str, Any]],
        revoked: Sequence[Mapping[str, Any]],
        *,
        pages: Sequence[Page] = (),
    ) -> None:
        """Replace what was fetched before, all or nothing; scans stay. Raises `ScansNotSent` as `fetch` does."""
        listed = [_listed(one) for one in people]
        fetched = [(page.path, page.cursor, page.tag, json.dumps(page.content)) for page in pages]
        gone = [(one["registration_id"], one["good_from"]) for one in revoked]
        blocked = [(one["registration_id"],) for one in revoked if one.get("blocked")]
        kept = [(name, json.dumps(value)) for name, value in values.items()]
        with self._rows:
            self._rows.execute("DELETE FROM person")
            self._rows.execute("DELETE FROM revoked")
            self._rows.execute("DELETE FROM blocked")
            self._rows.execute("DELETE FROM page")
            before = self.known("meeting")
            if before and (before["meeting_id"], self.known("device")) != (
                values["meeting"]["meeting_id"],
                values["device"],
            ):
                self._all_sent()
            self._rows.executemany("INSERT INTO person VALUES (?, ?, ?)", listed)
            self._rows.executemany("INSERT INTO revoked VALUES (?, ?)", gone)
            self._rows.executemany("INSERT INTO blocked VALUES (?)", blocked)
            self._rows.executemany("INSERT INTO page VALUES (?, ?, ?, ?)", fetched)
            self._list_walk_ins()
            self._rows.executemany("INSERT OR REPLACE INTO known VALUES (?, ?)", kept)
            self._rows.execute(_SCANS_AT_FETCH)

    def _list_walk_ins(self) -> None:
        """Those whom the server does not know yet stay on the list."""
        unsent = self._rows.execute(
            "SELECT value FROM scan WHERE verdict IS NULL AND json_extract(value, '$.walk_in') IS NOT NULL"
        )
        listed = [_listed(walked_in(json.loads(value))) for (value,) in unsent.fetchall()]
        self._rows.executemany("INSERT OR IGNORE INTO person VALUES (?, ?, ?)", listed)

    def _all_sent(self) -> None:
        if unsent := self.counts()["unsent"]:
            raise ScansNotSent(unsent)

    def person(self, registration_id: str) -> dict[str, Any] | None:
        """Somebody on the list."""
        row = self._rows.execute("SELECT value FROM person WHERE registration_id = ?", (registration_id,)).fetchone()
        return json.loads(row[0]) if row else None

    def people(self, name: str, *, limit: int = 9) -> list[dict[str, Any]]:
        """People whose name has this text, however it is spelled; nobody for a text without letters."""
        key = search_key(name)
        found = self._rows.execute(
            "SELECT value FROM person WHERE ? <> '' AND instr(search, ?) > 0 ORDER BY search LIMIT ?", (key, key, limit)
        )
        return [json.loads(value) for (value,) in found]

    def people_of_code(self, check: str) -> list[dict[str, Any]]:
        """People whose code gives these digits (`code_check`): one, seldom more."""
        found = self._rows.execute(
            "SELECT value FROM person WHERE json_extract(value, '$.code_check') = ? ORDER BY search", (check,)
        )
        return [json.loads(value) for (value,) in found]

    def is_revoked(self, registration_id: str, serial: int) -> bool:
        """Whether a genuine ticket is good no more."""
        row = self._rows.execute(
            "SELECT good_from FROM revoked WHERE registration_id = ?", (registration_id,)
        ).fetchone()
        return row is not None and (row[0] is None or serial < row[0])

    def is_blocked(self, registration_id: str) -> bool:
        """Whether the organiser does not let him in, whatever he shows."""
        query = "SELECT 1 FROM blocked WHERE registration_id = ?"
        return self._rows.execute(query, (registration_id,)).fetchone() is not None

    def is_inside(self, registration_id: str) -> bool:
        """Whether he is in the room, by the newer of what the list says and the last scan here.

        The list knows of the scans that were sent before it was fetched; those made since are newer, whatever the
        clock shows.
        """
        last = self._rows.execute(
            "SELECT number, leaving, json_extract(value, '$.scanned_at') FROM scan"
            " WHERE registration_id = ? AND reason IS NULL ORDER BY number DESC LIMIT 1",
            (registration_id,),
        ).fetchone()
        person = self.person(registration_id) or {}
        entered, left = (_moment(person.get(name)) for name in ("entered_at", "left_at"))
        entered = max(entered, _moment(person.get("checked_in_at")))
        sent, made = self.known("scans_at_fetch") or (0, 0)
        if last and (last[0] > made or (last[0] > sent and _moment(last[2]) >= max(entered, left))):
            return not last[1]
        return entered > left

    def add(self, scan: Mapping[str, Any], *, registration_id: str | None) -> None:
        """Write one scan to the disk; when this returns, a power cut does not lose it."""
        leaving = scan["direction"] == "exit"
        row = (scan["nonce"], registration_id, leaving, scan.get("turned_away"), json.dumps(scan))
        query = "INSERT INTO scan (nonce, registration_id, leaving, reason, value) VALUES (?, ?, ?, ?, ?)"
        with self._rows:
            self._rows.execute(query, row)
            if "walk_in" in scan and not scan.get("turned_away"):
                self._rows.execute("INSERT OR IGNORE INTO person VALUES (?, ?, ?)", _listed(walked_in(scan)))

    def unsent(self, *, limit: int) -> list[dict[str, Any]]:
        """Scans of which the server has said nothing yet, the oldest first."""
        rows = self._rows.execute("SELECT value FROM scan WHERE verdict IS NULL ORDER BY number LIMIT ?", (limit,))
        return [json.loads(value) for (value,) in rows]

    def queue(self) -> list[tuple[dict[str, Any], str | None]]:
        """All scans that are not sent, the oldest first, each with the registration it was about."""
        rows = self._rows.execute("SELECT value, registration_id FROM scan WHERE verdict IS NULL ORDER BY number")
        return [(json.loads(value), registration_id) for value, registration_id in rows]

    def answered(self, verdicts: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep what the server said of scans, by nonce."""
        with self._rows:
            for nonce, verdict in verdicts:
                self._rows.execute("UPDATE scan SET verdict = ? WHERE nonce = ?", (json.dumps(verdict), nonce))
                if verdict["registration_id"]:
                    self._known_as(nonce, verdict["registration_id"])

    def _known_as(self, nonce: str, registration_id: str) -> None:
        """A walk-in who had registered after all is the one whom the server knows, also in scans that are not sent."""
        row = self._rows.execute(
            "SELECT registration_id FROM scan WHERE nonce = ? AND json_extract(value, '$.walk_in') IS NOT NULL",
            (nonce,),
        ).fetchone()
        if row and row[0] != registration_id:
            self._rows.execute(
                "UPDATE scan SET value = json_set(value, '$.registration_id', ?)"
                " WHERE json_extract(value, '$.registration_id') = ?",
                (registration_id, row[0]),
            )
            self._rows.execute(
                "UPDATE scan SET registration_id = ? WHERE registration_id = ?", (registration_id, row[0])
            )

    def counts(self) -> dict[str, int]:
        """How many people are on the list, how many scans there are, and how many of them are not sent."""
        query = "SELECT (SELECT count(*) FROM person), count(*), count(*) FILTER (WHERE verdict IS NULL) FROM scan"
        people, scans, unsent = self._rows.execute(query).fetchone()
        return {"people": people, "scans": scans, "unsent": unsent}


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)


def _listed(person: Mapping[str, Any]) -> tuple[str, str, str]:
    return person["registration_id"], search_key(name_of(person)), json.dumps(person)


def walked_in(scan: Mapping[str, Any]) -> dict[str, Any]:
    """Somebody who had not registered, as the list has people."""
    names = ("honorific", "given_name", "family_name", "position_title")
    told = {name: scan["walk_in"].get(name) for name in names}
    known = {"registration_id": scan["known_as"], "organisation": scan["walk_in"].get("organisation") or ""}
    return {**told, **known, "state": "confirmed", "walk_in": True}


def name_of(person: Mapping[str, Any]) -> str:
    """How somebody is called."""
    parts = (person["honorific"], person["given_name"], person["family_name"])
    return " ".join(part for part in parts if part) or "(ຂໍ້ມູນຖືກລຶບ · erased)"
