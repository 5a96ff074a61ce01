"""What a desk exchanges with the server while there is a network: lists and keys down, scans up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pasum.desk.clock import Clock, as_shown_by, now
from pasum.desk.file import DeskFile

BATCH: Final = 200
"""Scans of a request: with the longest texts less than half of what the server takes."""
_PAGE: Final = 1_000


class DeskApi(Protocol):
    """The registration service, asked as a desk."""

    def get(self, path: str, **params: str | int) -> Any:
        """The JSON of an answer."""
        ...

    def post(self, path: str, body: Any = None) -> Any:
        """The JSON of an answer."""
        ...


@dataclass(slots=True)
class Synced:
    """What became of the scans that were sent; `conflicts` are verdicts that differ from what the desk did."""

    sent: int = 0
    conflicts: list[dict[str, Any]] = field(default_factory=list)


def fetch(file: DeskFile, api: DeskApi, meeting_id: str, *, device: str) -> None:
    """Take the keys, the list and the revocations of a meeting; replaces those that were taken before.

    Raises `ScansNotSent`, and replaces nothing, for another meeting or device than that of scans which are not sent.
    """
    path = f"/v1/meetings/{meeting_id}"
    keys = {key["kid"]: key for key in api.get("/v1/ticket-keys")["keys"]}
    pages = list(_pages(api, f"{path}/roster"))
    people = [person for page in pages for person in page["items"]]
    revoked = [ticket for page in _pages(api, f"{path}/revocations") for ticket in page["items"]]
    meeting = {name: value for name, value in pages[0].items() if name not in ("items", "next")}
    file.keep({"meeting": meeting, "keys": keys, "device": device}, people, revoked)


def send(file: DeskFile, api: DeskApi, *, clock: Clock = now) -> Synced:
    """Send what is not sent; what is sent twice because an answer was lost changes nothing."""
    meeting, device, synced = file.known("meeting")["meeting_id"], file.known("device"), Synced()
    while kept := file.unsent(limit=BATCH):
        shown = clock()
        scans = [as_shown_by(shown, scan) for scan in kept]
        batch = {"device": device, "offline": True, "sent_at": shown.at.isoformat(), "scans": scans}
        results = api.post(f"/v1/meetings/{meeting}/check-ins", batch)["results"]
        file.answered((scan["nonce"], result) for scan, result in zip(scans, results, strict=True))
        synced.sent += len(scans)
        synced.conflicts += [
            {**result, "scan": scan} for scan, result in zip(scans, results, strict=True) if _differs(scan, result)
        ]
    return synced


def _differs(scan: dict[str, Any], result: dict[str, Any]) -> bool:
    admitted = "turned_away" not in scan
    return admitted and (result["outcome"] in ("refused", "invalid") or bool(result["would_have_been_refused"]))


def _pages(api: DeskApi, path: str) -> Iterator[dict[str, Any]]:
    page = api.get(path, limit=_PAGE)
    yield page
    while page["next"]:
        page = api.get(path, limit=_PAGE, cursor=page["next"])
        yield page
