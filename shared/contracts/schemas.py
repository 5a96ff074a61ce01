"""Generates the JSON Schemas and `deploy/topics.yaml` from the contracts, and checks that no change breaks a reader.

    python -m shared.contracts.schemas --write
    python -m shared.contracts.schemas --check

For as long as a version of a type exists, a new model must read old events (no member becomes required or changes its
type), and an old model must read new events (no required member disappears, no closed set of values grows).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from shared.contracts import CATALOGUE, SERVICES, ServiceEntry
from shared.contracts import services as listed

FOLDER = Path(__file__).parent / "schemas"
TOPICS_FILE = Path(__file__).parents[2] / "deploy" / "topics.yaml"
RETENTION_DAYS = 3650


def schemas() -> dict[str, str]:
    """File name → JSON Schema (2020-12), for each type."""
    return {f"{type_}.json": _dump(_schema(type_)) for type_ in CATALOGUE}


def _schema(type_: str) -> dict[str, Any]:
    contract = CATALOGUE[type_]
    schema = contract.model.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:pasum:schema:{type_}"}
    return {**head, "x-topic": contract.topic.name, "x-since": contract.since, **schema}


def topics(services: Sequence[ServiceEntry] = SERVICES) -> str:
    """The text of `deploy/topics.yaml`: all topics, who writes and who reads each, and the Kafka users."""
    document = {
        "topics": {
            topic.name: {
                "partitions": topic.partitions,
                "cleanup": "compact" if topic.compacted else "delete",
                **({} if topic.compacted else {"retention_days": RETENTION_DAYS}),
                "writes": [topic.owner],
                "reads": list(topic.readers),
            }
            for topic in listed.topics(services).values()
        },
        "principals": [entry.name for entry in services],
    }
    head = "# Generated from shared/contracts by `python -m shared.contracts.schemas --write`; do not edit.\n"
    return head + yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """The changes from `old` to `new` that make one of them unable to read the events of the other."""
    if old.get("x-topic") != new.get("x-topic"):
        yield "its topic changed"
    yield from _changes(old, new)
    parts = new.get("$defs", {})
    for name, part in old.get("$defs", {}).items():
        if name in parts:  # a part that is gone is reported by the member that referred to it
            yield from (f"{name}: {finding}" for finding in _changes(part, parts[name]))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if "properties" not in old or "properties" not in new:
        if _shape(old) != _shape(new):
            yield "changed"
        return
    was, now = old["properties"], new["properties"]
    needed, needed_before = _needed(new), _needed(old)
    yield from (f"{name} disappeared" for name in was if name not in now)
    yield from (f"{name} is new and required" for name in now if name not in was and name in needed)
    yield from (f"{name} became required" for name in was if name in needed and name not in needed_before)
    yield from (f"{name} changed its type" for name in was if name in now and _shape(was[name]) != _shape(now[name]))


def _needed(schema: Mapping[str, Any]) -> set[str]:
    """The members that a reader needs: `required` lists also those with a default, as writers always write them."""
    return {name for name in schema.get("required", ()) if "default" not in schema["properties"][name]}


def _shape(schema: Any) -> Any:
    """The schema without titles, descriptions and defaults, which may change freely."""
    if isinstance(schema, Mapping):
        return {name: _shape(part) for name, part in schema.items() if name not in ("title", "description", "default")}
    return [_shape(part) for part in schema] if isinstance(schema, list) else schema


def _dump(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def write(*, breaking: bool = False) -> list[str]:
    """Write all files; returns one message for each schema that was not written because it breaks readers.

    With `breaking` all are written. The schema of a type that is gone stays until a person removes it.
    """
    FOLDER.mkdir(exist_ok=True)
    findings = []
    for name, text in schemas().items():
        broken = [] if breaking else _broken(FOLDER / name, text)
        findings += broken
        if not broken:
            (FOLDER / name).write_text(text, encoding="utf-8")
    TOPICS_FILE.write_text(topics(), encoding="utf-8")
    return findings


def _broken(file: Path, text: str) -> list[str]:
    if not file.exists():
        return []
    found = breaks(json.loads(file.read_text(encoding="utf-8")), json.loads(text))
    return [f"{file.name}: {finding}: make a new version" for finding in found]


def check() -> list[str]:
    """One message for each file that differs from what is committed or breaks readers; empty when all is well."""
    findings, wanted = [], schemas()
    for name, text in wanted.items():
        file = FOLDER / name
        if not file.exists():
            findings.append(f"{name}: not written yet")
        elif file.read_text(encoding="utf-8") != text:
            findings += _broken(file, text) or [f"{name}: changed; write it"]
    findings += [f"{file.name}: its type is gone" for file in sorted(FOLDER.glob("*.json")) if file.name not in wanted]
    if not TOPICS_FILE.exists() or TOPICS_FILE.read_text(encoding="utf-8") != topics():
        findings.append("deploy/topics.yaml: changed; write it")
    return findings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code, 1 if there are findings."""
    parser = argparse.ArgumentParser(prog="python -m shared.contracts.schemas", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the files, but none that breaks with what is written")
    what.add_argument(
        "--break", action="store_true", dest="breaking", help="write them all: only while nobody reads the types"
    )
    what.add_argument("--check", action="store_true", help="say what is not as committed; exit code 1 if anything is")
    chosen = parser.parse_args(arguments)
    findings = check() if chosen.check else write(breaking=chosen.breaking)
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
