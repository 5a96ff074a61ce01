"""The aggregate Minutes: its commands, decided."""

from collections.abc import Sequence
from typing import assert_never
from uuid import UUID

from services.minutes.domain.commands import (
    ApproveMinutes,
    AssignAction,
    DraftMinutes,
    FileMinutes,
    MinutesCommands,
    PublishMinutes,
    PublishNews,
    Reaction,
    RecordDecision,
    RecordOpinion,
    ReturnMinutes,
    Review,
    ReviseMinutes,
    SignMinutes,
    StartMinutes,
    SubmitMinutes,
)
from services.minutes.domain.refusals import WrongPhase
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
from shared.kernel import NotFound, Role, StaleVersion

DIGITS = 4
"""A number is padded to so many digits: `0123/ຕສ`."""


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


def _review(minutes: Minutes, command: Review) -> Sequence[Fact]:
    """A step that a person takes; the chair's are approving and returning."""
    theirs = Role.CHAIR if isinstance(command, ReturnMinutes | ApproveMinutes) else Role.SECRETARY
    meeting_id = check_role(minutes, command, theirs)
    if command.expected_revision not in {None, minutes.revision}:
        raise StaleVersion(revision=minutes.revision)
    names = {"minutes_id": minutes.minutes_id, "meeting_id": meeting_id, "revision": minutes.revision}
    match command:
        case SubmitMinutes():
            _phase(minutes, Phase.DRAFT)
            return [MinutesSubmitted(**names)]
        case ReturnMinutes():
            _phase(minutes, Phase.IN_REVIEW)
            return [MinutesReturned(**names, reason=command.reason)]
        case ApproveMinutes():
            _phase(minutes, Phase.IN_REVIEW)
            return [MinutesApproved(**names, number=_next_number(minutes), approved_at=command.at)]
        case PublishMinutes():
            return [_published(minutes, meeting_id, command)]
        case _:
            assert_never(command)


def _react(minutes: Minutes, command: Reaction) -> Sequence[Fact]:
    """What follows from others' facts and from finished jobs; heard or answered twice, it changes nothing."""
    match command:
        case StartMinutes():
            new = minutes.phase is Phase.ABSENT
            return [MinutesStarted(minutes_id=minutes.minutes_id, meeting_id=command.meeting_id)] if new else []
        case SignMinutes():
            return _signed(minutes, command)
        case PublishNews():
            return _news(minutes, command)
        case FileMinutes():
            if minutes.phase is not Phase.PUBLISHED:
                return []
            record = command.record_id
            return [MinutesFiled(minutes_id=minutes.minutes_id, meeting_id=_meeting(minutes), record_id=record)]
        case _:
            assert_never(command)


def _next_number(minutes: Minutes) -> str:
    if minutes.series is None:
        raise ValueError("an approval needs the locked series of its issuer")
    return f"{minutes.series.last + 1:0{DIGITS}}/{minutes.series.suffix}"


def _published(minutes: Minutes, meeting_id: UUID, command: PublishMinutes) -> Fact:
    _phase(minutes, Phase.SIGNED)
    signed = minutes.signed
    if signed is None:
        raise WrongPhase(state=minutes.phase.value)
    return MinutesPublished(
        minutes_id=minutes.minutes_id,
        meeting_id=meeting_id,
        number=signed.number,
        document=signed.document,
        content=signed.content,
        published_at=command.at,
        render_sha256=signed.render_sha256,
    )


def _signed(minutes: Minutes, command: SignMinutes) -> Sequence[Fact]:
    if minutes.phase is not Phase.APPROVED or minutes.number is None:
        return []
    return [
        MinutesSigned(
            minutes_id=minutes.minutes_id,
            meeting_id=_meeting(minutes),
            number=minutes.number,
            document=command.document,
            content=command.content,
            signed_at=command.at,
            render_sha256=command.render_sha256,
        )
    ]


def _news(minutes: Minutes, command: PublishNews) -> Sequence[Fact]:
    if minutes.phase not in PUBLIC or minutes.news_id is not None:
        return []
    return [
        NewsPublished(
            minutes_id=minutes.minutes_id,
            meeting_id=_meeting(minutes),
            news_id=command.news_id,
            document=command.document,
            published_at=command.at,
            item=command.item,
        )
    ]


def _phase(minutes: Minutes, *allowed: Phase) -> None:
    if minutes.phase not in allowed:
        raise WrongPhase(state=minutes.phase.value)


def _meeting(minutes: Minutes) -> UUID:
    if minutes.meeting_id is None:
        raise NotFound
    return minutes.meeting_id
