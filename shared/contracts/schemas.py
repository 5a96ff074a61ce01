"""Writes what the catalogue implies (JSON Schemas, topics.yaml); checks that it is committed and only ever added to.

    python -m shared.contracts.schemas --write
    python -m shared.contracts.schemas --check

Compatibility, for as long as a version of a type lives: a new model reads old events (no member becomes required or
changes its type), and an old model reads new ones (no required member disappears, no closed set of values grows
silently: `since` of the catalogue says when).
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from shared.contracts import CATALOGUE, TOPICS

FOLDER = Path(__file__).parent / "schemas"
TOPICS_FILE = Path(__file__).parents[2] / "deploy" / "topics.yaml"
PRINCIPALS = ("registration", "notification", "minutes", "archive")
RETENTION_DAYS = 3650


def schemas() -> dict[str, str]:
    """File name → JSON Schema (2020-12) of each type."""
    return {f"{type_}.json": _dump(_schema(type_)) for type_ in CATALOGUE}


def _schema(type_: str) -> dict[str, Any]:
    contract = CATALOGUE[type_]
    schema = contract.model.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:pasum:schema:{type_}"}
    return {**head, "x-topic": contract.topic.name, "x-since": contract.since, **schema}


def topics() -> str:
    """`deploy/topics.yaml`: what exists, who writes it, who reads it."""
    document = {
        "topics": {
            topic.name: {
                "partitions": topic.partitions,
                "cleanup": "compact" if topic.compacted else "delete",
                **({} if topic.compacted else {"retention_days": RETENTION_DAYS}),
                "writes": [topic.owner],
                "reads": list(topic.readers),
            }
            for topic in TOPICS.values()
        },
        "principals": list(PRINCIPALS),
    }
    head = "# Generated from shared/contracts by `python -m shared.contracts.schemas --write`; do not edit.\n"
    return head + yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def breaks(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What of `old` a reader of `new`, or the other way round, could not take."""
    was, now = old.get("properties", {}), new.get("properties", {})
    yield from (f"{name} disappeared" for name in was if name not in now)
    required = set(new.get("required", []))
    yield from (
        f"{name} is new and required"
        for name in now
        if name not in was and "default" not in now[name] and name in required
    )
    yield from (f"{name} changed its type" for name in was if name in now and _shape(was[name]) != _shape(now[name]))
    for name, part in old.get("$defs", {}).items():
        yield from (f"{name}.{finding}" for finding in breaks(part, new.get("$defs", {}).get(name, part)))


def _shape(member: Mapping[str, Any]) -> str:
    """A member without what may change freely (titles, descriptions, defaults)."""
    return json.dumps(
        {key: value for key, value in member.items() if key not in ("title", "description", "default")}, sort_keys=True
    )


def _dump(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def write() -> None:
    """Write all files; a type that is gone keeps its schema until a person removes it."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    TOPICS_FILE.write_text(topics(), encoding="utf-8")


def check() -> list[str]:
    """Findings; none where all is as committed and compatible."""
    findings = []
    for name, text in schemas().items():
        file = FOLDER / name
        if not file.exists():
            findings.append(f"{name}: not written yet")
        elif (committed := file.read_text(encoding="utf-8")) != text:
            broken = list(breaks(json.loads(committed), json.loads(text)))
            findings += [f"{name}: {finding}: make a new version" for finding in broken] or [
                f"{name}: changed; write it"
            ]
    findings += [f"{file.name}: its type is gone" for file in FOLDER.glob("*.json") if file.name not in schemas()]
    if not TOPICS_FILE.exists() or TOPICS_FILE.read_text(encoding="utf-8") != topics():
        findings.append("deploy/topics.yaml: changed; write it")
    return findings


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m shared.contracts.schemas", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the files")
    what.add_argument("--check", action="store_true", help="say what is not as committed; exit code 1 if anything is")
    if parser.parse_args().write:
        write()
        return 0
    findings = check()
    for finding in findings:
        print(finding, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
