"""Entity tags: the version that was read, given back in If-Match; nobody overwrites what he has not seen (RFC 9110)."""

import re
from typing import Annotated, Final, TypeAlias

from fastapi import Header

from shared.kernel import Refusal, StaleVersion

_ETAG: Final = re.compile(r'"([0-9]{1,18})"', re.ASCII)

IfMatch: TypeAlias = Annotated[str | None, Header(alias="If-Match", description='the ETag that was read, e.g. "7"')]


class PreconditionMissing(Refusal):
    """The route changes only what the caller has read: send If-Match (RFC 6585)."""

    status = 428
    lao = "ກະລຸນາລະບຸ If-Match ຂອງສະບັບທີ່ທ່ານໄດ້ອ່ານ"
    english = "Send If-Match with the version that you have read."


def etag(version: int) -> str:
    """The strong entity tag of a version."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version that must still be the current one; None when any will do (no If-Match, or `*`).

    A tag that we have never given matches nothing: raises `StaleVersion`.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    match = _ETAG.fullmatch(if_match.strip())
    if match is None:
        raise StaleVersion
    return int(match.group(1))


def required_version(if_match: str | None) -> int | None:
    """As `expected_version`, where a route demands the header; raises `PreconditionMissing`."""
    if if_match is None:
        raise PreconditionMissing
    return expected_version(if_match)
