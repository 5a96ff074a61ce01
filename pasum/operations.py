"""`pasum operations`: halted consumers, parked keys, and the audit log of operators."""

from typing import Annotated

import typer

from pasum.operator_client import ReasonOption, Service, console, do, show_answers, show_items

app = typer.Typer(help="Halted consumers, parked keys, the audit log of operators.", no_args_is_help=True)

CONSUMER = {
    "halted_at": "halted",
    "topic": "topic",
    "reason": "reason",
    "allowed": "allowed",
    "allowed_until": "until",
}
PARKED = {"topic": "topic", "key": "key", "error": "reason", "waiting": "wait", "parked_at": "since"}
ACTIONS = {"at": "when", "who": "who", "act": "act", "what": "on what", "count": "number", "why": "why"}

OneService = Annotated[str | None, typer.Option(help="only this service")]


@app.command()
def consumers() -> None:
    """Show the consumer of each service: whether it has halted, and why."""
    show_answers("/v1/consumer", CONSUMER, None)


@app.command()
def resume(
    service: Service,
    why: ReasonOption,
    letters: Annotated[int, typer.Option(help="how many more dead letters in a row to allow", min=500)] = 500,
) -> None:
    """Let a halted consumer continue: allow more dead letters in a row, for one hour."""
    console.print_json(data=do(service, "/v1/consumer/resume", letters=letters, why=why))


@app.command("parked-keys")
def parked_keys(service: OneService = None) -> None:
    """List the keys that the relay has parked because Kafka refuses their next fact."""
    show_items("/v1/outbox/parked-keys", PARKED, service, {}, limit=1_000)


@app.command()
def release(
    service: Service, topic: Annotated[str, typer.Option()], key: Annotated[str, typer.Option()], why: ReasonOption
) -> None:
    """Let the relay send the facts of a parked key again, in order."""
    do(service, "/v1/outbox/parked-keys/release", topic=topic, key=key, why=why)
    console.print("released")


@app.command()
def actions(service: OneService = None, limit: Annotated[int, typer.Option(min=1)] = 50) -> None:
    """List what operators have done, the newest first."""
    show_items("/v1/operator-actions", ACTIONS, service, {}, limit=limit)
