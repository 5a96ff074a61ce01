"""Faults inside a database of the office: triggers that fail or are slow, a schema that is too old."""

from typing import Final

import psycopg

from tests.alerts.runbooks.drill import Act
from tests.alerts.runbooks.faults import send_people
from tests.alerts.runbooks.office import Office

MANY: Final = 60
"""More dead letters in a row than a consumer takes."""
CROWD: Final = 4_000
"""More events than a consumer may be behind, besides the batch that it has in hand."""
_FAILS: Final = "RAISE 'a defect'"
_VERSION: Final = "UPDATE alembic_version SET version_num = %s"


def trigger(office: Office, service: str, table: str, statement: str) -> None:
    """Each row that a service adds to a table carries out a statement first."""
    body = f"BEGIN {statement}; RETURN NEW; END"
    execute(office, service, f"CREATE FUNCTION drill() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
    execute(office, service, f"CREATE TRIGGER drill BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION drill()")


def without_trigger(service: str) -> Act:
    """The trigger is removed."""
    return lambda office: execute(office, service, "DROP FUNCTION drill CASCADE")


def defect(people: int) -> Act:
    """A release of notification that cannot take in a person, as a trigger of its database; so many are recorded."""

    def make(office: Office) -> None:
        trigger(office, "notification", "person", _FAILS)
        send_people(office, people)

    return make


def slow_answers(office: Office) -> None:
    """A registration takes the database more than a second."""
    trigger(office, "registration", "registration", "PERFORM pg_sleep(1.5)")


def slow_reader(office: Office) -> None:
    """Notification takes in twenty people a second, and a crowd is recorded."""
    trigger(office, "notification", "person", "PERFORM pg_sleep(0.05)")
    send_people(office, CROWD)


def old_schema(office: Office) -> None:
    """The archive's database says that it has had no migration."""
    office.noted["schema"] = execute(office, "archive", "SELECT version_num FROM alembic_version")
    execute(office, "archive", _VERSION, "0000")


def schema_as_before(office: Office) -> None:
    """It says again what it has had."""
    execute(office, "archive", _VERSION, office.noted.pop("schema"))


def execute(office: Office, service: str, statement: str, *values: str) -> str:
    """Carry out a statement in the database of a service; returns the first value of its first row, if it has one."""
    with psycopg.connect(office.system.stack.dsn(service), autocommit=True) as connection:
        found = connection.execute(statement.encode(), values)
        row = found.fetchone() if found.description else None
    return str(row[0]) if row else ""
