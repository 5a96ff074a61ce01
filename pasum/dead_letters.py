"""`pasum dead-letters`: what a service could not take, why, and what to do about it; who did it and why is recorded."""

from typing import Annotated, Any

import typer

from pasum.operator_client import Age, ReasonOption, Service, ask, console, do, moment, show_answers, show_items, sweep

app = typer.Typer(help="List, show, redrive and discard what could not be taken.", no_args_is_help=True)

PATH = "/v1/dead-letters"
COLUMNS = {"id": "no.", "state": "state", "topic": "topic", "key": "key", "error": "reason", "first_at": "since"}
KEYS = {"topic": "topic", "key": "key", "letter": "behind no.", "error": "reason", "waiting": "wait", "since": "since"}
COUNTS = {"count": "letters", "state": "state", "topic": "topic", "error": "reason", "oldest": "oldest"}

Letter = Annotated[int, typer.Argument(help="its number in the list", min=1)]
Reason = Annotated[str | None, typer.Option(help="exactly as in `counts`")]
Topic = Annotated[str | None, typer.Option(help="only of this topic")]
OneService = Annotated[str | None, typer.Option(help="only this one")]
Alone = Annotated[bool, typer.Option("--alone", help="not what waits behind it")]
Key = Annotated[bool, typer.Option("--key", help="with all that waits behind it")]


@app.command("list")
def list_letters(  # noqa: PLR0913 -- the filters of a list
    *,
    state: Annotated[str, typer.Option(help="open, dead, parked, redriven or discarded")] = "open",
    service: OneService = None,
    reason: Reason = None,
    topic: Topic = None,
    key: Annotated[str | None, typer.Option(help="only of this key")] = None,
    older_than: Age = None,
    newer_than: Age = None,
    limit: Annotated[int, typer.Option(help="the most of each service", min=1)] = 100,
) -> None:
    """List the letters of all services, the oldest first."""
    ages = {"older_than": moment(older_than), "newer_than": moment(newer_than)}
    wanted = {"state": state, "reason": reason, "topic": topic, "key": key, **ages}
    show_items(PATH, COLUMNS, service, {name: text for name, text in wanted.items() if text}, limit=limit)


@app.command()
def counts(service: OneService = None, state: str = "open") -> None:
    """Count them by reason."""
    show_answers(f"{PATH}/counts", COUNTS, service, state=state)


@app.command()
def keys(service: OneService = None) -> None:
    """List the keys whose events wait, and behind which letter."""
    show_items(f"{PATH}/keys", KEYS, service, {}, limit=1_000)


@app.command()
def show(
    *,
    letter: Letter,
    service: Service,
    personal: Annotated[bool, typer.Option("--personal", help="as a secretary too: personal data")] = False,
) -> None:
    """Show one letter, raw and decoded."""
    console.print_json(data=ask(service, f"{PATH}/{letter}", *(["secretary"] if personal else [])))


@app.command()
def redrive(*, letter: Letter, service: Service, why: ReasonOption, alone: Alone = False) -> None:
    """Take it again, and what waits behind it, in order; all of them or none."""
    _print(do(service, f"{PATH}/{letter}/redrive", why=why, scope="letter" if alone else "key"))


@app.command()
def discard(*, letter: Letter, service: Service, why: ReasonOption, key: Key = False) -> None:
    """Give it up for good."""
    _print(do(service, f"{PATH}/{letter}/discard", why=why, scope="key" if key else "letter"))


@app.command("redrive-all")
def redrive_all(
    service: Service, reason: Annotated[str, typer.Option()], why: ReasonOption, topic: Topic = None
) -> None:
    """Take all dead letters of a reason again, each with its key, in order; a key that still fails stays."""
    raise typer.Exit(sweep(service, f"{PATH}/redrive", {"reason": reason, "topic": topic, "why": why}))


@app.command("discard-all")
def discard_all(
    service: Service, reason: Annotated[str, typer.Option()], why: ReasonOption, topic: Topic = None
) -> None:
    """Give all dead letters of a reason up; what waits behind them can then be redriven."""
    raise typer.Exit(sweep(service, f"{PATH}/discard", {"reason": reason, "topic": topic, "why": why}))


def _print(answer: Any) -> None:
    console.print_json(data=answer)
