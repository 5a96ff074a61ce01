"""`pasum kafka bootstrap`: topics, users and rights of `deploy/topics.yaml`, for a Kafka without Strimzi."""

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from deploy.local.topics import TOPICS_FILE, Target, TopicConflict, carry_out, changes, load
from shared.settings import KafkaSettings

app = typer.Typer(help="Prepare Kafka: topics, users and rights.", no_args_is_help=True)

ANSWER_SECONDS = 30.0

_TRY_SECONDS = 2.0
_REFUSED = frozenset({KafkaError._AUTHENTICATION, KafkaError._SSL})  # noqa: SLF001 -- so librdkafka names its own errors


class CannotBootstrap(RuntimeError):
    """Something is missing or refused; the message says what."""


@app.callback()
def group() -> None:
    """Prepare Kafka: topics, users and rights."""  # with a callback, a single command keeps its name


@app.command()
def bootstrap(  # noqa: PLR0913 -- the options of one command
    *,
    file: Annotated[Path, typer.Option(help="what is declared", show_default="deploy/topics.yaml")] = TOPICS_FILE,
    replicas: Annotated[int, typer.Option(help="of each partition", min=1)] = 3,
    in_sync: Annotated[int, typer.Option(help="replicas that have a record before it counts as written", min=1)] = 2,
    passwords: Annotated[
        Path | None, typer.Option(help="a folder with a file for each principal, which holds its password")
    ] = None,
    user: Annotated[
        list[str] | None, typer.Option(help="PRINCIPAL=NAME where Kafka's user has another name; repeatable")
    ] = None,
    only: Annotated[list[str] | None, typer.Option(help="users and rights of this PRINCIPAL only; repeatable")] = None,
    topics_only: Annotated[bool, typer.Option("--topics-only", help="leave users and rights alone")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change, and change nothing")] = False,
) -> None:
    """Create topics, users (SCRAM-SHA-512) and rights that are missing; take other rights of these users away.

    Kafka is reached as the services reach it, as a user who may administer it: KAFKA_BOOTSTRAP_SERVERS,
    KAFKA_SECURITY_PROTOCOL, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_CA_FILE. It may be repeated: topics are never
    deleted, their number of partitions never changes, and the passwords of users are set again.
    """
    if in_sync > replicas:
        raise CannotBootstrap(f"--in-sync {in_sync}: there are {replicas} replicas")
    declared = load(file)
    users = None if topics_only else users_of(declared.principals, user or [], only or [])
    given = {} if dry_run or users is None else passwords_in(passwords, users)
    target = Target(declared=declared, replication=replicas, in_sync=in_sync, users=users)
    _bootstrap(target, given, dry_run=dry_run)


def _bootstrap(target: Target, passwords: Mapping[str, str], *, dry_run: bool) -> None:
    settings, errors = KafkaSettings(), list[KafkaError]()
    admin = admin_of(settings, errors)
    try:
        _answers(admin, errors)
        found = changes(admin, target)
        lines = [*found.lines(), *(f"user {name}: its password is set" for name in sorted(passwords))]
        if not dry_run:
            carry_out(admin, found, passwords)
    except (KafkaException, TopicConflict, TimeoutError) as error:
        reason = errors[-1].str() if errors else error
        raise CannotBootstrap(f"{settings.bootstrap_servers}: {reason}") from error
    print("\n".join(lines) or "nothing to change", flush=True)


def _answers(admin: AdminClient, errors: Sequence[KafkaError]) -> None:
    """Return when Kafka answers; raises `KafkaException` if it does not in time, or at once if it refuses us."""
    until = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            admin.list_topics(timeout=_TRY_SECONDS)
        except KafkaException:
            admin.poll(0)  # calls back with what went wrong
            refused = any(error.code() in _REFUSED for error in errors)
            if refused or time.monotonic() > until:
                raise
        else:
            return


def users_of(principals: Sequence[str], named: Sequence[str], only: Sequence[str]) -> dict[str, str]:
    """The Kafka user of each principal, or of some; raises `CannotBootstrap` for a principal that there is not."""
    others = {name: user for name, _, user in (each.partition("=") for each in named)}
    if wrong := [
        name for name, user in [*others.items(), *zip(only, only, strict=True)] if name not in principals or not user
    ]:
        raise CannotBootstrap(
            f"{wrong[0]}: principals are {', '.join(principals)}; --user PRINCIPAL=NAME, --only PRINCIPAL"
        )
    return {name: others.get(name, name) for name in only or principals}


def passwords_in(folder: Path | None, users: Mapping[str, str]) -> dict[str, str]:
    """The password of each Kafka user; raises `CannotBootstrap` if a file is missing or empty."""
    if folder is None:
        raise CannotBootstrap("--passwords: name a folder with a file for each principal, or give --topics-only")
    found = {}
    for principal, user in users.items():
        path = folder / principal
        found[user] = path.read_text(encoding="utf-8").rstrip("\n") if path.is_file() else ""
        if not found[user]:
            raise CannotBootstrap(f"{path}: must hold the password of {user}")
    return found


def admin_of(settings: KafkaSettings, errors: list[KafkaError]) -> AdminClient:
    """An admin client; what it cannot do in the background is appended to `errors`."""
    trusted = settings.ca_file or os.environ.get("SSL_CERT_FILE")
    options: dict[str, str | int | float | bool] = {
        "bootstrap.servers": settings.bootstrap_servers,
        "security.protocol": settings.security_protocol,
        "log_level": 0,
    }
    if settings.security_protocol.endswith("SSL") and trusted:
        options["ssl.ca.location"] = str(trusted)
    if settings.security_protocol.startswith("SASL"):
        options["sasl.mechanism"] = "SCRAM-SHA-512"
        options["sasl.username"] = settings.username or ""
        options["sasl.password"] = settings.password.get_secret_value() if settings.password else ""
    return AdminClient(options, error_cb=errors.append)
