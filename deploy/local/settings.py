"""Environment variables of each service in a local system, besides those of its database and Kafka."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.ports import LOOPBACK
from deploy.local.secrets import Secrets

_UNLIMITED: Final = "1000000000"
ONE_CLIENT: Final = {"ANONYMOUS_READS_PER_MINUTE": _UNLIMITED, "ANONYMOUS_WRITES_PER_MINUTE": _UNLIMITED}
"""Higher limits, as all local clients have one address; production uses the defaults (`docs/reference/limits.md`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Folders and addresses of one local system; `urls` has one address per service, and those of other servers."""

    folder: Path
    urls: Mapping[str, str]
    secrets: Secrets
    sms_url: str
    smtp_port: int


def settings_of(service: str, place: Place) -> dict[str, str]:
    """The environment variables of a service, with the names in `services/<service>/settings.py`."""
    pages = place.urls.get("portal", place.urls["registration"])
    usual = {**ONE_CLIENT, "OIDC_ISSUER": place.urls["issuer"], "PUBLIC_URL": pages}
    own = _OWN[service](place) if service in _OWN else {}
    return {f"{service.upper()}_{name}": value for name, value in {**usual, **own}.items()}


def settings_of_web(name: str, place: Place) -> dict[str, str]:
    """The environment variables of a web application, with the names in its `settings.py`."""
    return {f"{name.upper()}_{variable}": value for variable, value in {**ONE_CLIENT, **_WEB[name](place)}.items()}


def _registration(place: Place) -> dict[str, str]:
    return {
        "SEALING_KEYS": place.secrets.sealing_key,
        "TICKET_KEY_FILE": str(place.secrets.ticket_key),
        "OBJECTS_FOLDER": str(place.folder / "data" / "documents"),
        "ANSWERS_PER_LINK_PER_MINUTE": _UNLIMITED,
        "ANSWERS_PER_MEETING_PER_MINUTE": _UNLIMITED,
        "DRAFTS_PER_ORGANISER_PER_DAY": _UNLIMITED,
        "UNPROVEN_SEATS_PER_CLIENT": "0",
    }


def _notification(place: Place) -> dict[str, str]:
    return {
        "SEALING_KEYS": place.secrets.sealing_key,
        "SMS_URL": place.sms_url,
        "SMS_SECRET": place.secrets.sms_secret,
        "SMTP_HOST": LOOPBACK,
        "SMTP_PORT": str(place.smtp_port),
        "SMTP_SECURITY": "none",
        "RECEIPTS_PER_MINUTE": _UNLIMITED,
        "MINUTES_URL": place.urls["minutes"],
        "QUIET_SECONDS": "2",
    }


def _minutes(place: Place) -> dict[str, str]:
    pki = place.secrets.pki
    return {
        "OBJECTS_FOLDER": str(place.folder / "data" / "objects"),
        "RECORDER_KEY_FILE": str(pki.keys["recorder"]),
        "CHAIR_KEY_FILE": str(pki.keys["chair"]),
        "TRUST_ROOT_FILE": str(pki.root),
        "PUBLIC_URL": place.urls["minutes"],
    }


def _archive(place: Place) -> dict[str, str]:
    data = place.folder / "data"
    return {
        "OBJECTS_FOLDER": str(data / "objects"),
        "STORE_FOLDER": str(data / "archive"),
        "LOG_KEY_FILE": str(place.secrets.log_key),
        "PUBLIC_URL": place.urls["archive"],
    }


def _portal(place: Place) -> dict[str, str]:
    return {
        "REGISTRATION_URL": place.urls["registration"],
        "PUBLIC_URL": place.urls["portal"],
        "OIDC_ISSUER": place.urls["issuer"],
        "SESSION_KEYS": place.secrets.session_key,
    }


_OWN: Final[Mapping[str, Callable[[Place], dict[str, str]]]] = {
    "registration": _registration,
    "notification": _notification,
    "minutes": _minutes,
    "archive": _archive,
}
_WEB: Final[Mapping[str, Callable[[Place], dict[str, str]]]] = {"portal": _portal}
