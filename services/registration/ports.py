"""What registration asks of the outside: who signs tickets and reads them again, who reads tables and files."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import BinaryIO, Final, Literal, Protocol, TypeAlias
from uuid import UUID

from services.registration.domain.importing import ListedPerson
from services.registration.domain.participant_list import Header
from shared.contracts.registration import CheckInRefusal

VALID_BEFORE: Final = timedelta(hours=12)  # of a ticket, before the meeting begins
VALID_AFTER: Final = timedelta(hours=12)  # after it has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What a QR code says: which seat of which meeting, from when to when."""

    meeting_id: UUID
    registration_id: UUID
    serial: int
    not_before: datetime
    not_after: datetime

    @classmethod
    def of_seat(
        cls, *, meeting_id: UUID, registration_id: UUID, serial: int, schedule: tuple[datetime, datetime]
    ) -> "Ticket":
        """The ticket of a seat at a meeting that begins and ends as `schedule` says; the same seat, the same ticket."""
        return cls(
            meeting_id=meeting_id,
            registration_id=registration_id,
            serial=serial,
            not_before=schedule[0] - VALID_BEFORE,
            not_after=schedule[1] + VALID_AFTER,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPerson:
    """Somebody on a sheet or a badge; `ticket` is the text of his QR code, `came` when he came, as printed.

    `remark` is what else is said of him, `answers` what he has answered to the fields of the form that are printed.
    """

    name: str
    position: str
    organisation: str
    ticket: str | None = None
    came: str | None = None
    remark: str | None = None
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document of a meeting to be printed: its kind, the meeting in words, and people in their order."""

    kind: Literal["attendance-sheet", "badges"]
    title: str
    when: str
    venue: str
    organiser: str
    people: tuple[PrintedPerson, ...]


class Typesetter(Protocol):
    """Makes PDF files in which lines break between Lao words."""

    def pdf(self, paper: Paper) -> AsyncIterator[bytes]:
        """The file, piece by piece; raises `Unavailable` where it cannot be made in time."""
        ...


class FileTypes(Protocol):
    """Finds out what a file is by looking into it."""

    async def type_of(self, file: Path) -> str:
        """Its media type, `application/octet-stream` where nobody knows it; raises `Unavailable`."""
        ...


TicketKeyState: TypeAlias = Literal["signing", "next", "retired", "other"]
"""What a key does: signs now, will sign, has signed, or is read without saying which of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTicketKey:
    """The 32 bytes of a public key (RFC 8032), and what the key does."""

    octets: bytes
    state: TicketKeyState


class TicketSigner(Protocol):
    """Signs tickets so that a desk without a network can check them."""

    @property
    def key_id(self) -> str:
        """The name of the key that signs."""
        ...

    def sign(self, ticket: Ticket) -> str:
        """The text of the QR code."""
        ...

    def public_keys(self) -> Mapping[str, PublicTicketKey]:
        """Every key whose tickets are read, by key id: what a desk needs to check them."""
        ...

    def read(self, text: str, *, meeting_id: UUID) -> Ticket | CheckInRefusal:
        """The ticket, or what is wrong with it: `forged`, `wrong-meeting`.

        When it is good is for desks without a network; a desk with one asks the meeting.
        """
        ...


Cell: TypeAlias = str | int | float | bool | date | time | timedelta | None
"""A cell of a table: a text where the file is one, otherwise what the spreadsheet keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row with its number in the file, from 1: the row of the sheet, or the first line of text."""

    line: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The table of a file; `sheet` and the sheets that were passed over, where the file has any."""

    rows: Iterator[TableRow]
    sheet: str | None = None
    other_sheets: tuple[str, ...] = ()


class TableReader(Protocol):
    """Reads the table of a file row by row, whoever made it."""

    def read(self, file: BinaryIO, media_type: str) -> Table:
        """The table; this and its rows raise `UnreadableFile`."""
        ...


class RowReader(Protocol):
    """Reads a row of a list of participants with the rules of a single registration."""

    def __call__(self, row: TableRow, header: Header, organisations: "OrganisationNames") -> ListedPerson:
        """The person, or all that is wrong with the row."""
        ...


class OrganisationNames(Protocol):
    """Finds bodies by code, abbreviation or name, in any usual spelling."""

    def code_of(self, text: str) -> str | None:
        """The code; None where no body is called so, or more than one."""
        ...
