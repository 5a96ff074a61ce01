"""`pasum dead-jobs`: jobs whose attempts have all failed; list, redrive and discard them."""

from typing import Annotated

import typer

from pasum.operator_client import ReasonOption, Service, ask, console, do, show_answers, show_items

app = typer.Typer(help="List, show, redrive and discard jobs whose attempts have all failed.", no_args_is_help=True)

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

JobNumber = Annotated[int, typer.Argument(help="the number of the job, as in `list`", min=1)]
Kind = Annotated[str, typer.Option(help="the kind of job, for example send-sms")]
Reason = Annotated[str | None, typer.Option(help="the reason, exactly as `counts` shows it")]
OneService = Annotated[str | None, typer.Option(help="only this service")]


@app.command("list")
def list_jobs(
    service: OneService = None,
    kind: Annotated[str | None, typer.Option(help="only this kind of job, for example send-sms")] = None,
    reason: Reason = None,
    limit: Annotated[int, typer.Option(help="the most jobs of each service", min=1)] = 100,
) -> None:
    """List the dead jobs of all services, the oldest first."""
    wanted = {name: text for name, text in (("kind", kind), ("reason", reason)) if text}
    show_items(PATH, COLUMNS, service, wanted, limit=limit)


@app.command()
def counts(service: OneService = None) -> None:
    """Count the dead jobs by kind and reason."""
    show_answers(f"{PATH}/counts", COUNTS, service)


@app.command()
def show(job: JobNumber, service: Service) -> None:
    """Show one job with its payload."""
    console.print_json(data=ask(service, f"{PATH}/{job}"))


@app.command()
def redrive(job: JobNumber, service: Service, why: ReasonOption) -> None:
    """Let the workers try a job again, with all attempts."""
    console.print_json(data=do(service, f"{PATH}/{job}/redrive", why=why))


@app.command()
def discard(job: JobNumber, service: Service, why: ReasonOption) -> None:
    """Discard a job for ever."""
    console.print_json(data=do(service, f"{PATH}/{job}/discard", why=why))


@app.command("redrive-all")
def redrive_all(service: Service, kind: Kind, why: ReasonOption, reason: Reason = None) -> None:
    """Let the workers try all dead jobs of a kind again, or those with one reason."""
    _all(service, "redrive", {"kind": kind, "reason": reason, "why": why})


@app.command("discard-all")
def discard_all(service: Service, kind: Kind, why: ReasonOption, reason: Reason = None) -> None:
    """Discard all dead jobs of a kind, or those with one reason."""
    _all(service, "discard", {"kind": kind, "reason": reason, "why": why})


def _all(service: str, act: str, body: dict[str, str | None]) -> None:
    done = 0
    while True:
        answer = do(service, f"{PATH}/{act}", **body)
        done += answer["jobs"]
        console.print(f"{done} jobs done", highlight=False)
        if answer["jobs"] < answer["most"]:
            return
