"""The aggregate Minutes: what follows from each command."""

from collections.abc import Sequence
from typing import assert_never

from services.minutes.domain.commands import (
    ApproveMinutes,
    AssignAction,
    DraftMinutes,
    FileMinutes,
    MinutesCommands,
    PublishMinutes,
    PublishNews,
    ReactionCommand,
    RecordDecision,
    RecordOpinion,
    ReturnMinutes,
    ReviewCommand,
    ReviseMinutes,
    SignMinutes,
    StartMinutes,
    SubmitMinutes,
)
from services.minutes.domain.printable import check_document
from services.minutes.domain.refusals import SigningUnderWay, WrongPhase
from services.minutes.domain.state import PUBLIC, Minutes, Phase
from services.minutes.domain.writing import check_role, write
from shared.contracts import Fact
from shared.contracts.minutes import (
    MinutesApproved,
    MinutesFiled,
    MinutesPublished,
    MinutesReturned,
    MinutesSigned,
    MinutesStarted,
    MinutesSubmitted,
    NewsPublished,
)
from shared.kernel import Role, StaleVersion

DIGITS = 4
"""A number is padded to so many digits: `0123/ຕສ`."""


SIGNING_SECONDS = 2
"""How long rendering and signing take in most cases, with the start of the child process."""


def decide(minutes: Minutes, command: MinutesCommands) -> Sequence[Fact]:
    """The facts that follow from `command`, none where nothing changes, or a Refusal."""
    match command:
        case RecordOpinion() | RecordDecision() | AssignAction() | DraftMinutes() | ReviseMinutes():
            return write(minutes, command)
        case SubmitMinutes() | ReturnMinutes() | ApproveMinutes() | PublishMinutes():
            return _review(minutes, command)
        case StartMinutes() | SignMinutes() | PublishNews() | FileMinutes():
            return _react(minutes, command)
        case _:
            assert_never(command)


def _review(minutes: Minutes, command: ReviewCommand) -> Sequence[Fact]:
    """A step that a person takes; the chair's are approving and returning."""
    theirs = Role.CHAIR if isinstance(command, ReturnMinutes | ApproveMinutes) else Role.SECRETARY
    meeting_id = check_role(minutes, command, theirs)
    if command.expected_revision is not None and minutes.revision not in command.expected_revision:
        raise StaleVersion(revision=minutes.revision)
    names = {"minutes_id": minutes.minutes_id, "meeting_id": meeting_id, "revision": minutes.revision}
    match command:
        case SubmitMinutes():
            _phase(minutes, Phase.DRAFT)
            check_document(minutes)
            return [MinutesSubmitted(**names)]
        case ReturnMinutes():
            _phase(minutes, Phase.IN_REVIEW)
            return [MinutesReturned(**names)]
        case ApproveMinutes():
            _phase(minutes, Phase.IN_REVIEW)
            check_document(minutes)
            return [MinutesApproved(**names, number=_next_number(minutes), approved_at=command.at)]
        case PublishMinutes():
            return [_published(minutes, command)]
        case _:
            assert_never(command)


def _react(minutes: Minutes, command: ReactionCommand) -> Sequence[Fact]:
    """What follows from facts of other services and from finished jobs; what comes twice changes nothing."""
    if isinstance(command, StartMinutes):
        started = minutes.meeting_id is not None
        return [] if started else [MinutesStarted(minutes_id=minutes.minutes_id, meeting_id=command.meeting_id)]
    if minutes.meeting_id is None:
        return []
    names = {"minutes_id": minutes.minutes_id, "meeting_id": minutes.meeting_id}
    match command:
        case SignMinutes() if minutes.phase is Phase.APPROVED:
            what = {"document": command.document, "content": command.content, "render_sha256": command.render_sha256}
            return [MinutesSigned(**names, **what, number=minutes.number or "", signed_at=command.at)]
        case PublishNews() if minutes.phase in PUBLIC and minutes.news_id is None:
            document = command.document
            return [NewsPublished(**names, news_id=command.news_id, document=document, published_at=command.at)]
        case FileMinutes() if minutes.phase is Phase.PUBLISHED:
            return [MinutesFiled(**names, record_id=command.record_id)]
        case _:
            return []


def _next_number(minutes: Minutes) -> str:
    if minutes.series is None:
        raise ValueError("an approval needs the locked series of its issuer")
    return f"{minutes.series.last + 1:0{DIGITS}}/{minutes.series.suffix}"


def _published(minutes: Minutes, command: PublishMinutes) -> Fact:
    signed = minutes.signed
    if minutes.phase is Phase.APPROVED:
        raise SigningUnderWay(retry_after=SIGNING_SECONDS)
    if signed is None or minutes.phase is not Phase.SIGNED:
        raise WrongPhase(state=minutes.phase.value)
    return MinutesPublished(
        minutes_id=signed.minutes_id,
        meeting_id=signed.meeting_id,
        number=signed.number,
        document=signed.document,
        content=signed.content,
        published_at=command.at,
        render_sha256=signed.render_sha256,
    )


def _phase(minutes: Minutes, required: Phase) -> None:
    if minutes.phase is not required:
        raise WrongPhase(state=minutes.phase.value)
