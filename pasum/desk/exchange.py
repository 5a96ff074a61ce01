"""What a desk exchanges with the server while there is a network: lists and keys down, scans up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from pasum.desk.clock import Clock, as_shown_by, now
from pasum.desk.file import DeskFile, Page

BATCH: Final = 200
"""Scans of a request: with the longest texts less than half of what the server takes."""
_PAGE: Final = 1_000


class DeskApi(Protocol):
    """The registration service, asked as a desk."""

    def get(self, path: str, **params: str | int) -> Any:
        """The JSON of an answer."""
        ...

    def get_if_changed(self, path: str, known: str | None, **params: str | int) -> tuple[Any, str | None]:
        """The JSON of an answer and its ETag; None where it is still `known`."""
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
    roster = list(_pages(file, api, f"{path}/roster"))
    revocations = list(_pages(file, api, f"{path}/revocations"))
    people = [person for page in roster for person in page.content["items"]]
    revoked = [ticket for page in revocations for ticket in page.content["items"]]
    meeting = {name: value for name, value in roster[0].content.items() if name not in ("items", "next")}
    values = {"meeting": meeting, "keys": keys, "device": device}
    file.keep(values, people, revoked, pages=[*roster, *revocations])


def send(file: DeskFile, api: DeskApi, *, clock: Clock = now) -> Synced:
    """Send what is not sent; what is sent twice because an answer was lost changes nothing."""
    meeting, device, synced = file.known("meeting")["meeting_id"], file.known("device"), Synced()
    while kept := file.unsent(limit=BATCH):
        shown = clock()
        scans = [as_shown_by(shown, scan) for scan in _known_to_the_server(kept)]
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
    flagged = ("would_have_been_refused", "over_capacity", "problems")
    return admitted and (result["outcome"] in ("refused", "invalid") or any(result.get(name) for name in flagged))


def _known_to_the_server(scans: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The scans before the first of somebody whom the server will only know by its answer: a walk-in of these."""
    walked_in: set[str] = set()
    for scan in scans:
        if scan.get("registration_id") in walked_in:
            return
        yield scan
        if "walk_in" in scan:
            walked_in.add(scan["known_as"])


def _pages(file: DeskFile, api: DeskApi, path: str) -> Iterator[Page]:
    """The pages of a list; those that have not changed since they were fetched are not sent again."""
    cursor = ""
    while True:
        kept = file.page(path, cursor)
        params: dict[str, str | int] = {"limit": _PAGE, **({"cursor": cursor} if cursor else {})}
        content, tag = api.get_if_changed(path, kept.tag if kept else None, **params)
        page = kept if content is None and kept else Page(path=path, cursor=cursor, tag=tag, content=content)
        yield page
        cursor = page.content["next"]
        if not cursor:
            return
