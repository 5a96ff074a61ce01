"""Each fault, made on real servers: a process tells it once, is not ready, and is ready by itself when it is over."""

import ast
from pathlib import Path

import httpx
import pytest

from shared.observability.faults import MEANING, PAGE, Fault
from tests.startup import broken_database, broken_files, broken_kafka
from tests.startup.broken import Broken, Make
from tests.startup.office import Office, secrets_of
from tests.startup.process import ROOT, Watched, serving

TESTED = ("tests/startup", "tests/shared")  # the kernel's tests make the two faults of a consumer that works

MADE: list[tuple[Fault, Make]] = [
    (Fault.FILE_MISSING, broken_files.file_missing),
    (Fault.FILE_INVALID, broken_files.ticket_key_invalid),
    (Fault.FILE_INVALID, broken_files.passphrase_wrong),
    (Fault.DATABASE_UNREACHABLE, broken_database.unreachable),
    (Fault.DATABASE_STARTING, broken_database.starting),
    (Fault.DATABASE_FULL, broken_database.full),
    (Fault.DATABASE_LOGIN_REFUSED, broken_database.login_refused),
    (Fault.DATABASE_MISSING, broken_database.missing),
    (Fault.DATABASE_CERTIFICATE_REFUSED, broken_database.certificate_refused),
    (Fault.DATABASE_READ_ONLY, broken_database.read_only),
    (Fault.SCHEMA_TOO_OLD, broken_database.too_old),
    (Fault.SCHEMA_TOO_NEW, broken_database.too_new),
    (Fault.KAFKA_UNREACHABLE, broken_kafka.unreachable),
    (Fault.KAFKA_LOGIN_REFUSED, broken_kafka.login_refused),
    (Fault.KAFKA_CERTIFICATE_REFUSED, broken_kafka.certificate_refused),
    (Fault.KAFKA_TOPIC_MISSING, broken_kafka.topic_missing),
    (Fault.KAFKA_RIGHT_MISSING, broken_kafka.topic_forbidden),
    (Fault.KAFKA_RIGHT_MISSING, broken_kafka.group_forbidden),
    (Fault.KAFKA_RIGHT_MISSING, broken_kafka.transactional_id_forbidden),
    (Fault.IDENTITY_KEYS_UNAVAILABLE, broken_files.identity_keys_unavailable),
    (Fault.OBJECT_STORE_UNAVAILABLE, broken_files.object_store_unavailable),
]


@pytest.mark.parametrize(("fault", "make"), MADE, ids=[f"{fault}-{make.__name__}" for fault, make in MADE])
async def test_a_process_tells_its_fault_once_and_is_ready_when_it_is_over(
    fault: Fault, make: Make, office: Office, tmp_path: Path
) -> None:
    broken = await make(office, tmp_path)
    async with serving(broken.service, broken.environment, roles=broken.roles) as watched:
        line = await watched.says("waiting", code=fault)
        told = {"code": fault, "reason": MEANING[fault], "what": broken.what, "look": f"{PAGE}#{fault}"}
        assert line.items() >= told.items()
        await says_no(watched, told)
        await broken.cure()
        await watched.is_ready()
        assert await watched.end() == 0
    codes = [line["code"] for line in watched.logged("waiting")]
    assert codes == [fault, *[code for code in codes[1:] if code in broken.then]]
    recovered = [line["code"] for line in watched.logged("recovered")]  # from the code that it had last
    assert len([code for code in recovered if code in (fault, *broken.then)]) == 1
    assert held(watched, broken) == []


async def says_no(watched: Watched, told: dict[str, str]) -> None:
    """Not ready on both ports; only the management port says why; and the process lives."""
    status, body = await watched.ask(watched.public)
    assert (status, set(body)) == (503, {"status", "parts"})
    status, body = await watched.ask(watched.management)
    found = [{name: one[name] for name in told} for one in body["faults"]]
    assert (status, found) == (503, [told])
    assert (await watched.ask(watched.management, "/healthz"))[0] == httpx.codes.OK


def held(watched: Watched, broken: Broken) -> list[str]:
    """The secrets that were written into the log or into an answer."""
    everything = "\n".join([*map(str, watched.lines), *watched.told])
    return [word for word in secrets_of(broken.environment) if word in everything]


@pytest.mark.parametrize(
    ("service", "change", "what"),
    [
        ("registration", {"REGISTRATION_SEALING_KEYS": None}, "REGISTRATION_SEALING_KEYS: Field required"),
        (
            "registration",
            {"REGISTRATION_SEALING_KEYS": "no-key"},
            "REGISTRATION_SEALING_KEYS: Value error, must be url-safe base64 of 32 bytes, several by comma",
        ),
        (
            "registration",
            {"KAFKA_PASSWORD": None},
            "KAFKA: Value error, KAFKA_USERNAME and KAFKA_PASSWORD are needed with SASL_PLAINTEXT",
        ),
    ],
)
async def test_a_wrong_setting_ends_the_process_with_one_line_that_names_it(
    service: str, change: dict[str, str | None], what: str, office: Office
) -> None:
    environment = {**office.environment("postgresql://nobody:secret-of-nobody@127.0.0.1:1/none"), **change}
    given = {name: value for name, value in environment.items() if value is not None}
    async with serving(service, given) as watched:
        assert await watched.process.wait() == 78
        await watched.end()
    told = [(line["event"], line["code"], line["what"]) for line in watched.lines]
    assert told == [("setting-invalid", Fault.SETTING_INVALID, what)]


def test_each_code_is_made_by_a_test_and_has_its_row_in_the_documents() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    rows = [f'| <a id="{fault}"></a>`{fault}` | {MEANING[fault]} |' for fault in Fault]
    assert [row for row in rows if row not in page] == []
    made = {name for folder in TESTED for file in (ROOT / folder).glob("test_*.py") for name in codes_in(file)}
    assert made == {fault.name for fault in Fault}


def codes_in(file: Path) -> set[str]:
    """The members of `Fault` that a module names."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Fault"
    }
