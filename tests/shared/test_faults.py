"""What a process says when something that it needs is missing, and when a setting is wrong."""

import pytest
from pydantic import ValidationError

from shared.database import Database
from shared.observability.faults import Fault, Faulty, report, resolve
from shared.settings import ServiceSettings
from tests.shared.lines import Lines


def test_a_fault_that_becomes_another_one_is_not_over(lines: Lines) -> None:
    report("database", Faulty(Fault.DATABASE_UNREACHABLE, "db"))
    report("database", Faulty(Fault.DATABASE_STARTING, "db"))
    resolve("database")
    assert [(one["event"], one["code"]) for one in lines.all()] == [
        ("waiting", "database-unreachable"),
        ("waiting", "database-starting"),
        ("recovered", "database-starting"),
    ]


def test_a_database_that_the_environment_names_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"PGHOST": "db.example.la", "PGPORT": "5433", "PGUSER": "archive", "PGDATABASE": "records"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert Database("postgresql://").address == "archive@db.example.la:5433/records"
    assert Database("postgresql://minutes:secret@other/minutes").address == "minutes@other/minutes"


@pytest.mark.parametrize("written", ["proxy.example.la", "10.0.0.0/33", "10.0.0.1/8"])
def test_a_proxy_that_is_no_network_is_a_wrong_setting(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFICE_DATABASE_DSN", "postgresql://db/office")
    monkeypatch.setenv("OFFICE_TRUSTED_PROXIES", f"fd00::/8, {written}")
    with pytest.raises(ValidationError) as refused:
        ServiceSettings(_env_prefix="OFFICE_")
    (problem,) = refused.value.errors()
    assert (problem["loc"], written in problem["msg"]) == (("trusted_proxies",), True)
