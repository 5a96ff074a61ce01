"""`pasum operations`: consumers that have halted, keys the relay has parked, and what operators have done."""

from typing import Annotated

import typer

from pasum.operator_client import ReasonOption, Service, console, do, show_answers, show_items

app = typer.Typer(help="Halted consumers, parked keys, what operators have done.", no_args_is_help=True)

CONSUMER = {
    "halted_at": "halted",
    "topic": "topic",
    "reason": "reason",
    "allowed": "may keep",
    "allowed_until": "until",
}
PARKED = {"topic": "topic", "key": "key", "error": "reason", "waiting": "wait", "parked_at": "since"}
ACTIONS = {"at": "when", "who": "who", "act": "act", "what": "on what", "count": "number", "why": "why"}

OneService = Annotated[str | None, typer.Option(help="only this one")]


@app.command()
def consumers() -> None:
    """Show each service's consumer: whether it has halted, where and why."""
    show_answers("/v1/consumer", CONSUMER, None)


@app.command()
def resume(
    service: Service,
    why: ReasonOption,
    letters: Annotated[int, typer.Option(help="so many more may die in a row", min=500)] = 500,
) -> None:
    """Let a consumer that has halted keep more dead letters, for an hour."""
    console.print_json(data=do(service, "/v1/consumer/resume", letters=letters, why=why))


@app.command("parked-keys")
def parked_keys(service: OneService = None) -> None:
    """List the keys whose next fact the broker refuses for good."""
    show_items("/v1/outbox/parked-keys", PARKED, service, {}, limit=1_000)


@app.command()
def release(
    service: Service, topic: Annotated[str, typer.Option()], key: Annotated[str, typer.Option()], why: ReasonOption
) -> None:
    """Let the relay try a parked key again, in order."""
    do(service, "/v1/outbox/parked-keys/release", topic=topic, key=key, why=why)
    console.print("released")


@app.command()
def actions(service: OneService = None, limit: Annotated[int, typer.Option(min=1)] = 50) -> None:
    """List what operators have done, the newest first."""
    show_items("/v1/operator-actions", ACTIONS, service, {}, limit=limit)
