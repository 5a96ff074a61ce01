"""Reading a list of participants that was sent: row by row, each with its verdict, in the background of a worker."""

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from services.registration import views
from services.registration.domain.form.form import NO_FORM, Form
from services.registration.domain.import_refusals import HeaderMissing, TooManyRows
from services.registration.domain.importing import CheckedRow, ImportedRows, ListedPerson, RowProblem
from services.registration.domain.participant_list import HEADER_WITHIN, MOST_ROWS, Header, header_of
from services.registration.flows.imports import apply_import
from services.registration.ports import OrganisationNames, RowReader, Table, TableReader, TableRow
from services.registration.store import imports
from services.registration.store.form.forms import current_form
from services.registration.store.known_registrations import known_registrations, plan_for_lists
from shared.contracts.registration import OwnLink
from shared.database import Connection, Database
from shared.kernel import Refusal
from shared.messaging.jobs import Answer, ClaimedJob, Effect

CHUNK = 500  # rows that are compared and written together


def import_effects(
    database: Database, tables: TableReader, rows: RowReader, *, new_own_link: Callable[[], OwnLink]
) -> dict[str, Effect]:
    """`read-import` makes the preview, `apply-import` does what the preview says.

    Both work in the transaction that ends the job: an attempt outside of it has a time limit, and a long list on a busy
    machine would be begun again and again. That transaction holds the lock of the job alone while a list is read. One
    list at a time is read, which bounds the memory.
    """
    one_at_a_time = asyncio.Lock()

    async def read_job(job: ClaimedJob) -> Answer:
        async def answer(connection: Connection) -> None:
            async with one_at_a_time:
                await _read(database, tables, rows, connection=connection, import_id=UUID(job.payload["import_id"]))

        return answer

    async def apply_job(job: ClaimedJob) -> Answer:
        import_id = UUID(job.payload["import_id"])

        async def progress(rows: int) -> None:
            async with database.transaction() as beside:
                await imports.note_applied(beside, import_id, rows)

        async def answer(connection: Connection) -> None:
            actor = job.payload["actor"]
            await apply_import(connection, import_id, actor=actor, new_own_link=new_own_link, progress=progress)

        return answer

    return {"read-import": read_job, "apply-import": apply_job}


async def _read(
    database: Database, tables: TableReader, rows: RowReader, *, connection: Connection, import_id: UUID
) -> None:
    """Make the preview; each `CHUNK` is committed beside `connection`, so that everybody sees how far it is."""
    async with database.transaction() as beside:
        found = await imports.start_reading(beside, import_id)
    if found is None:
        return
    problem, notes = None, dict[str, Any]()
    try:
        table = await asyncio.to_thread(tables.read, await _file(database, import_id), found["media_type"])
        form = await _form(database, found["meeting_id"])
        reading = _Reading(table, rows, await _organisations(database), form)
        async for listed in reading.chunks(notes):
            async with database.transaction() as beside:
                checked = await _checked(beside, found["meeting_id"], reading, listed)
                await imports.add_lines(beside, import_id, checked)
    except Refusal as refusal:
        problem = RowProblem.of(refusal)
    await imports.finish_reading(connection, import_id, notes=notes, problem=problem)


class _Reading:
    """The rows of one table, read in a thread, so that other jobs of the process go on."""

    def __init__(self, table: Table, read: RowReader, organisations: OrganisationNames, form: Form) -> None:
        self._table = table
        self._read = read
        self._organisations = organisations
        self._form = form
        self.verdicts = ImportedRows(form)
        self.answered = False

    async def chunks(self, notes: dict[str, Any]) -> Any:
        """The persons of each `CHUNK` rows; fills `notes`. Raises the Refusal of a file that cannot be imported."""
        header = await asyncio.to_thread(self._header)
        self.answered = header.answered
        notes |= {
            "columns": list(header.places),
            "ignored": list(header.ignored),
            "sheet": self._table.sheet,
            "other_sheets": list(self._table.other_sheets),
        }
        count = 0
        while listed := await asyncio.to_thread(self._next, header):
            count += len(listed)
            if count > MOST_ROWS:
                raise TooManyRows(limit=MOST_ROWS)
            yield listed

    def _header(self) -> Header:
        for row in islice(self._table.rows, HEADER_WITHIN):
            if (header := header_of(row.cells, self._form)) is not None:
                return header
        raise HeaderMissing

    def _next(self, header: Header) -> list[ListedPerson]:
        filled = islice(_filled(self._table.rows), CHUNK)
        return [self._read(row, header, self._organisations) for row in filled]


def _filled(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Rows in which anything is written."""
    return (row for row in rows if any(cell not in (None, "") for cell in row.cells))


async def _file(database: Database, import_id: UUID) -> io.BytesIO:
    file, number = io.BytesIO(), 0
    while True:
        async with database.reading() as connection:
            content = await imports.piece(connection, import_id, number)
        if content is None:
            file.seek(0)
            return file
        file.write(content)
        number += 1


async def _form(database: Database, meeting_id: UUID) -> Form:
    async with database.reading() as connection:
        return await current_form(connection, meeting_id) or NO_FORM


async def _organisations(database: Database) -> OrganisationNames:
    async with database.reading() as connection:
        return await views.organisation_names(connection)


async def _checked(
    connection: Connection, meeting_id: UUID, reading: _Reading, listed: Sequence[ListedPerson]
) -> list[CheckedRow]:
    await plan_for_lists(connection)
    known = await known_registrations(
        connection,
        meeting_id,
        identifiers=[row.registration_id for row in listed],
        persons=[row.person for row in listed],
        answered=reading.answered,
    )
    return [reading.verdicts.check(row, known) for row in listed]
