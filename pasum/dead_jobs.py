"""`pasum dead-jobs`: what no number of attempts has done outside, in the words of `pasum dead-letters`."""

from typing import Annotated

import typer

from pasum.operator_client import ReasonOption, Service, ask, console, do, show_answers, show_items

app = typer.Typer(help="List, show, redrive and discard jobs that are dead.", no_args_is_help=True)

PATH = "/v1/dead-jobs"
COLUMNS = {
    "id": "no.",
    "kind": "kind",
    "name": "name",
    "error": "reason",
    "attempts": "attempts",
    "finished_at": "died",
}
COUNTS = {"count": "jobs", "kind": "kind", "error": "reason", "oldest": "oldest"}

JobNumber = Annotated[int, typer.Argument(help="its number in the list", min=1)]
Kind = Annotated[str, typer.Option(help="e.g. send-sms")]
Reason = Annotated[str | None, typer.Option(help="exactly as in `counts`")]
OneService = Annotated[str | None, typer.Option(help="only this one")]


@app.command("list")
def list_jobs(
    service: OneService = None,
    kind: Annotated[str | None, typer.Option(help="e.g. send-sms")] = None,
    reason: Reason = None,
    limit: Annotated[int, typer.Option(help="the most of each service", min=1)] = 100,
) -> None:
    """List the dead jobs of all services, the oldest first."""
    wanted = {name: text for name, text in (("kind", kind), ("reason", reason)) if text}
    show_items(PATH, COLUMNS, service, wanted, limit=limit)


@app.command()
def counts(service: OneService = None) -> None:
    """Count them by kind and reason."""
    show_answers(f"{PATH}/counts", COUNTS, service)


@app.command()
def show(job: JobNumber, service: Service) -> None:
    """Show one job with what it was to do."""
    console.print_json(data=ask(service, f"{PATH}/{job}"))


@app.command()
def redrive(job: JobNumber, service: Service, why: ReasonOption) -> None:
    """Let the workers try it again, with all its attempts."""
    console.print_json(data=do(service, f"{PATH}/{job}/redrive", why=why))


@app.command()
def discard(job: JobNumber, service: Service, why: ReasonOption) -> None:
    """Give it up for good."""
    console.print_json(data=do(service, f"{PATH}/{job}/discard", why=why))


@app.command("redrive-all")
def redrive_all(service: Service, kind: Kind, why: ReasonOption, reason: Reason = None) -> None:
    """Let the workers try all of a kind again, or all of a reason of it."""
    _all(service, "redrive", {"kind": kind, "reason": reason, "why": why})


@app.command("discard-all")
def discard_all(service: Service, kind: Kind, why: ReasonOption, reason: Reason = None) -> None:
    """Give all of a kind up, or all of a reason of it."""
    _all(service, "discard", {"kind": kind, "reason": reason, "why": why})


def _all(service: str, act: str, body: dict[str, str | None]) -> None:
    done = 0
    while True:
        answer = do(service, f"{PATH}/{act}", **body)
        done += answer["jobs"]
        console.print(f"{done} jobs done", highlight=False)
        if answer["jobs"] < answer["most"]:
            return
