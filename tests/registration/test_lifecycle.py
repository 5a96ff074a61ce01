"""The life of a meeting: who leads it, from which phase to which, and whom it invites."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from services.registration.domain import admission_commands, agenda_commands, commands, invitation_commands
from services.registration.domain.commands import MeetingCommand, OrganiserCommand
from services.registration.domain.desk import commands as desk_commands
from services.registration.domain.documents import commands as document_commands
from services.registration.domain.form import commands as form_commands
from services.registration.domain.meeting import RULES
from services.registration.domain.proof import commands as proof_commands
from services.registration.domain.refusals import (
    AlreadyExists,
    AlreadyInvited,
    ExpiryPassed,
    InvalidSchedule,
    MomentAhead,
    OrganisationUnknown,
    WrongPhase,
)
from services.registration.domain.reminders import commands as reminder_commands
from services.registration.domain.state import Phase
from services.registration.store.loaders import LOADERS
from shared.contracts import Fact
from shared.contracts.registration import MeetingHeld, MeetingStarted
from shared.kernel import NotFound, NotPermitted, StaleVersion
from tests.registration import scenario
from tests.registration.commands import announce, cancel, close, discard, draft, end, invite, move, replace_draft, start
from tests.registration.facts import (
    ELSEWHERE,
    EXPIRY,
    VENUE,
    announced,
    cancelled,
    changed,
    closed,
    discarded,
    drafted,
    held,
    invited,
    moved,
    opened,
    registered,
    started,
)
from tests.registration.scenario import (
    DESK,
    END,
    KEO,
    OTHER_ORGANISER,
    START,
    Step,
    after,
    jobs_after,
    meeting_after,
    refuses,
)

DRAFT: list[Step] = [drafted()]
OPEN: list[Step] = [opened()]
IN_SESSION: list[Step] = [*OPEN, started()]
HELD: list[Step] = [*IN_SESSION, held()]
CLOSED: list[Step] = [*HELD, closed()]
CANCELLED: list[Step] = [*OPEN, cancelled()]
DAY = timedelta(days=1)
Report = Callable[[datetime], MeetingCommand]

# command: the phases in which it is taken, and what follows there
STEPS: list[tuple[MeetingCommand, dict[str, Fact]]] = [
    (announce(), {"draft": announced()}),
    (start(), {"open": started()}),
    (end(), {"in-session": held()}),
    (close(), {"held": closed()}),
    (cancel(), dict.fromkeys(("draft", "open", "in-session"), cancelled())),
    (move(START + DAY, END + DAY), dict.fromkeys(("draft", "open"), moved(to=START + DAY, until=END + DAY))),
    (invite(), {"open": invited()}),
    (discard(), {"draft": discarded()}),
    (replace_draft(capacity=7), {"draft": changed(capacity=7)}),
]
PHASES = {
    "draft": DRAFT,
    "open": OPEN,
    "in-session": IN_SESSION,
    "held": HELD,
    "closed": CLOSED,
    "cancelled": CANCELLED,
}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize(("command", "follows"), STEPS, ids=lambda one: type(one).__name__)
def test_each_step_is_taken_in_its_phases_alone(command: MeetingCommand, follows: dict[str, Fact], phase: str) -> None:
    expected = [follows[phase]] if phase in follows else refuses(WrongPhase, phase=phase)
    assert after(*PHASES[phase], command=command) == expected


@pytest.mark.parametrize("phase", PHASES)
def test_each_fact_leads_to_its_phase(phase: str) -> None:
    assert meeting_after(*PHASES[phase]).phase == Phase(phase)


def test_each_command_has_its_rule() -> None:
    of_meetings = (commands, admission_commands, agenda_commands, document_commands, form_commands)
    modules = (*of_meetings, desk_commands, invitation_commands, proof_commands, reminder_commands)
    known = [one for module in modules for one in vars(module).values()]
    kinds = {kind for kind in known if isinstance(kind, type) and issubclass(kind, MeetingCommand)}
    assert set(RULES) == kinds - {
        MeetingCommand,
        OrganiserCommand,
        agenda_commands.AgendaCommand,
        invitation_commands.InvitationCommand,
        document_commands.DocumentCommand,
    }


def test_the_version_counts_the_facts() -> None:
    assert [meeting_after(*steps).version for steps in (DRAFT, OPEN, CLOSED, CANCELLED)] == [1, 2, 5, 3]


def test_a_body_drafts_its_own_meeting() -> None:
    assert after(command=draft()) == [drafted()]


@pytest.mark.parametrize("stranger", [OTHER_ORGANISER, DESK], ids=["of another body", "of another role"])
def test_nobody_else_drafts_leads_or_invites(stranger: object) -> None:
    refused = refuses(NotPermitted, roles=["organiser"])
    assert isinstance(stranger, type(DESK))
    assert after(command=draft(by=stranger)) == refused
    unseen = refuses(NotFound) if stranger is OTHER_ORGANISER else refused  # a draft of another body
    assert after(*DRAFT, command=announce(by=stranger)) == unseen
    assert after(*OPEN, command=invite(by=stranger)) == refused


def test_a_meeting_is_drafted_once() -> None:
    assert after(*DRAFT, command=draft()) == refuses(AlreadyExists)


@pytest.mark.parametrize("length", [timedelta(0), -timedelta(hours=1)], ids=["no time", "negative time"])
def test_a_meeting_ends_after_it_starts(length: timedelta) -> None:
    assert after(command=draft(ends_at=START + length)) == refuses(InvalidSchedule, at="/ends_at")
    assert after(*OPEN, command=move(START, START + length)) == refuses(InvalidSchedule, at="/ends_at")
    assert after(*IN_SESSION, command=end(START + length)) == refuses(InvalidSchedule, at="/at")


def meeting_fact(report: Report, at: datetime) -> Fact:
    if report is start:
        return MeetingStarted(meeting_id=scenario.MEETING, started_at=at)
    return MeetingHeld(meeting_id=scenario.MEETING, started_at=START, ended_at=at)


@pytest.mark.parametrize("report", [start, end], ids=["beginning", "end"])
def test_what_has_not_happened_yet_is_not_reported_and_a_clock_may_be_five_minutes_ahead(report: Report) -> None:
    steps = OPEN if report is start else IN_SESSION
    ahead, far_ahead = (END + timedelta(minutes=5), END + timedelta(minutes=5, seconds=1))
    assert after(*steps, command=report(ahead)) == [meeting_fact(report, ahead)]
    refused = refuses(MomentAhead, at="/at", now=END.isoformat())
    assert after(*steps, command=report(far_ahead)) == refused
    assert after(*steps, command=report(END + timedelta(days=14))) == refused


@pytest.mark.parametrize(
    ("unknown", "at"), [("MTC", "/organiser"), ("ZZZZ", "/co_hosts/1")], ids=["the organiser", "a co-host"]
)
def test_a_body_that_the_registry_does_not_have_holds_no_meeting(unknown: str, at: str) -> None:
    told = after(command=draft(co_hosts=("UNDP", "ZZZZ")), unknown=[unknown])
    assert told == refuses(OrganisationUnknown, at=at)


@pytest.mark.parametrize("command", [announce(), invite(), cancel()], ids=lambda one: type(one).__name__)
def test_what_is_not_there_cannot_be_led(command: MeetingCommand) -> None:
    assert after(command=command) == refuses(NotFound)


def test_a_command_holds_for_the_version_that_was_seen() -> None:
    assert after(*DRAFT, command=announce(seen=1)) == [announced()]
    assert after(*DRAFT, command=announce(seen=2)) == refuses(StaleVersion, version=1)


def test_a_meeting_moves_in_time_or_place_and_keeps_the_old_values() -> None:
    assert after(*OPEN, command=move(venue=ELSEWHERE)) == [moved(venue=ELSEWHERE)]
    midnight = START + timedelta(hours=22, minutes=30)
    assert after(*OPEN, command=move(midnight, midnight + timedelta(hours=1))) == [
        moved(to=midnight, until=midnight + timedelta(hours=1))
    ]


def test_moving_to_where_it_is_changes_nothing() -> None:
    assert after(*OPEN, command=move()) == []


def test_the_calendar_sequence_grows_with_each_change_and_nothing_else() -> None:
    twice = [*OPEN, moved(to=START + DAY, until=END + DAY), registered(KEO)]
    assert meeting_after(*OPEN, registered(KEO)).sequence == 0
    assert meeting_after(*twice).sequence == 1
    assert after(*twice, command=cancel()) == [cancelled(sequence=2)]


def test_a_cancelled_meeting_keeps_its_date_and_place() -> None:
    meeting = meeting_after(*CANCELLED)
    assert (meeting.starts_at, meeting.ends_at, meeting.venue, meeting.sequence) == (START, END, VENUE, 1)


def test_a_body_is_invited_once_and_must_be_known() -> None:
    assert after(*OPEN, invited(), command=invite()) == refuses(AlreadyInvited, at="/organisation")
    assert after(*OPEN, invited(), command=invite("MOH")) == [invited("MOH")]
    assert after(*OPEN, command=invite(), unknown_body=True) == refuses(OrganisationUnknown, at="/organisation")


def test_a_meeting_that_moves_in_time_needs_new_tickets() -> None:
    day_later = moved(to=START + DAY, until=END + DAY)
    (job,) = jobs_after(*OPEN, registered(KEO), day_later)
    assert (job.kind, job.payload["sequence"]) == ("reissue-tickets", 1)


@pytest.mark.parametrize(
    "steps",
    [[moved(to=START + DAY, until=END + DAY)], [registered(KEO), moved(venue=ELSEWHERE)], [started()]],
    ids=["nobody has one", "the place alone has changed", "something else happened"],
)
def test_otherwise_no_ticket_is_signed(steps: list[Step]) -> None:
    assert jobs_after(*OPEN, *steps) == []


def test_what_a_rule_needs_is_loaded_in_the_tests_as_in_the_database() -> None:
    assert set(scenario.LOADERS) == set(LOADERS)


def test_an_invitation_that_has_expired_already_is_not_given() -> None:
    assert after(opened(), command=invite(at=EXPIRY)) == refuses(ExpiryPassed, at="/expires_at")
