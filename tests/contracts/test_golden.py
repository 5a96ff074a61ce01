"""Old events are read by the models of today, and events of today by whoever knows only the old."""

import json
from typing import Any

import pytest
from jsonschema_rs import validator_for

from shared.contracts import CATALOGUE
from shared.contracts.schemas import FOLDER as SCHEMAS
from shared.messaging.cloudevents import dumps, parse_headers, read
from tests.architecture.guide import advice
from tests.contracts.golden import FOLDER, file_of, golden
from tests.shared.bus import Sent


def load(type_: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file_of(type_).read_text(encoding="utf-8"))
    return found


def sent(record: dict[str, Any]) -> Sent:
    value = None if record["value"] is None else json.dumps(record["value"]).encode()
    return Sent(key=b"golden", value=value, headers=parse_headers(record["headers"]), topic=record["topic"])


def test_every_type_has_its_golden_event_and_none_was_dropped() -> None:
    written = {file.stem for file in FOLDER.glob("*.json")}
    assert set(CATALOGUE) - written == set(), advice("golden_events")
    assert written - set(CATALOGUE) == set(), advice("golden_events")


@pytest.mark.parametrize("type_", sorted(CATALOGUE))
def test_an_old_event_is_read_and_says_what_it_said(type_: str) -> None:
    record = load(type_)
    envelope = read(sent(record))
    assert (envelope.type, record["topic"], type(envelope.data)) == (
        type_,
        CATALOGUE[type_].topic.name,
        CATALOGUE[type_].model,
    )
    assert envelope.data is not None
    said = json.loads(dumps(envelope.data))
    old = record["value"] or said
    assert without_newer_members(said, old) == old


def without_newer_members(said: Any, old: Any) -> Any:
    """What is said today, with the members alone that there were of old."""
    if isinstance(said, dict) and isinstance(old, dict):
        return {name: without_newer_members(said.get(name), old[name]) for name in old}
    if isinstance(said, list) and isinstance(old, list) and len(said) == len(old):
        return [without_newer_members(*pair) for pair in zip(said, old, strict=True)]
    return said


@pytest.mark.parametrize("type_", sorted(CATALOGUE))
def test_events_old_and_new_fit_the_committed_schema(type_: str) -> None:
    schema = json.loads((SCHEMAS / f"{type_}.json").read_text(encoding="utf-8"))
    records = [load(type_)["value"], golden(CATALOGUE[type_])["value"]]
    validator = validator_for({**schema, "required": []}, validate_formats=True)
    assert [error.message for record in records if record is not None for error in validator.iter_errors(record)] == []
