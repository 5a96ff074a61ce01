"""The privacy notice of an installation: what people are told before they say who they are."""

from functools import cached_property
from hashlib import sha256
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from services.registration.domain.privacy.refusals import NoticeMissing, NoticeOutdated
from shared.contracts.base import Value
from shared.contracts.registration import CollectionPurpose

MOST_PERIODS: Final = 20
_VERSION_LETTERS: Final = 16

_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
_Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class NoticeText(Value):
    """The notice itself, in Lao and English; an empty line begins a paragraph."""

    lo: _Text
    en: _Text


class NoticeLine(Value):
    """A line in Lao and English."""

    lo: _Line
    en: _Line


class Purpose(NoticeLine):
    """For what data are collected."""

    purpose: CollectionPurpose


class KeptPeriod(Value):
    """Which data are kept until when."""

    what: NoticeLine
    until: NoticeLine


class PrivacyNotice(Value):
    """What people are told of their data; whatever of it changes, the version changes."""

    text: NoticeText
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1, max_length=MOST_PERIODS)]
    kept: Annotated[tuple[KeptPeriod, ...], Field(min_length=1, max_length=MOST_PERIODS)]

    @cached_property
    def version(self) -> str:
        """The first 16 hexadecimal digits of the SHA-256 of all that the notice says."""
        return sha256(self.model_dump_json().encode()).hexdigest()[:_VERSION_LETTERS]


def check_shown(notice: PrivacyNotice, shown: str | None, *, needed: bool, field: str) -> None:
    """Raises `NoticeOutdated` for a version that does not hold, and `NoticeMissing` for none where one is `needed`."""
    if shown is None and needed:
        raise NoticeMissing(field=field, current=notice.version)
    if shown is not None and shown != notice.version:
        raise NoticeOutdated(field=field, current=notice.version)
