"""The form of a meeting in its versions."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import asyncpg

from services.registration.domain.form.form import Form
from shared.contracts import Fact
from shared.contracts.registration import FormField, MeetingFormChanged
from shared.database import Connection

_CURRENT = """
SELECT form.version, form.fields FROM meeting JOIN meeting_form form USING (meeting_id)
WHERE meeting_id = $1 AND form.version = meeting.form_version
"""
_INSERT = "INSERT INTO meeting_form (meeting_id, version, fields, changed_at) VALUES ($1, $2, $3, now())"
_USE = "UPDATE meeting SET form_version = $2 WHERE meeting_id = $1"


async def current_form(connection: Connection, meeting_id: UUID) -> Form | None:
    """What people are asked now; None in a meeting that has never asked anything."""
    row = await connection.fetchrow(_CURRENT, meeting_id)
    return form_of(row) if row else None


def form_of(row: asyncpg.Record) -> Form:
    """A form, from its row."""
    return Form(row["version"], [FormField.model_validate(field) for field in row["fields"]])


async def _changed(connection: Connection, fact: MeetingFormChanged) -> None:
    fields = [field.model_dump(mode="json", exclude_defaults=True) for field in fact.fields]
    await connection.execute(_INSERT, fact.meeting_id, fact.form_version, fields)
    await connection.execute(_USE, fact.meeting_id, fact.form_version)


FORM_WRITERS: Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]] = {MeetingFormChanged: _changed}
