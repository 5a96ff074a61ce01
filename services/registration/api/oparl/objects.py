"""The objects of OParl 1.1: each named by its own address; what has no value is left out, as the specification asks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg

from services.registration.api.documents.downloads import extension_of
from services.registration.domain.agenda import identified, number_key
from services.registration.domain.state import Phase
from shared.contracts.registration import AgendaItem
from shared.kernel import OFFICE_ZONE
from shared.text import printable

OParlObject: TypeAlias = dict[str, Any]
Row: TypeAlias = asyncpg.Record

SCHEMA: Final = "https://schema.oparl.org/1.1/"
PATH: Final = "/v1/oparl"
LISTS: Final = {
    "organization": "organizations",
    "person": "people",
    "meeting": "meetings",
    "paper": "papers",
    "agendaItem": "agenda-items",
    "consultation": "consultations",
    "file": "files",
    "locationList": "locations",
    "membership": "memberships",
    "legislativeTermList": "legislative-terms",
}
"""Member of the body → the path of its list."""
_SINCE: Final = datetime(2026, 11, 27, tzinfo=OFFICE_ZONE)
"""When the system and its body were described as they are."""
_STATES: Final[Mapping[str, str]] = {
    Phase.OPEN: "eingeladen",
    Phase.IN_SESSION: "eingeladen",
    Phase.HELD: "durchgeführt",
    Phase.CLOSED: "durchgeführt",
}
"""The words that the specification recommends; a cancelled meeting has `cancelled` instead."""


@dataclass(frozen=True, slots=True)
class OParl:
    """Makes the objects of the installation whose addresses begin with `public_url`."""

    public_url: str

    @property
    def root(self) -> str:
        """The address of the system, with which all others begin."""
        return f"{self.public_url}{PATH}"

    @property
    def body(self) -> str:
        """The address of the only body: the government whose meetings these are."""
        return f"{self.root}/bodies/1"

    def system_object(self) -> OParlObject:
        """Where a program begins."""
        name = "Pasum · ກອງປະຊຸມສາທາລະນະ"
        system = _object("System", self.root, oparlVersion=SCHEMA, body=f"{self.root}/bodies", name=name)
        return system | _dated(_SINCE, _SINCE)

    def body_object(self) -> OParlObject:
        """The government, with the addresses of all lists; those of people and papers are empty."""
        told = {name: f"{self.body}/{path}" for name, path in LISTS.items()}
        name = "ລັດຖະບານ ແຫ່ງ ສປປ ລາວ"
        body = _object("Body", self.body, system=self.root, name=name, legislativeTerm=[], **told)
        return body | _dated(_SINCE, _SINCE)

    def organisation(self, code: str) -> str:
        """The address of a body of government."""
        return f"{self.root}/organizations/{code}"

    def organisation_object(self, row: Row) -> OParlObject:
        """A body of government."""
        return _object(
            "Organization",
            self.organisation(row["code"]),
            body=self.body,
            name=printable(row["name_lo"]),
            shortName=row["abbreviation_lo"],
            subOrganizationOf=self.organisation(row["parent"]) if row["parent"] else None,
            organizationType="Institution",
            meeting=f"{self.body}/meetings?organization={row['code']}",
            startDate=_day(row["valid_from"]),
            endDate=_day(row["valid_until"]),
        ) | _dated(row["created"], row["modified"])

    def meeting(self, meeting_id: UUID) -> str:
        """The address of a meeting."""
        return f"{self.root}/meetings/{meeting_id}"

    def meeting_object(self, row: Row, files: Sequence[Row]) -> OParlObject:
        """A meeting with its place, its agenda and its public documents."""
        own = [one for one in files if one["meeting_id"] == row["meeting_id"]]
        known = {one["id"] for one in self.items(row, own)}
        of_meeting = [one for one in own if self.item(row["meeting_id"], one["item_id"]) not in known]
        bodies = [row["organiser"], *row["details"].get("co_hosts", ())]
        return _object(
            "Meeting",
            self.meeting(row["meeting_id"]),
            name=printable(row["details"]["title"]["lo"]),
            meetingState=_STATES.get(row["phase"]),
            cancelled=row["phase"] == Phase.CANCELLED,
            start=_moment(row["started_at"] or row["starts_at"]),
            end=_moment(row["ended_at"] or row["ends_at"]),
            location=self.location_object(row),
            organization=[self.organisation(code) for code in bodies],
            agendaItem=self.items(row, own) or None,
            auxiliaryFile=[self.file_object(one) for one in of_meeting] or None,
        ) | _dated(row["created"], row["modified"])

    def location_object(self, row: Row, *, alone: bool = False) -> OParlObject:
        """Where a meeting is; `alone`: not inside of the meeting, so it names it."""
        meeting, told = self.meeting(row["meeting_id"]), printable(row["venue"]["lo"])
        back = {"meetings": [meeting]} if alone else {}
        return _object("Location", f"{meeting}/location", description=told, **back) | _dated(
            row["created"], row["modified"]
        )

    def item(self, meeting_id: UUID, item_id: UUID | None) -> str:
        """The address of an agenda item."""
        return f"{self.meeting(meeting_id)}/agenda-items/{item_id}"

    def items(self, row: Row, files: Sequence[Row], *, alone: bool = False) -> list[OParlObject]:
        """The agenda of a meeting in its order; `alone` as above."""
        meeting_id = row["meeting_id"]
        agenda = identified(meeting_id, map(AgendaItem.model_validate, row["details"].get("agenda") or ()))
        back = {"meeting": self.meeting(meeting_id)} if alone else {}
        return [
            _object(
                "AgendaItem",
                self.item(meeting_id, one.item_id),
                number=one.number,
                order=place,
                name=printable(one.title.lo),
                public=True,
                auxiliaryFile=[self.file_object(each) for each in files if each["item_id"] == one.item_id] or None,
                **back,
            )
            | _dated(row["created"], row["modified"])
            for place, one in enumerate(sorted(agenda, key=number_key))
        ]

    def file_object(self, row: Row, *, alone: bool = False) -> OParlObject:
        """A public document, which is read in the same place as by everybody; `alone` as above."""
        title, extension = printable(row["title"]["lo"]), extension_of(row["media_type"])
        document = f"/meetings/{row['meeting_id']}/documents/{row['document_id']}/file"
        address, meeting = f"{self.public_url}/v1{document}", self.meeting(row["meeting_id"])
        back = {"meeting": [meeting]} if alone else {}
        return _object(
            "File",
            f"{meeting}/files/{row['document_id']}",
            name=title,
            fileName=f"{title}{extension}",
            mimeType=row["media_type"],
            size=row["size"],
            accessUrl=address,
            downloadUrl=address,
            **back,
        ) | _dated(row["added_at"], row["added_at"])


def list_of(objects: Iterable[OParlObject], *, own: str, following: str | None) -> OParlObject:
    """A page of a list; `own` is its address, `following` that of the next one."""
    links = {"self": own, **({"next": following} if following else {})}
    return {"data": list(objects), "pagination": {}, "links": links}


def _object(kind: str, address: str, **members: Any) -> OParlObject:
    known = {name: value for name, value in members.items() if value is not None}
    return {"id": address, "type": f"{SCHEMA}{kind}", **known}


def _dated(created: datetime, modified: datetime) -> OParlObject:
    return {"created": _moment(created), "modified": _moment(modified)}


def _moment(at: datetime) -> str:
    return at.astimezone(OFFICE_ZONE).replace(microsecond=0).isoformat()


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
