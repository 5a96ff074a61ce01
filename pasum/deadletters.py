"""`pasum dead-letters`: what a service could not take, why, and what to do about it; who did it and why is recorded."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pasum.api import Client, addresses, bearer

SERVICES = ("registration", "notification", "minutes", "archive")

app = typer.Typer(help="List, show, redrive and discard what could not be taken.", no_args_is_help=True)
console = Console()

Service = Annotated[str, typer.Option(help=f"one of {', '.join(SERVICES)}")]
Letter = Annotated[int, typer.Argument(help="its number in the list", min=1)]
Why = Annotated[str, typer.Option(help="recorded with the act")]


@app.command("list")
def list_letters(
    state: Annotated[str | None, typer.Option(help="dead, parked, redriven or discarded")] = None,
    service: Annotated[str | None, typer.Option(help="only this one")] = None,
) -> None:
    """List dead letters of all services, the oldest first."""
    table = Table("service", "no.", "state", "topic", "key", "why", "since")
    for name in [service] if service else SERVICES:
        params = {"state": state} if state else {}
        for item in _client(name).get("/v1/dead-letters", **params)["items"]:
            cells = (str(item["id"]), item["state"], item["topic"], item["key"], item["error"], item["first_at"])
            table.add_row(name, *cells)
    console.print(table)


@app.command()
def show(letter: Letter, service: Service) -> None:
    """Show one dead letter with its headers and its content."""
    console.print_json(data=_client(service).get(f"/v1/dead-letters/{letter}"))


@app.command()
def redrive(letter: Letter, service: Service, why: Why) -> None:
    """Take it again, and what waits behind it, in order; all of them or none."""
    _print(_client(service).post(f"/v1/dead-letters/{letter}/redrive", {"why": why}))


@app.command()
def discard(letter: Letter, service: Service, why: Why) -> None:
    """Give it up for good."""
    _print(_client(service).post(f"/v1/dead-letters/{letter}/discard", {"why": why}))


def _print(answer: Any) -> None:
    console.print_json(data=answer)


def _client(service: str) -> Client:
    found = addresses()
    return Client(found["services"][service], bearer(found, "operator", subject="pasum-cli"))
