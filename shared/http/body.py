"""The base class of the models of request bodies, and routes whose bodies may hold any characters."""

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict

REPAIRS_TEXTS: Final = "repairs_texts"
"""The attribute of an endpoint by which the middleware knows it."""
_DAMAGED: Final = "\N{REPLACEMENT CHARACTER}"
# A pair of surrogates is one character; a backslash that is itself escaped begins no escape.
_ESCAPES: Final = re.compile(
    r"(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<lone>\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2}))"
    r"|\\."
)
_Endpoint = TypeVar("_Endpoint", bound=Callable[..., Any])


class Input(BaseModel):
    """A request body; unknown members are refused."""

    model_config = ConfigDict(extra="forbid")


def repairs_texts(endpoint: _Endpoint) -> _Endpoint:
    """Marks a route that judges each text of its body alone: one that cannot be stored does not refuse the request.

    Bytes that are not UTF-8, NULs and lone surrogates reach it as U+FFFD.
    """
    setattr(endpoint, REPAIRS_TEXTS, True)
    return endpoint


def repaired_texts(body: bytes) -> bytes:
    """A JSON document without what PostgreSQL cannot store (RFC 8259, 8.2; PostgreSQL, 8.14), in linear time."""
    text = body.decode(errors="replace").replace("\0", _DAMAGED)
    if "\\u" in text:
        text = _ESCAPES.sub(lambda found: _DAMAGED if found["lone"] else found[0], text)
    return text.encode()
