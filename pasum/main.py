"""`pasum`: run the system and the demonstration, watch events, manage dead letters, verify documents."""

import os
import sqlite3
import sys
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from pasum import bootstrap, dead_jobs, dead_letters, desk, operations, tickets
from pasum.api import ADDRESSES, NotRunning, Refused, addresses, bearer
from pasum.bootstrap import CannotBootstrap
from shared.kernel import Role

app = typer.Typer(
    name="pasum",
    help="ປະຊຸມ · Pasum: an event-driven e-Office for government meetings.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(dead_jobs.app, name="dead-jobs")
app.add_typer(operations.app, name="operations")
app.add_typer(bootstrap.app, name="kafka")
app.add_typer(desk.app, name="desk")
app.add_typer(tickets.app, name="tickets")
console = Console(width=None if sys.stdout.isatty() else 120)
errors = Console(stderr=True)

Folder = Annotated[Path, typer.Option(help="the folder in which the system keeps all its data", show_default=True)]


@app.command()
def demo(
    folder: Folder = Path(".local/demo"),
    apart: Annotated[
        bool, typer.Option("--apart", help="a process for each role of each service, as in production")
    ] = False,
) -> None:
    """Play the meeting of 19 September 2022 from announcement to archive, on real Kafka and PostgreSQL.

    Starts everything, prints what happened and where each figure was counted, writes report.json, stops everything.
    """
    from pasum.demo.run import run_demo  # noqa: PLC0415 -- slow to import; not needed for --help

    raise typer.Exit(run_demo(folder, console, apart=apart))


@app.command()
def run(
    folder: Folder = Path(".local/run"),
    apart: Annotated[
        bool, typer.Option("--apart", help="a process for each role of each service, as in production")
    ] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="begin with empty databases and topics")] = False,
) -> None:
    """Run the whole system here until Ctrl-C; its addresses are in .local/stack.json."""
    from pasum.run import run_until_stopped  # noqa: PLC0415 -- as above

    raise typer.Exit(run_until_stopped(folder, console, apart=apart, fresh=fresh))


@app.command("addresses")
def show_addresses(
    name: Annotated[
        str | None, typer.Argument(help="print only this address, for example registration, sms, mailbox")
    ] = None,
) -> None:
    """Print the addresses of the running system, without passwords."""
    found = addresses()
    services = {each: url for each, url in found["services"].items() if isinstance(url, str)}
    shown = {**services, "kafka": found["kafka"]["bootstrap_servers"]}
    shown |= {f"database {each}": dsn.rpartition("@")[2] for each, dsn in found["databases"].items()}
    shown |= {f"metrics {each}": url for each, url in found["services"]["metrics"].items()}
    if name is None:
        for each, address in shown.items():
            print(f"{each:<24} {address}")
    elif name in shown:
        print(shown[name])
    else:
        raise typer.BadParameter(f"one of {', '.join(shown)}")


@app.command()
def token(
    role: Annotated[list[Role], typer.Option(help="one or more: --role organiser --role desk")],
    organisation: Annotated[str | None, typer.Option(help="the code of the organisation, for example MTC")] = None,
    subject: Annotated[str | None, typer.Option(help="a stable identifier, never a name")] = None,
) -> None:
    """Print an access token of the local issuer (never for production)."""
    print(bearer(addresses(), *[str(one) for one in role], organisation=organisation, subject=subject))


@app.command()
def topics() -> None:
    """List the topics, their events, and who may write and read them."""
    from pasum.topics import show_topics  # noqa: PLC0415 -- as above

    show_topics(console)


@app.command()
def events(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="continue with new events until Ctrl-C")] = False,
    topic: Annotated[str | None, typer.Option(help="only topics whose name contains this")] = None,
) -> None:
    """Print the events of all topics, one line each; personal data is left out."""
    from pasum.events import print_events  # noqa: PLC0415 -- as above

    print_events(addresses(), console, follow=follow, topic=topic)


@app.command("restore-check")
def restore_check(
    hours: Annotated[int, typer.Option(help="compare the facts of so many hours before the newest one")] = 24,
) -> None:
    """Compare the databases after a restore, before anything is started; exit code 1: not from the same point."""
    from pasum.restore_check import show_comparison  # noqa: PLC0415 -- as above

    raise typer.Exit(show_comparison(console, hours=hours))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="a package (.zip) of the archive, or a document from one")],
    proof: Annotated[Path | None, typer.Option(help="the .tlog-proof; default: beside the package")] = None,
    key: Annotated[
        str | None, typer.Option(help="the log's public key (vkey text or file); default: ./trust/log.vkey")
    ] = None,
    trust_roots: Annotated[
        Path | None,
        typer.Option(help="root certificates (PEM or DER; a file or a folder); default: ./trust/roots"),
    ] = None,
    package: Annotated[Path | None, typer.Option(help="the package to which FILE belongs")] = None,
) -> None:
    """Prove, without our servers, that a document belongs to the archive and was not changed.

    Exit code 0: trusted. 1: not to be trusted. 2: undecided, because something needed is missing or cannot be read: the
    log's key, the proof, root certificates (no PDF is trusted before its signatures were examined), a package cut off.
    """
    from pasum.verify import render_verdict, verify_file  # noqa: PLC0415 -- as above

    verdict = verify_file(file, proof=proof, checkpoint_key=key, trust_roots=trust_roots, package=package)
    _print(render_verdict(verdict))
    raise typer.Exit(verdict.exit_code)


def _print(page: str) -> None:
    """Print; a reader that closes the pipe (`| head -1`) does not change the exit code."""
    try:
        print(page, flush=True)
    except BrokenPipeError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # otherwise Python flushes it again when it exits


def main() -> None:
    """The entry point; expected errors are printed in one line, without a traceback."""
    try:
        app()
    except (NotRunning, Refused, CannotBootstrap, sqlite3.Error) as error:
        errors.print(str(error), style="red", highlight=False)
        raise SystemExit(1) from None
    except httpx.TransportError as error:
        errors.print(f"ບໍ່ມີເຄືອຂ່າຍ · No network: {error}", style="red", highlight=False)
        raise SystemExit(1) from None


__all__ = ["ADDRESSES", "app", "main"]
