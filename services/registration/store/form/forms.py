"""The form of a meeting in its versions."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from services.registration.domain.form.form import Form
from services.registration.store.form.answers import erase_answers
from shared.contracts import Fact
from shared.contracts.registration import FormField, MeetingFormChanged
from shared.database import Connection

_CURRENT = """
SELECT form.version, form.fields FROM meeting JOIN meeting_form form USING (meeting_id)
WHERE meeting_id = $1 AND form.version = meeting.form_version
"""
_ASKED = "SELECT fields FROM meeting_form WHERE meeting_id = $1 AND version = $2"
_INSERT = "INSERT INTO meeting_form (meeting_id, version, fields, changed_at) VALUES ($1, $2, $3, now())"
_USE = "UPDATE meeting SET form_version = $2 WHERE meeting_id = $1"


_KEPT: Final = 128  # forms in memory, each of 64 KiB at most and its compiled schema
_known: Final[OrderedDict[tuple[UUID, int], Form]] = OrderedDict()


async def current_form(connection: Connection, meeting_id: UUID) -> Form | None:
    """What people are asked now; None in a meeting that has never asked anything."""
    row = await connection.fetchrow(_CURRENT, meeting_id)
    return _form(row["version"], row["fields"]) if row else None


async def announced_form(connection: Connection, meeting_id: UUID, version: int) -> Form:
    """A version of the form of a meeting that was announced, kept in memory: it never changes.

    Of a draft it may: who deletes the draft and drafts anew under the same key begins with version 1 again.
    """
    key = meeting_id, version
    if (form := _known.get(key)) is None:
        ((fields,),) = await connection.fetch(_ASKED, meeting_id, version)
        form = _known[key] = _form(version, fields)
        if len(_known) > _KEPT:
            _known.popitem(last=False)
    return form


def _form(version: int, fields: Sequence[Any]) -> Form:
    return Form(version, [FormField.model_validate(field) for field in fields])


async def _changed(connection: Connection, fact: MeetingFormChanged) -> None:
    fields = [field.model_dump(mode="json", exclude_defaults=True) for field in fact.fields]
    await connection.execute(_INSERT, fact.meeting_id, fact.form_version, fields)
    await connection.execute(_USE, fact.meeting_id, fact.form_version)
    await erase_answers(connection, fact.meeting_id, fact.erased)


FORM_WRITERS: Mapping[type[Fact], Callable[[Connection, Any], Awaitable[None]]] = {MeetingFormChanged: _changed}
