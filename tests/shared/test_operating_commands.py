"""The operators' command line, against the routes of a real service: the same words, the same acts."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from pasum.api import ADDRESSES
from pasum.main import app
from pasum.operator_client import moment
from shared.contracts import SERVICE_NAMES
from shared.contracts.registration import MEETING, PERSON
from shared.database import Connection, Database
from shared.messaging.cloudevents import Envelope
from shared.messaging.consumer.handlers import one_by_one
from shared.service import Service, Subscription
from shared.settings import ServiceSettings
from tests.openapi import served
from tests.shared.batches import GROUP, take
from tests.shared.bus import event, execute, heard, key_of, note, numbered, rows, value
from tests.shared.lines import Lines
from tests.shared.provider import AUDIENCE, ISSUER, Provider
from tests.shared.work import job, write

WHY = ("--service", "minutes", "--why", "mended in 0.1.1")


@pytest.fixture
def minutes(
    kernel: Database,
    provider: Provider,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    lines: Lines,  # noqa: ARG001 -- what the service logs is not what the command prints
) -> Iterator[Database]:
    """Somewhere a system runs, all of whose services are this one."""
    settings = ServiceSettings(
        database_dsn=SecretStr(kernel.dsn),
        oidc_issuer=ISSUER,
        oidc_audience=AUDIENCE,
        oidc_jwks_url=f"{provider.url}/keys",
    )
    service = Service(
        name="minutes",
        title="Minutes",
        settings=settings,
        database=Database(kernel.dsn, pool_size=4),
        routers=[],
        subscription=Subscription(group=GROUP, topics=[], handler=one_by_one(note), projection=one_by_one(note)),
    )
    with served(service) as address:
        found = {**dict.fromkeys(SERVICE_NAMES, address), "issuer": ISSUER, "issuer_folder": str(provider.folder)}
        monkeypatch.chdir(tmp_path)
        ADDRESSES.parent.mkdir()
        ADDRESSES.write_text(json.dumps({"services": found}), encoding="utf-8")
        yield kernel


def said(*words: str, code: int = 0) -> str:
    """What the command prints, without its frames."""
    result = CliRunner(env={"COLUMNS": "400"}).invoke(app, words)
    assert result.exit_code == code, result.output
    return re.sub(r"[\s│┃]+", " ", result.output)


async def dead(kernel: Database, *names: str, topic: str = MEETING.name) -> str:
    """Two letters of each of these aggregates, one dead and one parked; the reason."""

    async def broken(_: Connection, __: Envelope) -> None:
        raise KeyError

    await take(kernel, numbered([event(name, number) for name in names for number in (1, 2)], topic=topic), broken)
    return str(await value(kernel, "SELECT error FROM dead_letter WHERE state = 'dead' LIMIT 1"))


async def test_letters_are_listed_counted_and_shown(minutes: Database) -> None:
    reason = await dead(minutes, "a")
    listed = said("dead-letters", "list", "--service", "minutes", "--state", "parked", "--newer-than", "1h")
    assert f"minutes 2 parked {MEETING.name} {key_of('a')} waits behind" in listed
    assert f"minutes 1 dead {MEETING.name} {reason}" in said("dead-letters", "counts")
    assert f"{key_of('a')} 1 {reason} 1" in said("dead-letters", "keys")
    assert json.loads(said("dead-letters", "show", "1", "--service", "minutes"))["decoded"]["sequence"] == 1


async def test_personal_data_is_asked_for_by_name(minutes: Database) -> None:
    await dead(minutes, "a", topic=PERSON.name)
    plain = json.loads(said("dead-letters", "show", "1", "--service", "minutes"))
    personal = json.loads(said("dead-letters", "show", "1", "--service", "minutes", "--personal"))
    assert (plain["withheld"], personal["withheld"]) == (True, False)


async def test_letters_are_redriven_and_discarded_one_by_one(minutes: Database) -> None:
    await dead(minutes, "a", "b")
    assert json.loads(said("dead-letters", "redrive", "1", "--alone", *WHY)) == {"letters": 1, "waiting": 1}
    assert json.loads(said("dead-letters", "discard", "3", *WHY)) == {"letters": 1, "waiting": 1}
    assert json.loads(said("dead-letters", "redrive", "2", *WHY)) == {"letters": 1, "waiting": 0}
    assert json.loads(said("dead-letters", "discard", "4", "--key", *WHY)) == {"letters": 1, "waiting": 0}
    assert (await heard(minutes, "a"), await heard(minutes, "b")) == ([1, 2], [])


async def test_all_of_a_reason_are_redriven_with_progress(minutes: Database) -> None:
    reason = await dead(minutes, *(f"{number}" for number in range(30)))
    told = said("dead-letters", "redrive-all", "--reason", reason, *WHY)
    assert told == " ".join(f"{number} letters done, 0 keys still fail" for number in (50, 60)) + " "
    assert await value(minutes, "SELECT count(*) FROM heard") == 60


async def test_all_of_a_reason_are_discarded_and_what_still_fails_is_named(minutes: Database) -> None:
    reason = await dead(minutes, "a")
    await execute(minutes, "UPDATE dead_letter SET headers = '[]' WHERE id = 1")
    told = said("dead-letters", "redrive-all", "--reason", reason, *WHY, code=1)
    assert "letter 1: no CloudEvent: id, source, type, specversion missing 0 letters done, 1 keys still fail" in told
    unreadable = "no CloudEvent: id, source, type, specversion missing"
    assert "1 letters done" in said("dead-letters", "discard-all", "--reason", unreadable, *WHY)


async def test_dead_jobs_are_listed_redriven_and_discarded(minutes: Database) -> None:
    await write(minutes, job("a"), job("b"), job("c"))
    await execute(minutes, "UPDATE job SET state = 'dead', error = 'TimeoutError', finished_at = now()")
    assert "minutes 1 send a TimeoutError" in said("dead-jobs", "list", "--service", "minutes", "--kind", "send")
    assert "minutes 3 send TimeoutError" in said("dead-jobs", "counts")
    assert json.loads(said("dead-jobs", "show", "1", "--service", "minutes"))["name"] == "a"
    said("dead-jobs", "redrive", "1", *WHY)
    said("dead-jobs", "discard", "2", *WHY)
    assert said("dead-jobs", "redrive-all", "--kind", "send", *WHY) == "1 jobs done "
    assert said("dead-jobs", "discard-all", "--kind", "send", *WHY) == "0 jobs done "
    assert await rows(minutes, "SELECT state FROM job ORDER BY id") == [("ready",), ("discarded",), ("ready",)]


async def test_halted_consumers_parked_keys_and_acts_are_shown_and_let_go(minutes: Database) -> None:
    await execute(minutes, "INSERT INTO outbox_parked (topic, key, error) VALUES ('t', 'k', 'TooLarge')")
    await execute(minutes, "INSERT INTO consumer_halt (consumer, halted_at, topic) VALUES ($1, now(), 'topic')", GROUP)
    assert re.search(r"minutes \d{4}-\S+ topic 0", said("operations", "consumers"))
    assert "minutes t k TooLarge 0" in said("operations", "parked-keys", "--service", "minutes")
    said("operations", "resume", "--letters", "600", *WHY)
    said("operations", "release", "--topic", "t", "--key", "k", *WHY)
    told = said("operations", "actions", "--service", "minutes")
    assert [
        act for act in ("pasum-cli release-key t k 1", f"pasum-cli resume-consumer {GROUP} 600") if act in told
    ] == [
        "pasum-cli release-key t k 1",
        f"pasum-cli resume-consumer {GROUP} 600",
    ]


def test_an_age_is_a_moment() -> None:
    assert (moment(None), moment("2022-09-19T00:00:00Z")) == (None, "2022-09-19T00:00:00Z")
    assert (moment("2h") or "") > (moment("1d") or "")


def test_a_service_that_is_not_ours_is_refused(minutes: Database) -> None:  # noqa: ARG001 -- the system that runs
    assert "cinema is none of" in said("dead-letters", "show", "1", "--service", "cinema", code=2)
