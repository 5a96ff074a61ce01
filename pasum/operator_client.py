"""Shared parts of the operators' commands: the client, tables of paged lists, and acts on many items with progress."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from pasum.api import Client, addresses, bearer
from shared.contracts import SERVICE_NAMES

_PAGE: Final = 200
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}

Service = Annotated[str, typer.Option(help=f"one of {', '.join(SERVICE_NAMES)}")]
ReasonOption = Annotated[str, typer.Option(help="why you do it; recorded with the act")]
Age = Annotated[str | None, typer.Option(help="an age (30m, 2h, 7d) or a time (RFC 3339)")]

console = Console()


def client(service: str, *roles: str) -> Client:
    """A client of a service with the role operator and `roles`; raises `BadParameter` for an unknown service."""
    found = addresses()
    if service not in SERVICE_NAMES:
        message = f"{service} is none of {', '.join(SERVICE_NAMES)}"
        raise typer.BadParameter(message)
    return Client(found["services"][service], bearer(found, "operator", *roles, subject="pasum-cli"))


def moment(age: str | None) -> str | None:
    """The time of an age: `2h` becomes the time two hours ago; anything else is returned unchanged."""
    match = re.fullmatch(r"(\d{1,5})([mhd])", age or "")
    if match is None:
        return age
    return (datetime.now(UTC) - timedelta(**{_UNITS[match[2]]: int(match[1])})).isoformat()


def show_items(
    path: str, columns: Mapping[str, str], service: str | None, wanted: Mapping[str, str], *, limit: int
) -> None:
    """Print a paged list of one service or of all as a table; `columns` maps fields to titles."""
    table = Table("service", *columns.values())
    for name in [service] if service else SERVICE_NAMES:
        with client(name) as connection:
            for item in _items(connection, path, wanted, limit):
                table.add_row(name, *_cells(item, columns))
    console.print(table)


def show_answers(path: str, columns: Mapping[str, str], service: str | None, **wanted: str) -> None:
    """As `show_items`, for a response without pages: one object, or its `items`."""
    table = Table("service", *columns.values())
    for name in [service] if service else SERVICE_NAMES:
        answer = ask(name, path, **wanted)
        for item in answer.get("items", [answer]):
            table.add_row(name, *_cells(item, columns))
    console.print(table)


def ask(service: str, path: str, *roles: str, **wanted: str) -> Any:
    """GET from a service; returns the JSON."""
    with client(service, *roles) as connection:
        return connection.get(path, **wanted)


def do(service: str, path: str, **body: Any) -> Any:
    """POST to a service; returns the JSON."""
    with client(service) as connection:
        return connection.post(path, body)


def sweep(service: str, path: str, body: Mapping[str, Any]) -> int:
    """Repeat a POST until all letters are done, printing the progress; returns exit code 1 if some still fail."""
    letters, failed = 0, 0
    following: int | None = 0
    while following is not None:
        answer = do(service, path, **body, after=following)
        letters, failed, following = letters + answer["letters"], failed + len(answer["failed"]), answer["next"]
        for one in answer["failed"]:
            console.print(f"letter {one['letter']}: {one['reason']}", style="yellow", highlight=False)
        console.print(f"{letters} letters done, {failed} keys still fail", highlight=False)
    return 1 if failed else 0


def _items(connection: Client, path: str, wanted: Mapping[str, str], limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while len(items) < limit:
        page = connection.get(path, **wanted, **cursor, limit=min(_PAGE, limit - len(items)))
        items += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    return items


def _cells(item: Mapping[str, Any], columns: Mapping[str, str]) -> list[str]:
    return ["" if item[column] is None else str(item[column]) for column in columns]
