"""Entity tags and If-Match (RFC 9110): a client can change only the version that it has read."""

import re
from typing import Annotated, Final, TypeAlias

from fastapi import Header

from shared.kernel import Refusal, StaleVersion

_ETAG: Final = re.compile(r'\s*(W/)?"([^"]*)"\s*', re.ASCII)
_VERSION: Final = re.compile(r"[0-9]{1,18}", re.ASCII)

IfMatch: TypeAlias = Annotated[str | None, Header(alias="If-Match", description='the ETag that was read, e.g. "7"')]
IfNoneMatch: TypeAlias = Annotated[
    str | None, Header(alias="If-None-Match", description="`*`: only if there is none yet")
]
Versions: TypeAlias = frozenset[int]
"""The versions in a list of entity tags; one of them must be, or none may be, the current one."""


class PreconditionMissing(Refusal):
    """The route requires If-Match with the version that the caller has read (RFC 6585)."""

    status = 428
    lao = "ກະລຸນາລະບຸ If-Match ຂອງສະບັບທີ່ທ່ານໄດ້ອ່ານ"
    english = "Send If-Match with the version that you have read."


def etag(version: int) -> str:
    """The strong entity tag of a version."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> Versions | None:
    """The versions in If-Match, of which one must be the current one; None if any will do (no header, or `*`).

    The comparison is the strong one (RFC 9110, 13.1.1): a weak tag matches nothing. Raises `StaleVersion` where no tag
    of the list is one of ours, as then none can match.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    versions = _versions(if_match, weak=False)
    if not versions:
        raise StaleVersion
    return versions


def required_version(if_match: str | None) -> Versions | None:
    """As `expected_version`, but raises `PreconditionMissing` if the header is missing."""
    if if_match is None:
        raise PreconditionMissing
    return expected_version(if_match)


def unwanted_version(if_none_match: str | None) -> Versions | None:
    """The versions in If-None-Match, none of which may be the current one; None if there may be none at all (`*`).

    The comparison is the weak one (RFC 9110, 13.1.2). Without the header nothing is unwanted.
    """
    if if_none_match is not None and if_none_match.strip() == "*":
        return None
    return _versions(if_none_match or "", weak=True)


def _versions(tags: str, *, weak: bool) -> Versions:
    found = (_ETAG.fullmatch(tag) for tag in tags.split(","))
    return frozenset(int(tag[2]) for tag in found if tag and _VERSION.fullmatch(tag[2]) and (weak or not tag[1]))
