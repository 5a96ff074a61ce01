"""Reads what a form has sent: `application/x-www-form-urlencoded` alone, as there are no files."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs
from uuid import uuid4

from starlette.requests import Request

from shared.http.problem import InvalidCharacters, MalformedRequest, UnsupportedMediaType

_TYPE: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 500
_KEY: Final = "idempotency_key"


class Sent:
    """The fields of a form as they were sent; of a page that is first shown there are none."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        self._fields = fields

    def get(self, name: str) -> str:
        """The first value of a field; empty without one."""
        return next(iter(self._fields.get(name, ())), "")

    def all(self, name: str) -> list[str]:
        """All values of a field: those of the boxes that were ticked."""
        return list(self._fields.get(name, ()))

    @property
    def key(self) -> str:
        """The Idempotency-Key of this form: the one that was made when it was first shown."""
        key = self.get(_KEY)
        return key if len(key) == len(uuid4().hex) and key.isascii() and key.isalnum() else uuid4().hex


NOTHING_SENT: Final = Sent({})


async def sent_form(request: Request) -> Sent:
    """The form of a request. Raises the `Refusal` of a body that is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise UnsupportedMediaType
    try:
        body = (await request.body()).decode("ascii")
        fields = parse_qs(body, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeError:
        raise InvalidCharacters from None
    except ValueError:
        raise MalformedRequest from None
    return Sent(fields)
