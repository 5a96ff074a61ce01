"""`pasum dead-letters`: records that a service could not process; list, redrive and discard them. Acts are recorded."""

from typing import Annotated, Any

import typer

from pasum.operator_client import Age, ReasonOption, Service, ask, console, do, moment, show_answers, show_items, sweep

app = typer.Typer(help="List, show, redrive and discard records that could not be processed.", no_args_is_help=True)

PATH = "/v1/dead-letters"
COLUMNS = {"id": "no.", "state": "state", "topic": "topic", "key": "key", "error": "reason", "first_at": "since"}
KEYS = {"topic": "topic", "key": "key", "letter": "behind no.", "error": "reason", "waiting": "wait", "since": "since"}
COUNTS = {"count": "letters", "state": "state", "topic": "topic", "error": "reason", "oldest": "oldest"}

Letter = Annotated[int, typer.Argument(help="the number of the letter, as in `list`", min=1)]
Reason = Annotated[str | None, typer.Option(help="the reason, exactly as `counts` shows it")]
Topic = Annotated[str | None, typer.Option(help="only this topic")]
OneService = Annotated[str | None, typer.Option(help="only this service")]
Alone = Annotated[bool, typer.Option("--alone", help="only this letter, not those that wait behind it")]
Key = Annotated[bool, typer.Option("--key", help="also all letters that wait behind it")]


@app.command("list")
def list_letters(  # noqa: PLR0913 -- the filters of a list
    *,
    state: Annotated[str, typer.Option(help="open, dead, parked, redriven or discarded")] = "open",
    service: OneService = None,
    reason: Reason = None,
    topic: Topic = None,
    key: Annotated[str | None, typer.Option(help="only this key")] = None,
    older_than: Age = None,
    newer_than: Age = None,
    limit: Annotated[int, typer.Option(help="the most letters of each service", min=1)] = 100,
) -> None:
    """List the dead letters of all services, the oldest first."""
    ages = {"older_than": moment(older_than), "newer_than": moment(newer_than)}
    wanted = {"state": state, "reason": reason, "topic": topic, "key": key, **ages}
    show_items(PATH, COLUMNS, service, {name: text for name, text in wanted.items() if text}, limit=limit)


@app.command()
def counts(service: OneService = None, state: str = "open") -> None:
    """Count the dead letters by reason."""
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
    personal: Annotated[bool, typer.Option("--personal", help="also as a secretary, who sees personal data")] = False,
) -> None:
    """Show one letter with its content, raw and decoded."""
    console.print_json(data=ask(service, f"{PATH}/{letter}", *(["secretary"] if personal else [])))


@app.command()
def redrive(*, letter: Letter, service: Service, why: ReasonOption, alone: Alone = False) -> None:
    """Redrive a letter and all that wait behind it, in order, all or none."""
    _print(do(service, f"{PATH}/{letter}/redrive", why=why, scope="letter" if alone else "key"))


@app.command()
def discard(*, letter: Letter, service: Service, why: ReasonOption, key: Key = False) -> None:
    """Discard a letter for ever."""
    _print(do(service, f"{PATH}/{letter}/discard", why=why, scope="key" if key else "letter"))


@app.command("redrive-all")
def redrive_all(
    service: Service, reason: Annotated[str, typer.Option()], why: ReasonOption, topic: Topic = None
) -> None:
    """Redrive all dead letters with a reason, each with its whole key in order; a key that fails stays as it is."""
    raise typer.Exit(sweep(service, f"{PATH}/redrive", {"reason": reason, "topic": topic, "why": why}))


@app.command("discard-all")
def discard_all(
    service: Service, reason: Annotated[str, typer.Option()], why: ReasonOption, topic: Topic = None
) -> None:
    """Discard all dead letters with a reason; the letters that wait behind them can then be redriven."""
    raise typer.Exit(sweep(service, f"{PATH}/discard", {"reason": reason, "topic": topic, "why": why}))


def _print(answer: Any) -> None:
    console.print_json(data=answer)
