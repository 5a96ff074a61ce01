"""Whose certificate may stand in a signature field: that of the role's office, or that of the person so named.

The certificate's identity decides; what a signature says of itself (`/Name`) is only a claim of whoever had the key.
"""

import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import pikepdf
from asn1crypto import x509

from services.minutes.ports import ATTACHMENT, ROLE_TITLES
from shared.lao import normalise

_FIELD: Final = "signature-"
_ROLES: Final = {title: role for role, title in ROLE_TITLES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a document says of its signatories: the printed name by role, and how many there must be."""

    names: Mapping[str, str] = field(default_factory=dict)
    count: int = 0


def field_name(role: str) -> str:
    """The name of the signature field of a role: `recorder` → `signature-recorder`."""
    return f"{_FIELD}{role}"


def role_of(name: str) -> str:
    """The role of a signature field; the whole name where the field is not one of ours."""
    return name.removeprefix(_FIELD)


def claims(pdf: bytes) -> Claims:
    """What the structured text attached to a document says; nothing where there is none."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if ATTACHMENT not in document.attachments:
            return Claims()
        content = json.loads(document.attachments[ATTACHMENT].get_file().read_bytes())
    listed = [(each["role"], each["name"]) for each in content.get("signatures", ())]
    return Claims(names={_ROLES[title]: name for title, name in listed if title in _ROLES}, count=len(listed))


def identity(certificate: x509.Certificate) -> str:
    """The name that a certificate gives to its holder: its common name, else the whole subject."""
    return next(iter(_named(certificate, "common_name")), certificate.subject.human_friendly)


def may_sign(certificate: x509.Certificate, role: str, *, names: Iterable[str]) -> bool:
    """Whether the certificate is of the role's office (X.520 title) or of a person with one of these names."""
    titles = set(_named(certificate, "title"))
    if titles & (_ROLES.keys() - {ROLE_TITLES.get(role)}):
        return False  # the certificate of another role
    return ROLE_TITLES.get(role) in titles or any(_same_person(identity(certificate), name) for name in names)


def is_of_signatory(certificate: x509.Certificate, role: str, *, name: str | None, claimed: str | None) -> bool:
    """Whether the holder is whom signature (`name`) and document (`claimed`) call the signatory of this role."""
    own = identity(certificate)
    return (name is None or _same_person(own, name)) and may_sign(certificate, role, names=(claimed or own,))


def _same_person(own: str, printed: str) -> bool:
    """Equal, but for honorifics before a name of two words or more: ທ່ານ ປອ. ສັນຕິສຸກ ສິມມາລາວົງ."""
    own, printed = normalise(own), normalise(printed)
    return own == printed or (" " in own and printed.endswith(f" {own}"))


def _named(certificate: x509.Certificate, attribute: str) -> list[str]:
    value = certificate.subject.native.get(attribute, [])
    return [value] if isinstance(value, str) else list(value)
