"""Applying an import: what its preview says is done to all rows in one transaction, or to none.

Every row is compared once more under the lock of the meeting: a row that is not as the preview showed it is refused.
New people are registered as everybody is (`register_participants`); changed people are recorded anew.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.registration.domain.commands import RegisterParticipant
from services.registration.domain.form.columns import PREFIX
from services.registration.domain.form.form import NO_FORM, Form
from services.registration.domain.history import HistoryEntry, answers_entry, entry_of
from services.registration.domain.import_refusals import ChangedSincePreview
from services.registration.domain.importing import (
    CheckedRow,
    ImportState,
    ListedPerson,
    Registrations,
    RowProblem,
    Verdict,
    compared,
)
from services.registration.domain.person import RecordPerson
from services.registration.domain.privacy.collecting import collected
from services.registration.domain.registration_batch import RegistrationRequest
from services.registration.flows import new_code, register_participants
from services.registration.store import PERSONS, imports
from services.registration.store.form.answers import GivenAnswers, save_answers
from services.registration.store.form.forms import current_form
from services.registration.store.history import note
from services.registration.store.known_registrations import (
    known_registrations,
    lock_meeting,
    plan_for_lists,
    registered_persons,
    update_registrations,
)
from services.registration.store.person import update_persons
from shared.application import decide_and_fold, record
from shared.contracts.ids import new_id
from shared.contracts.registration import OwnLink, PersonRecorded
from shared.database import Connection, savepoint
from shared.kernel import Actor, Command, Refusal, Role

CHUNK: Final = 500
Progress: TypeAlias = Callable[[int], Awaitable[None]]
"""Is told how many rows have been worked on."""


class _NotAll(Exception):
    """A row of an import that is applied as a whole was refused: what was written before it is undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Application:
    """One attempt to apply an import; `refused` are the rows that cannot be, by line."""

    connection: Connection
    import_id: UUID
    meeting_id: UUID
    columns: frozenset[str]
    by: Command
    new_own_link: Callable[[], OwnLink]
    progress: Progress
    form: Form
    refused: dict[int, RowProblem] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether the list has answers to the form."""
        return any(name.startswith(PREFIX) for name in self.columns)


async def apply_import(
    connection: Connection,
    import_id: UUID,
    *,
    actor: dict[str, Any],
    new_own_link: Callable[[], OwnLink],
    progress: Progress,
) -> None:
    """Do what the preview says; with mode `all-or-nothing` to every row or, when one is refused, to none.

    Rows that are refused now are kept as refused with their reason; nothing is raised for them. Whoever is registered
    has a link to his own answer, as everybody has.
    """
    found = await imports.locked_import(connection, import_id)
    if found is None or found["state"] != ImportState.APPLYING:
        return
    application = _Application(
        connection=connection,
        import_id=import_id,
        meeting_id=found["meeting_id"],
        columns=frozenset(found["notes"]["columns"]),
        by=Command(actor=_actor(actor), at=datetime.now(UTC)),
        new_own_link=new_own_link,
        progress=progress,
        form=await current_form(connection, found["meeting_id"]) or NO_FORM,
    )
    state = ImportState.APPLIED
    await plan_for_lists(connection)
    try:
        async with savepoint(connection):
            await _apply(application, whole=found["mode"] == "all-or-nothing")
    except _NotAll:
        state = ImportState.NOT_APPLIED
    await imports.refuse_lines(connection, import_id, application.refused)
    await imports.set_state(connection, import_id, state)
    if state is ImportState.APPLIED:
        await imports.forget_persons(connection, import_id)


async def _apply(application: _Application, *, whole: bool) -> None:
    """Raises `_NotAll` when the import is to be applied as a `whole` and a row is refused, now or in the preview."""
    connection, line, worked_on = application.connection, 0, 0
    if whole and await imports.any_refused(connection, application.import_id):
        raise _NotAll
    await lock_meeting(connection, application.meeting_id)
    while rows := await imports.next_lines(connection, application.import_id, after=line, limit=CHUNK):
        line = rows[-1].line
        known = await known_registrations(
            connection,
            application.meeting_id,
            identifiers=[row.registration_id for row in rows],
            persons=[row.person for row in rows],
            answered=application.answered,
        )
        current = [row for row in rows if _as_shown(application, row, known)]
        await _register(application, [row for row in current if row.verdict is Verdict.NEW])
        changed = [row for row in current if row.verdict is Verdict.CHANGED]
        await _change(application, changed, shared=known.shared)
        await _correct_answers(application, changed, known)
        worked_on += len(rows)
        await application.progress(worked_on)
    if whole and application.refused:
        raise _NotAll


def _as_shown(application: _Application, row: CheckedRow, known: Registrations) -> bool:
    """Whether there is something to do, as the preview has shown it; whoever is so already needs nothing."""
    if row.person is None:
        return False
    listed = ListedPerson(
        line=row.line,
        registration_id=row.registration_id,
        person=row.person,
        columns=application.columns,
        answers=row.answers,
    )
    try:
        now = compared(listed, row.person, known.match(listed, row.person), application.form)
    except Refusal as refusal:
        application.refused[row.line] = RowProblem.of(refusal)
        return False
    if now.verdict is Verdict.SAME:
        return False
    if now.problems:
        application.refused[row.line] = now.problems[0]
        return False
    if (now.verdict, now.changes) != (row.verdict, row.changes):
        application.refused[row.line] = RowProblem.of(ChangedSincePreview())
        return False
    return True


async def _register(application: _Application, rows: Sequence[CheckedRow]) -> None:
    if not rows:
        return
    context = copy_context()
    requests = [(_request(application, row, row.person), context) for row in rows if row.person]
    outcomes = await register_participants(application.connection, requests)
    for row, outcome in zip(rows, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            application.refused[row.line] = RowProblem.of(outcome)


def _request(application: _Application, row: CheckedRow, listed: PersonRecorded) -> RegistrationRequest:
    by = application.by
    told = collected(by, listed.organisation)
    person = PersonRecorded(**dict(listed) | {"person_id": new_id(), "collected": told})
    command = RegisterParticipant(
        actor=by.actor,
        at=by.at,
        registration_id=new_id(),
        person_id=person.person_id,
        organisation=person.organisation,
        rank=person.rank,
        link_sha256=None,
        code=new_code(),
        own_link=application.new_own_link(),
        answers=row.answers or None,
    )
    return RegistrationRequest(meeting_id=application.meeting_id, person=person, command=command)


async def _change(application: _Application, rows: Sequence[CheckedRow], *, shared: bool) -> None:
    """Record the persons anew, and copy to their registrations what a seat is known by."""
    wanted = {row.registration_id: row.person for row in rows if row.registration_id and row.person}
    if not wanted:
        return
    connection, by = application.connection, application.by
    persons = await registered_persons(connection, list(wanted))
    decisions = [
        decide_and_fold(
            PERSONS, person.person_id, person, RecordPerson(actor=by.actor, at=by.at, data=wanted[registration_id])
        )
        for registration_id, person in persons.items()
    ]
    await update_persons(connection, [(one.before.version, one.after) for one in decisions])
    await update_registrations(connection, wanted, shared=shared)
    meeting_id, organiser = application.meeting_id, by.actor.organisation or ""  # only its staff imports
    await note(
        connection,
        [
            entry_of(PersonRecorded, by, meeting_id=meeting_id, registration_id=one, organiser=organiser)
            for one in wanted
        ],
    )
    await record(connection, decisions)


async def _correct_answers(application: _Application, rows: Sequence[CheckedRow], known: Registrations) -> None:
    """Keep the answers of people whose row has others."""
    given: list[GivenAnswers] = []
    entries: list[HistoryEntry] = []
    meeting_id, organiser = application.meeting_id, application.by.actor.organisation or ""
    for row in rows:
        seat = row.registration_id
        stored = known.answers_of(seat) if seat else {}
        changes = {name: value for name, value in row.answers.items() if value != stored.get(name)}
        if seat and changes:
            answers = application.form.corrected(stored, changes)
            by = application.by.actor.subject
            given.append(GivenAnswers(meeting_id=meeting_id, registration_id=seat, answers=answers, by=by))
            concerns = {"meeting_id": meeting_id, "registration_id": seat, "organiser": organiser}
            entries += answers_entry(stored, answers.values, application.by, **concerns)
    await save_answers(application.connection, given)
    await note(application.connection, entries)


def _actor(payload: dict[str, Any]) -> Actor:
    roles = frozenset(Role(role) for role in payload["roles"])
    before = frozenset(payload.get("predecessors", ()))
    return Actor(subject=payload["subject"], roles=roles, organisation=payload["organisation"], predecessors=before)
