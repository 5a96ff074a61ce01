"""Faults on the way of minutes: from their approval over signature and publication to the archive."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from deploy.local.pki import Validity, make_test_pki
from pasum.api import Client, addresses, bearer
from tests.alerts.runbooks.drill import Act
from tests.alerts.runbooks.office import Office
from tests.alerts.runbooks.process_faults import documents, mounted, unmounted
from tests.performance.http_registrations import open_meetings

SIGNED_LATE: Final = 62.0
"""Seconds: more than the objective allows between approval and signature."""
_BODY: Final = "MTC"
_PATIENCE: Final = 90.0


def approved(office: Office) -> str:
    """Minutes of a meeting that was held just now, drafted, reviewed and approved; their identifier."""
    (meeting,) = open_meetings(office.system, count=1)
    for step, ago in (("start", 2), ("end", 1)):
        at = datetime.now(UTC) - timedelta(minutes=ago)
        with _client(office, "registration", "organiser") as organiser:
            organiser.post(f"/v1/meetings/{meeting}/{step}", {"at": at.isoformat()})
    with _client(office, "minutes", "secretary") as secretary:
        minutes = str(_until(office, lambda: _drafted(secretary, meeting))["minutes_id"])
        secretary.post(f"/v1/minutes/{minutes}/submit")
    with _client(office, "minutes", "chair") as chair:
        chair.post(f"/v1/minutes/{minutes}/approve")
    return minutes


def approved_without_documents(office: Office) -> None:
    """The object store of minutes is away, and minutes are approved."""
    unmounted(office, documents(office))
    approved(office)


def signed_late(office: Office) -> None:
    """The object store of minutes is away for longer than a signature may take."""
    approved_without_documents(office)
    approved(office)
    office.pass_by(SIGNED_LATE)
    mounted(office, documents(office))


def published_without_archive(office: Office) -> None:
    """The package store of the archive is away, and minutes are published."""
    minutes = approved(office)
    with _client(office, "minutes", "secretary") as secretary:
        _until(office, lambda: _in_state(secretary, minutes, "signed"))
        unmounted(office, packages(office))
        secretary.post(f"/v1/minutes/{minutes}/publish")


def packages(office: Office) -> Path:
    """The package store of the archive."""
    return office.system.folder / "data" / "archive"


def certificates_end(*, days: int) -> Act:
    """The signers' certificates are valid for so many days more, and the worker reads them."""

    def make(office: Office) -> None:
        now = datetime.now(UTC)
        _issue(office, Validity(since=now - timedelta(days=1), until=now + timedelta(days=days)))
        office.kubectl.carry_out(["rollout", "restart", "deployment/pasum-minutes-worker"])

    return make


def new_certificates(office: Office) -> None:
    """The certification authority gives new certificates, and they are put into the secret."""
    _issue(office, None)


def _issue(office: Office, validity: Validity | None) -> None:
    make_test_pki(office.system.secrets().pki.root.parent, validity=validity)


def _client(office: Office, service: str, role: str) -> Client:
    found = addresses(office.system.stack.address_file)
    return Client(office.system.urls[service], bearer(found, role, organisation=_BODY, subject=f"drill-{role}"))


def _drafted(secretary: Client, meeting: str) -> Any:
    items = secretary.get("/v1/minutes", meeting_id=meeting)["items"]
    return items[0] if items and items[0]["state"] == "draft" else None


def _in_state(secretary: Client, minutes: str, state: str) -> Any:
    view = secretary.get(f"/v1/minutes/{minutes}")
    return view if view["state"] == state else None


def _until(office: Office, found: Callable[[], Any]) -> Any:
    kept: list[Any] = []

    def look() -> bool:
        kept[:] = [found()]
        return bool(kept[0])

    office.wait("the minutes", look, seconds=_PATIENCE)
    return kept[0]
