"""Entity tags and If-Match (RFC 9110): a client can change only the version that it has read."""

import re
from typing import Annotated, Final, TypeAlias

from fastapi import Header

from shared.kernel import Refusal, StaleVersion

_ETAG: Final = re.compile(r'"([0-9]{1,18})"', re.ASCII)

IfMatch: TypeAlias = Annotated[str | None, Header(alias="If-Match", description='the ETag that was read, e.g. "7"')]


class PreconditionMissing(Refusal):
    """The route requires If-Match with the version that the caller has read (RFC 6585)."""

    status = 428
    lao = "ກະລຸນາລະບຸ If-Match ຂອງສະບັບທີ່ທ່ານໄດ້ອ່ານ"
    english = "Send If-Match with the version that you have read."


def etag(version: int) -> str:
    """The strong entity tag of a version."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """The version in If-Match, which must still be the current one; None if any version will do (no header, or `*`).

    Raises `StaleVersion` for a tag that is not one of ours, as it can match nothing.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    match = _ETAG.fullmatch(if_match.strip())
    if match is None:
        raise StaleVersion
    return int(match.group(1))


def required_version(if_match: str | None) -> int | None:
    """As `expected_version`, but raises `PreconditionMissing` if the header is missing."""
    if if_match is None:
        raise PreconditionMissing
    return expected_version(if_match)
