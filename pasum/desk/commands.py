"""The commands of `pasum desk`: fetch, scan, sync, status, forget."""

import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final

import httpx
import typer

from pasum.api import Client, addresses, bearer
from pasum.desk.entrance import Entrance
from pasum.desk.exchange import fetch, send
from pasum.desk.file import DeskFile, DeskFileUnusable, ScansNotSent, name_of
from pasum.desk.keyboard import Keyboard, console
from pasum.desk.tickets import scanned
from pasum.desk.words import CLOSED, NOT_ALL_KEPT, NOT_RECORDED, NOT_SENT, OUTCOMES, OVER_CAPACITY, REASONS

app = typer.Typer(
    help="ໂຕະກວດບັດ · A desk at the entrance: works without a network, tells the server later.", no_args_is_help=True
)
_ENDS: Final = (b"\r", b"\n", b"\t", b"\0")  # after a scan, as scanners are set up
_MOST_BYTES: Final = 100_000  # of one scan: what is longer is cut

File = Annotated[Path, typer.Option(help="the file of this desk, with names: only its owner can read it")]
Url = Annotated[str | None, typer.Option(help="the registration service; default: the one that runs here")]
TokenFile = Annotated[Path | None, typer.Option(help="a file with the access token of the desk account")]
Body = Annotated[str, typer.Option(help="the body of the local token; only without --token-file")]
_FILE: Final = Path("desk.sqlite")


@app.command("fetch")
def fetch_lists(
    meeting: Annotated[str, typer.Argument(help="the identifier of the meeting")],
    device: Annotated[str, typer.Option(help="a name for this device, different from that of every other desk")],
    file: File = _FILE,
    url: Url = None,
    token_file: TokenFile = None,
    organisation: Body = "MTC",
) -> None:
    """Download who is expected, the keys of tickets and which tickets are revoked; again at any time."""
    with closing(_opened(file, create=True)) as desk, _client(url, token_file, organisation) as api:
        try:
            fetch(desk, api, meeting, device=device)
        except ScansNotSent as error:
            console.print(str(error), style="red")
            raise typer.Exit(1) from None
        console.print(f"ພ້ອມ · Ready: {desk.counts()['people']} ທ່ານ · people")


@app.command("scan")
def scan_tickets(
    file: File = _FILE,
    leaving: Annotated[bool, typer.Option("--exit", help="this desk is at the exit")] = False,
) -> None:
    """Read tickets from a keyboard scanner (standard input) without a network, until the end of input.

    A line is a ticket or a code; `/name` looks for somebody without a phone, `#2` checks in the second one that was
    found, `+name surname; body; telephone; gender` lets in somebody who has not registered.
    """
    with closing(_opened(file)) as desk:
        keyboard = Keyboard(desk, Entrance(desk, leaving=leaving))
        for text in filter(None, map(scanned, _lines(sys.stdin.buffer))):
            try:
                keyboard.typed(text)
            except sqlite3.OperationalError as error:  # locked by another program, or no room: the next may be kept
                console.print(f"{NOT_RECORDED}: {error}", style="bold red")


@app.command("sync")
def send_scans(file: File = _FILE, url: Url = None, token_file: TokenFile = None, organisation: Body = "MTC") -> None:
    """Send all scans that are not sent, then fetch the lists anew; harmless if repeated. Exit code 1: no network."""
    with closing(_opened(file)) as desk, _client(url, token_file, organisation) as api:
        try:
            synced = send(desk, api)
            fetch(desk, api, desk.known("meeting")["meeting_id"], device=desk.known("device"))
        except httpx.TransportError:
            console.print(f"ບໍ່ມີເຄືອຂ່າຍ · No network: {desk.counts()['unsent']} ລໍຖ້າສົ່ງ · wait to be sent", style="red")
            raise typer.Exit(1) from None
        console.print(f"ສົ່ງແລ້ວ · Sent: {synced.sent}")
        for conflict in synced.conflicts:
            console.print(f"  {_who(desk, conflict)}: {', '.join(_differences(conflict))}", style="yellow")


@app.command()
def status(file: File = _FILE) -> None:
    """Tell how many people are on the list and how many scans are not sent yet."""
    with closing(_opened(file)) as desk:
        counts = desk.counts()
        console.print(f"ບັນຊີ · list: {counts['people']}")
        console.print(f"ສະແກນ · scans: {counts['scans']}, ຍັງບໍ່ໄດ້ສົ່ງ · not sent: {counts['unsent']}")


@app.command()
def queue(file: File = _FILE) -> None:
    """List the scans that are not sent yet, the oldest first: when by this device, who, what came of it."""
    with closing(_opened(file)) as desk:
        for scan, registration_id in desk.queue():
            person = desk.person(registration_id or "")
            moment = datetime.fromisoformat(scan["scanned_at"]).astimezone().strftime("%d/%m %H:%M:%S")
            reason = scan.get("turned_away")
            outcome = REASONS[reason] if reason else OUTCOMES["left" if scan["direction"] == "exit" else "checked-in"]
            console.print(f"  {moment}  {name_of(person) if person else '?'} — {outcome}")
        console.print(f"{NOT_SENT}: {desk.counts()['unsent']}")


@app.command()
def forget(
    file: File = _FILE,
    unsent: Annotated[bool, typer.Option("--unsent", help="also if scans are not sent: they are lost")] = False,
) -> None:
    """Remove the file with all names, after the meeting; refuses while scans are not sent."""
    with closing(_opened(file)) as desk:
        try:
            desk.remove(also_unsent=unsent)
        except ScansNotSent as error:
            console.print(str(error), style="red")
            raise typer.Exit(1) from None
    console.print("ລຶບແລ້ວ · Removed")


def _opened(file: Path, *, create: bool = False) -> DeskFile:
    try:
        return DeskFile(file, create=create)
    except DeskFileUnusable as error:
        console.print(str(error), style="red")
        raise typer.Exit(2) from None


def _client(url: str | None, token_file: Path | None, organisation: str) -> Client:
    if token_file is not None and url is not None:
        return Client(url, token_file.read_text(encoding="utf-8").strip())
    found = addresses()
    token = bearer(found, "desk", organisation=organisation, subject="pasum-desk")
    return Client(url or found["services"]["registration"], token)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """What a scanner types, cut at its line ends, as soon as each is complete."""
    line = bytearray()
    while octet := stream.read(1):
        if octet in _ENDS:
            yield bytes(line)
            line.clear()
        elif len(line) < _MOST_BYTES:
            line += octet
    yield bytes(line)


def _who(desk: DeskFile, conflict: Mapping[str, Any]) -> str:
    person = desk.person(conflict["registration_id"] or "") or desk.person(conflict["scan"].get("registration_id", ""))
    return name_of(person) if person else "?"


def _differences(result: Mapping[str, Any]) -> Iterator[str]:
    """What the server says of a scan otherwise than the desk did, in words."""
    reason = result["would_have_been_refused"] or (result["reason"] if result["outcome"] != "invalid" else None)
    if reason:
        over = reason == "blocked" and result["outcome"] == "refused"
        yield CLOSED if over else REASONS.get(reason, reason)
    if result.get("over_capacity"):
        yield OVER_CAPACITY
    for problem in result.get("problems") or ():
        yield f"{NOT_ALL_KEPT}: {problem['field']}: {problem['detail']} · {problem['detail_en']}"
