"""What a desk without a network decides of each scan: who it is, whether he comes in, and why not."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from pasum.desk.clock import Clock, now
from pasum.desk.file import DeskFile, name_of
from pasum.desk.tickets import Ticket, read
from pasum.desk.words import NOT_LISTED, OUT_OF_TIME, OUTCOMES, REASONS
from shared.contracts.ids import code_check, derived_id
from shared.lao import parse_digits

_CODE_LENGTH: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the desk says: an outcome, the reason of a refusal, who it is, and what the staff should know."""

    outcome: str
    reason: str | None = None
    person: str | None = None
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """In words, Lao first."""
        parts = [OUTCOMES[self.outcome], self.person, REASONS[self.reason] if self.reason else None]
        return "\n   ! ".join([" — ".join(part for part in parts if part), *self.warnings])


def code_of(text: str) -> str | None:
    """The code of a registration that somebody has typed instead of scanning a ticket: in any case, with hyphens."""
    letters = "".join(
        each for each in parse_digits(text) if unicodedata.category(each) not in {"Pd", "Pc", "Zs"}
    ).upper()
    return letters if len(letters) == _CODE_LENGTH and letters.isascii() and letters.isalnum() else None


class Entrance:
    """One desk of one meeting, at the entrance or at the exit."""

    def __init__(self, file: DeskFile, *, leaving: bool = False, clock: Clock = now) -> None:
        self._file, self._leaving, self._clock = file, leaving, clock
        self._meeting, self._keys = file.known("meeting"), file.known("keys")

    def ticket(self, text: str) -> Said:
        """Decide on a ticket, and keep the scan."""
        ticket = read(text, self._keys)
        reason = self._fault(ticket)
        of = ticket.registration_id if ticket and reason not in ("forged", "wrong-meeting") else None
        return self._said({"ticket": text}, of, reason)

    def listed(self, registration_id: str) -> Said:
        """Decide on somebody whom the staff has found on the list, and keep it."""
        return self._said({"registration_id": registration_id}, registration_id, self._fault_of(registration_id))

    def people_of_code(self, code: str) -> list[dict[str, Any]]:
        """Who may have this code: one as a rule. It is not proven before his name is asked for."""
        return self._file.people_of_code(code_check(self._meeting["meeting_id"], code))

    def walk_in(self, person: dict[str, str]) -> Said:
        """Decide on somebody who has not registered, and keep it: the server will know him by the same identifier."""
        nonce = uuid4().hex
        known_as = str(derived_id("walk-in", self._meeting["meeting_id"], self._file.known("device"), nonce))
        reason = "cancelled" if self._meeting["phase"] == "cancelled" else None
        if not self._meeting.get("walk_ins"):
            return Said(outcome="refused", reason="walk-ins", person=person["given_name"])
        shown = {"nonce": nonce, "walk_in": person, "known_as": known_as}
        return self._said(shown, known_as, reason)

    def _fault(self, ticket: Ticket | None) -> str | None:
        if ticket is None:
            return "forged"
        if ticket.meeting_id != self._meeting["meeting_id"]:
            return "wrong-meeting"
        if self._file.is_blocked(ticket.registration_id):
            return self._fault_of(ticket.registration_id)
        revoked = self._file.is_revoked(ticket.registration_id, ticket.serial)
        return "revoked" if revoked and not self._leaving else self._fault_of(ticket.registration_id)

    def _fault_of(self, registration_id: str) -> str | None:
        if self._leaving:
            return None
        if self._meeting["phase"] == "cancelled":
            return "cancelled"
        if self._file.is_blocked(registration_id):
            return "blocked"
        if self._file.is_inside(registration_id):
            return "already-in"
        person = self._file.person(registration_id)
        return "not-confirmed" if person and person["state"] != "confirmed" else None

    def _said(self, shown: dict[str, Any], registration_id: str | None, reason: str | None) -> Said:
        clock = self._clock()
        scan: dict[str, Any] = {"nonce": uuid4().hex, "scanned_at": clock.at.isoformat(), **shown}
        scan |= {"boot": clock.boot, "ahead": clock.ahead}
        scan["direction"] = "exit" if self._leaving else "entry"
        self._file.add(scan | ({"turned_away": reason} if reason else {}), registration_id=registration_id)
        person = self._file.person(registration_id) if registration_id else None
        outcome = "refused" if reason else "left" if self._leaving else "checked-in"
        who = f"{name_of(person)} · {person['position_title'] or ''} · {person['organisation']}" if person else None
        return Said(
            outcome=outcome, reason=reason, person=who, warnings=self._warnings(clock.at, person, registration_id)
        )

    def _warnings(self, at: datetime, person: object, registration_id: str | None) -> tuple[str, ...]:
        """A clock that may be wrong turns nobody away; it is told to those who can set it."""
        begins, ends = (datetime.fromisoformat(self._meeting[name]) for name in ("check_in_opens_at", "ends_at"))
        late = () if begins <= at <= ends else (OUT_OF_TIME,)
        return (*late, *(() if person or registration_id is None else (NOT_LISTED,)))
