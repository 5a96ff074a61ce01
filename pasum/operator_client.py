"""What the commands of operators have in common: which services, as whom, tables page by page, sweeps with progress."""

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
ReasonOption = Annotated[str, typer.Option(help="recorded with the act")]
Age = Annotated[str | None, typer.Option(help="30m, 2h, 7d, or a moment (RFC 3339)")]

console = Console()


def client(service: str, *roles: str) -> Client:
    """A service, as an operator with `roles` besides."""
    found = addresses()
    if service not in SERVICE_NAMES:
        message = f"{service} is none of {', '.join(SERVICE_NAMES)}"
        raise typer.BadParameter(message)
    return Client(found["services"][service], bearer(found, "operator", *roles, subject="pasum-cli"))


def moment(age: str | None) -> str | None:
    """`2h` as the moment two hours ago; a moment as it is."""
    told = re.fullmatch(r"(\d{1,5})([mhd])", age or "")
    if told is None:
        return age
    return (datetime.now(UTC) - timedelta(**{_UNITS[told[2]]: int(told[1])})).isoformat()


def show_items(
    path: str, columns: Mapping[str, str], service: str | None, wanted: Mapping[str, str], *, limit: int
) -> None:
    """A list of one service or of all as a table; `columns` are members and their titles."""
    table = Table("service", *columns.values())
    for name in [service] if service else SERVICE_NAMES:
        with client(name) as asked:
            for item in _items(asked, path, wanted, limit):
                table.add_row(name, *_cells(item, columns))
    console.print(table)


def show_answers(path: str, columns: Mapping[str, str], service: str | None, **wanted: str) -> None:
    """As `show_items`, of what is answered at once: one thing, or its `items`."""
    table = Table("service", *columns.values())
    for name in [service] if service else SERVICE_NAMES:
        answer = ask(name, path, **wanted)
        for item in answer.get("items", [answer]):
            table.add_row(name, *_cells(item, columns))
    console.print(table)


def ask(service: str, path: str, *roles: str, **wanted: str) -> Any:
    """The answer to a question."""
    with client(service, *roles) as asked:
        return asked.get(path, **wanted)


def do(service: str, path: str, **body: Any) -> Any:
    """Have something done; the answer."""
    with client(service) as asked:
        return asked.post(path, body)


def sweep(service: str, path: str, body: Mapping[str, Any]) -> int:
    """Ask until all is done, saying how far it is; the exit code is 1 where some still fail."""
    letters, failed = 0, 0
    following: int | None = 0
    while following is not None:
        answer = do(service, path, **body, after=following)
        letters, failed, following = letters + answer["letters"], failed + len(answer["failed"]), answer["next"]
        for one in answer["failed"]:
            console.print(f"letter {one['letter']}: {one['reason']}", style="yellow", highlight=False)
        console.print(f"{letters} letters done, {failed} keys still fail", highlight=False)
    return 1 if failed else 0


def _items(asked: Client, path: str, wanted: Mapping[str, str], limit: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while len(items) < limit:
        page = asked.get(path, **wanted, **cursor, limit=min(_PAGE, limit - len(items)))
        items += page["items"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    return items


def _cells(item: Mapping[str, Any], columns: Mapping[str, str]) -> list[str]:
    return ["" if item[column] is None else str(item[column]) for column in columns]
