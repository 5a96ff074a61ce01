"""Schemas are only ever added to: what an old reader or a new one could not take is found before it is written."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.contracts import CATALOGUE, TOPICS, schemas

OLD: dict[str, Any] = {
    "x-topic": "eoffice.registration.meeting.v1",
    "x-since": "0.1",
    "title": "ParticipantRegistered",
    "type": "object",
    "required": ["meeting_id", "state", "position", "title"],
    "properties": {
        "meeting_id": {"type": "string", "format": "uuid"},
        "state": {"enum": ["confirmed", "waitlisted"], "type": "string"},
        "position": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        "title": {"$ref": "#/$defs/Bilingual"},
    },
    "$defs": {
        "Bilingual": {
            "type": "object",
            "required": ["lo", "en"],
            "properties": {"lo": {"type": "string", "maxLength": 300}, "en": {"type": "string", "default": ""}},
        },
        "Colour": {"enum": ["red", "blue"], "type": "string"},
    },
}  # fmt: skip


def after(*path: str, value: Any) -> dict[str, Any]:
    """The schema with one place changed; None takes it away."""
    changed = copy.deepcopy(OLD)
    place = changed
    for name in path[:-1]:
        place = place[name]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        after("description", value="Said better."),
        after("properties", "state", "title", value="State"),
        after("properties", "note", value={"type": "string"}),
        after("x-since", value="0.2"),
        after("$defs", "New", value={"type": "string"}),
        after("$defs", "Colour", value=None),
        after("$defs", "Bilingual", "properties", "fr", value={"type": "string", "default": ""}),
    ],
)
def test_what_is_only_added_passes(new: dict[str, Any]) -> None:
    assert list(schemas.breaks(OLD, new)) == []


@pytest.mark.parametrize(
    ("new", "finding"),
    [
        (after("properties", "state", value=None), "state disappeared"),
        (after("properties", "state", "enum", value=["confirmed", "waitlisted", "late"]), "state changed its type"),
        (after("properties", "meeting_id", "format", value=None), "meeting_id changed its type"),
        (after("properties", "position", value={"type": "integer", "default": 0}), "position changed its type"),
        (after("properties", "position", "default", value=None), "position became required"),
        (after("properties", "title", "$ref", value="#/$defs/Other"), "title changed its type"),
        (after("$defs", "Bilingual", "properties", "lo", "maxLength", value=200), "Bilingual: lo changed its type"),
        (after("$defs", "Bilingual", "properties", "en", "default", value=None), "Bilingual: en became required"),
        (after("$defs", "Colour", "enum", value=["red", "blue", "green"]), "Colour: changed"),
        (after("x-topic", value="eoffice.registration.seat.v1"), "its topic changed"),
    ],
)
def test_what_somebody_could_not_read_is_found(new: dict[str, Any], finding: str) -> None:
    new["required"] = [name for name in new["required"] if name in new["properties"]]
    assert list(schemas.breaks(OLD, new)) == [finding]


def test_a_new_member_without_a_default_is_found() -> None:
    new = after("properties", "seat", value={"type": "string"})
    new["required"] = [*OLD["required"], "seat"]
    assert list(schemas.breaks(OLD, new)) == ["seat is new and required"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(schemas, "FOLDER", tmp_path / "schemas")
    monkeypatch.setattr(schemas, "TOPICS_FILE", tmp_path / "topics.yaml")
    return tmp_path / "schemas"


def test_what_was_written_is_as_committed(folder: Path) -> None:
    assert (schemas.main(["--write"]), schemas.main(["--check"])) == (0, 0)
    assert {file.stem for file in folder.glob("*.json")} == set(CATALOGUE)


def test_what_is_missing_changed_or_gone_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schemas.write()
    first, second, *_ = sorted(folder.glob("*.json"))
    first.unlink()
    changed = json.loads(second.read_text(encoding="utf-8")) | {"description": "as it was said before"}
    second.write_text(json.dumps(changed), encoding="utf-8")
    (folder / "registration.meeting-forgotten.v1.json").write_text("{}", encoding="utf-8")
    (folder.parent / "topics.yaml").unlink()
    assert schemas.main(["--check"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{first.name}: not written yet",
        f"{second.name}: changed; write it",
        "registration.meeting-forgotten.v1.json: its type is gone",
        "deploy/topics.yaml: changed; write it",
    ]


def test_what_breaks_is_not_written_unless_it_is_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schemas.write()
    file = folder / "registration.meeting-opened.v1.json"
    committed = file.read_text(encoding="utf-8").replace('"meeting_id"', '"gathering"')
    file.write_text(committed, encoding="utf-8")
    findings = [
        f"{file.name}: gathering disappeared: make a new version",
        f"{file.name}: meeting_id is new and required: make a new version",
    ]
    assert (schemas.check(), schemas.main(["--write"])) == (findings, 1)
    assert (file.read_text(encoding="utf-8"), capsys.readouterr().err.splitlines()) == (committed, findings)
    assert (schemas.main(["--break"]), schemas.check()) == (0, [])


def test_the_committed_files_are_those_of_the_catalogue() -> None:
    assert schemas.check() == []


def test_every_topic_has_a_writer_and_readers_that_exist() -> None:
    document = yaml.safe_load(schemas.topics())
    principals = set(document["principals"])
    assert set(document["topics"]) == set(TOPICS)
    assert [
        name for name, topic in document["topics"].items() if not {*topic["writes"], *topic["reads"]} <= principals
    ] == []


def test_a_type_names_its_owner_and_its_fact() -> None:
    found = {type_: (contract.topic.owner, contract.topic.name.split(".")[1]) for type_, contract in CATALOGUE.items()}
    assert [
        type_ for type_, (owner, service) in found.items() if not (type_.startswith(f"{owner}.") and owner == service)
    ] == []
