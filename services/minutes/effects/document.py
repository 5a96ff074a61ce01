"""From rows to what is printed: the minutes as a document with its structured text, and the news item's facts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import asyncpg
from pydantic import TypeAdapter

from services.minutes.domain.attendance import attendance
from services.minutes.domain.draft import Draft, Section, written
from services.minutes.domain.text import NewsFacts
from services.minutes.ports import (
    ROLE_TITLES,
    ActionLine,
    Discussion,
    MinutesDocument,
    OpinionLine,
    Signatory,
    SignatureBlock,
)
from shared.contracts.minutes import Position
from shared.kernel import OFFICE_ZONE

GENERAL: Final = "ຄຳເຫັນລວມ"

_DOCUMENT: Final = TypeAdapter(MinutesDocument)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedMinutes:
    """Approved minutes, as read from the database; `address` is where the document will be found."""

    row: asyncpg.Record
    draft: Draft
    opinions: Sequence[asyncpg.Record]
    decisions: Sequence[asyncpg.Record]
    actions: Sequence[asyncpg.Record]
    address: str

    @property
    def text(self) -> Mapping[Section, str]:
        """The sections as they were approved."""
        return written(self.draft, _edits(self.row))


def document(approved: ApprovedMinutes) -> MinutesDocument:
    """What is printed; `data` is the same for programs."""
    draft, text, row = approved.draft, approved.text, approved.row
    bare = MinutesDocument(
        issuer=draft.issuer,
        number=row["number"],
        place=text[Section.PLACE],
        dated=row["approved_at"].astimezone(OFFICE_ZONE).date(),
        title=draft.gathering.title,
        opening=text[Section.OPENING],
        purpose=_paragraphs(text, Section.PURPOSE),
        agenda=tuple(line.title for line in draft.agenda),
        discussions=tuple(_discussions(approved)),
        decisions=tuple(decision["text"] for decision in approved.decisions),
        actions=tuple(ActionLine(task=each["text"], owner=each["owner"], due=each["due"]) for each in approved.actions),
        closing=text[Section.CLOSING],
        attendance=attendance(draft.attendees),
        session=draft.agenda,
        bodies=draft.bodies,
        held_on=draft.gathering.starts_at.date(),
        signatures=(
            SignatureBlock(role=ROLE_TITLES["recorder"], name=text[Section.RECORDER]),
            SignatureBlock(role=ROLE_TITLES["chair"], name=draft.chair),
        ),
        verify_url=approved.address,
        created_at=row["approved_at"],
    )
    return replace(bare, data=_structured(bare, approved))


def structured_text(printed: MinutesDocument) -> bytes:
    """The structured text as a file: byte for byte what is attached to the PDF."""
    return json.dumps(printed.data, ensure_ascii=False, indent=2, sort_keys=True).encode()


def signatories(printed: MinutesDocument) -> tuple[Signatory, ...]:
    """Who signs, in order: the recorder for the text, the chair for its approval."""
    recorder, chair = printed.signatures
    return (
        Signatory(role="recorder", name=recorder.name, reason=recorder.role, location=printed.place),
        Signatory(role="chair", name=chair.name, reason=chair.role, location=printed.place),
    )


def news_facts(row: asyncpg.Record, draft: Draft, *, published_at: datetime) -> NewsFacts:
    """What the news item says: the same facts, and what people have written for it."""
    text = written(draft, _edits(row))
    return NewsFacts(
        gathering=draft.gathering,
        published_on=published_at.astimezone(OFFICE_ZONE).date(),
        unit=draft.issuer[-1],
        bodies=draft.bodies,
        background=_paragraphs(text, Section.BACKGROUND),
        quote=text.get(Section.QUOTE),
        purpose=" ".join(_paragraphs(text, Section.PURPOSE)) or None,
        outcome=text.get(Section.OUTCOME),
    )


def _discussions(approved: ApprovedMinutes) -> Iterator[Discussion]:
    """What was said to each item of the agenda, then to the meeting as a whole; items without a word are left out."""
    for line in approved.draft.agenda:
        said = tuple(_opinion(each) for each in approved.opinions if each["agenda_item"] == line.number)
        if said:
            yield Discussion(heading=f"ວາລະທີ {line.number}: {line.title}", opinions=said)
    said = tuple(_opinion(each) for each in approved.opinions if each["agenda_item"] is None)
    summary = _paragraphs(approved.text, Section.SUMMARY)
    if said or summary:
        yield Discussion(heading=GENERAL, paragraphs=summary, opinions=said)


def _opinion(row: asyncpg.Record) -> OpinionLine:
    return OpinionLine(speaker=row["speaker"], position=Position(row["position"]), text=row["text"])


def _structured(bare: MinutesDocument, approved: ApprovedMinutes) -> dict[str, Any]:
    count = approved.draft.count
    identifiers = {name: str(approved.row[name]) for name in ("minutes_id", "meeting_id")}
    content = _DOCUMENT.dump_python(bare, mode="json", exclude={"data", "draft"})
    return {**content, **identifiers, "present": count.present, "women": count.women}


def _paragraphs(text: Mapping[Section, str], section: Section) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.get(section, "").splitlines() if line.strip())


def _edits(row: asyncpg.Record) -> dict[Section, str]:
    return {Section(name): text for name, text in row["edits"].items()}
