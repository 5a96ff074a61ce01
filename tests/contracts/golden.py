"""Golden events: one record of each type as it was first said, kept for ever.

python -m tests.contracts.golden        writes those of new types; what is written is never written again

"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.contracts import CATALOGUE, Contract
from shared.messaging.cloudevents import attributes, dumps
from tests.shared.bus import AT

FOLDER = Path(__file__).parent / "golden"
SUBJECT = "01835391-c480-7000-8000-000000000001"
_BY_FORMAT = {"uuid": SUBJECT, "date-time": "2022-09-19T01:00:00Z", "date": "2022-09-19"}
_BY_PATTERN = {"^[A-Z][A-Z0-9-]{1,19}$": "MOF", "^[0-9a-f]{64}$": "0" * 64}


def file_of(type_: str) -> Path:
    """Where the golden event of a type is."""
    return FOLDER / f"{type_}.json"


def golden(contract: Contract) -> dict[str, Any]:
    """The record of one type, with every member that it has today."""
    headers = attributes(
        event_id=UUID(SUBJECT),
        source=f"/eoffice/{contract.topic.owner}/{contract.topic.name.split('.')[2]}",
        type_=contract.type,
        time=AT,
        subject=SUBJECT,
        sequence=1,
        actor="golden",
        cause=None,
    )
    return {
        "topic": contract.topic.name,
        "headers": headers,
        "value": None if contract.tombstone else value_of(contract),
    }


def value_of(contract: Contract) -> Any:
    """A body that the model takes, as it writes it."""
    schema = contract.model.model_json_schema()
    fact = contract.model.model_validate_json(json.dumps(_sample(schema, schema)))
    return json.loads(dumps(fact))


def _sample(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """The first value that a schema allows, never null where there is another."""
    if "$ref" in schema:
        return _sample(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    for choice in ("anyOf", "enum"):
        if choice in schema:
            return _sample(schema["anyOf"][0], root) if choice == "anyOf" else schema["enum"][0]
    return schema["const"] if "const" in schema else _BY_TYPE[schema.get("type", "any")](schema, root)


def _object(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    return {name: _sample(member, root) for name, member in schema.get("properties", {}).items()}


def _array(schema: dict[str, Any], root: dict[str, Any]) -> Any:
    return [_sample(item, root) for item in schema.get("prefixItems") or [schema["items"]]]


def _text(schema: dict[str, Any]) -> str:
    known = _BY_FORMAT.get(schema.get("format", "")) or _BY_PATTERN.get(schema.get("pattern", ""))
    return known or "ກອງປະຊຸມ"[: schema.get("maxLength", 300)].ljust(schema.get("minLength", 1), "ກ")


_BY_TYPE: dict[str, Callable[[dict[str, Any], dict[str, Any]], Any]] = {
    "object": _object,
    "array": _array,
    "string": lambda schema, _: _text(schema),
    "integer": lambda schema, _: max(1, schema.get("minimum", 1)),
    "number": lambda schema, _: max(1, schema.get("minimum", 1)),
    "boolean": lambda *_: True,
    "any": lambda *_: None,
}


def main() -> int:
    """Write what is not there yet."""
    FOLDER.mkdir(exist_ok=True)
    for type_, contract in CATALOGUE.items():
        if not file_of(type_).exists():
            text = json.dumps(golden(contract), ensure_ascii=False, indent=2) + "\n"
            file_of(type_).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
