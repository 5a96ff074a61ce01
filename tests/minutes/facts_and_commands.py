"""All facts of one meeting's minutes, the commands that lead to them, and who gives them."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.minutes import policy
from services.minutes.domain.attendance import Attendee, Presence
from services.minutes.domain.commands import (
    ApproveMinutes,
    AssignAction,
    DraftMinutes,
    FileMinutes,
    MinutesCommands,
    PublishMinutes,
    PublishNews,
    RecordDecision,
    RecordOpinion,
    ReturnMinutes,
    ReviseMinutes,
    SignMinutes,
    SubmitMinutes,
)
from services.minutes.domain.draft import Draft, Section
from services.minutes.domain.minutes import decide
from services.minutes.domain.private import keep_private
from services.minutes.domain.state import Minutes, Series, evolve, minutes_id_of
from services.minutes.domain.text import Gathering
from shared.contracts import Fact
from shared.contracts.minutes import (
    DocumentReference,
    MinutesApproved,
    MinutesDrafted,
    MinutesFiled,
    MinutesPublished,
    MinutesRevised,
    MinutesSigned,
    MinutesStarted,
    MinutesSubmitted,
    NewsPublished,
    Position,
)
from shared.kernel import Actor, Refusal, Role
from tests.minutes.registration_facts import END, START

MEETING = UUID(int=1)
ID = minutes_id_of(MEETING)
AT = datetime(2022, 9, 22, 2, 0, tzinfo=UTC)
SECRETARY = Actor(subject="secretary", roles=frozenset({Role.SECRETARY}), organisation="MTC")
CHAIR = Actor(subject="chair", roles=frozenset({Role.CHAIR}), organisation="MTC")
STRANGER = Actor(subject="stranger", roles=frozenset({Role.SECRETARY, Role.CHAIR}), organisation="MOF")
ORGANISER = Actor(subject="organiser", roles=frozenset({Role.ORGANISER}), organisation="MTC")
SERVICE = policy.SERVICE
PDF = DocumentReference(sha256="a" * 64, size=1, media_type="application/pdf")
TEXT = DocumentReference(sha256="b" * 64, size=2, media_type="application/json")
SOMEBODY = Attendee(
    name="ທ່ານ ແກ້ວ",
    given_name="ແກ້ວ",
    position="",
    organisation="ກະຊວງການເງິນ",
    rank=60,
    protocol_order=60,
    presence=Presence.PRESENT,
)
DRAFT = Draft(
    gathering=Gathering(
        starts_at=START, ends_at=END, venue="ວຽງຈັນ", organiser="ກຕສ", title="ກອງປະຊຸມ", chair="ທ່ານ", present=1, women=0
    ),
    chair="ທ່ານ",
    issuer=("ກະຊວງ",),
    agenda=(),
    attendees=(SOMEBODY,),
    bodies=(),
)
PRIVATE = "ຄຳເຫັນລັບ"

STARTED = MinutesStarted(minutes_id=ID, meeting_id=MEETING)
NAMES: dict[str, Any] = {"minutes_id": ID, "meeting_id": MEETING}
DRAFTED = MinutesDrafted(**NAMES, revision=1, present=1, women=0)
REVISED = MinutesRevised(**NAMES, revision=2)
SUBMITTED = MinutesSubmitted(**NAMES, revision=1)
APPROVED = MinutesApproved(**NAMES, revision=1, number="0007/ຕສ", approved_at=AT)
SIGNED = MinutesSigned(**NAMES, number="0007/ຕສ", document=PDF, content=TEXT, signed_at=AT, render_sha256="c" * 64)
PUBLISHED = MinutesPublished(
    **NAMES, number="0007/ຕສ", document=PDF, content=TEXT, published_at=AT, render_sha256="c" * 64
)
NEWS = NewsPublished(**NAMES, news_id=UUID(int=5), document=TEXT, published_at=AT)
FILED = MinutesFiled(**NAMES, record_id=UUID(int=6))
ALL_FACTS = (STARTED, DRAFTED, SUBMITTED, APPROVED, SIGNED, PUBLISHED, NEWS, FILED)

OPINION = RecordOpinion(
    actor=SECRETARY,
    at=AT,
    opinion_id=uuid4(),
    organisation="MOF",
    agenda_item="2",
    position=Position.SUPPORT,
    text=PRIVATE,
)
DECISION = RecordDecision(actor=SECRETARY, at=AT, decision_id=uuid4(), text=PRIVATE)
ACTION = AssignAction(actor=SECRETARY, at=AT, action_id=uuid4(), organisation="MOF", text=PRIVATE, due=None)
REDRAFT = DraftMinutes(actor=SECRETARY, at=AT, draft=replace(DRAFT, attendees=()))
REVISE = ReviseMinutes(actor=SECRETARY, at=AT, edits={Section.PURPOSE: PRIVATE})
SUBMIT = SubmitMinutes(actor=SECRETARY, at=AT)
RETURN = ReturnMinutes(actor=CHAIR, at=AT, reason="ກະລຸນາກວດຄືນ")
APPROVE = ApproveMinutes(actor=CHAIR, at=AT)
PUBLISH = PublishMinutes(actor=SECRETARY, at=AT)
SIGN = SignMinutes(actor=SERVICE, at=AT, document=PDF, content=TEXT, render_sha256="c" * 64)
PUBLISH_NEWS_COMMAND = PublishNews(actor=SERVICE, at=AT, news_id=UUID(int=5), item={"title": "ຂ່າວ"}, document=TEXT)
FILE = FileMinutes(actor=SERVICE, at=AT, record_id=UUID(int=6))


PRIVATE_PART: dict[type[Fact], dict[str, Any]] = {  # the private part of what led to a fact
    MinutesDrafted: {"draft": DRAFT},
    MinutesRevised: {"edits": {Section.QUOTE: "ຄຳເວົ້າ"}},
    NewsPublished: {"news_item": {"title": "ຂ່າວ"}},
}


def after(*facts: Fact) -> Minutes:
    """Minutes with this past, as the store would load them."""
    known = Minutes(
        minutes_id=ID,
        organiser="MTC",
        agenda=frozenset({"1", "2"}),
        speaker="ກະຊວງການເງິນ",
        series=Series(issuer="MTC", year=2022, last=6, suffix="ຕສ"),
    )
    return reduce(_step, facts, known)


def _step(minutes: Minutes, fact: Fact) -> Minutes:
    return evolve(replace(minutes, **PRIVATE_PART.get(type(fact), {})), fact)


def carried_out(minutes: Minutes, command: MinutesCommands) -> Minutes:
    """The minutes after `command`, whose facts must be some."""
    facts = decide(minutes, command)
    assert facts
    return reduce(evolve, facts, keep_private(minutes, command))


def refusal(minutes: Minutes, command: MinutesCommands) -> type[Refusal]:
    with pytest.raises(Refusal) as refused:
        decide(minutes, command)
    return refused.type
