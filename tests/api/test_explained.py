"""Everything in the OpenAPI documents is explained in plain words, with examples that keep to their own schemas."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from shared.contracts import SERVICE_NAMES
from shared.http.glossary import Schema
from shared.http.problem import PROBLEM_JSON
from tests.api.documents import Operation, all_operations, document

REPAIR = "say it with Field(description=…, examples=[…]), or with a word in `api/glossary` of the service"
LAO = range(0x0E80, 0x0F00)
OPERATIONS = all_operations()
each_service = pytest.mark.parametrize("service", SERVICE_NAMES)
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def members(service: str) -> Iterator[tuple[str, Schema]]:
    """Each member of each model of a service, by its name."""
    for model, schema in document(service)["components"]["schemas"].items():
        for name, member in schema.get("properties", {}).items():
            yield f"{model.rpartition('__')[2]}.{name}", member


@each_service
def test_every_member_is_described(service: str) -> None:
    undescribed = sorted(name for name, member in members(service) if not member.get("description"))
    assert undescribed == [], REPAIR


@each_operation
def test_every_parameter_is_described_and_has_an_example(operation: Operation) -> None:
    lacking = [
        one["name"]
        for one in operation.told.get("parameters", ())
        if not one.get("description") or ("example" not in one and not choices(one["schema"]))
    ]
    assert lacking == [], REPAIR


def choices(schema: Schema) -> bool:
    """Whether the schema itself says which values there are."""
    return "enum" in str(schema) or "$ref" in str(schema) or "boolean" in str(schema)


@each_operation
def test_every_body_has_an_example(operation: Operation) -> None:
    lacking = [content for content in texts(operation) if not examples(content)]
    assert lacking == [], REPAIR


@each_operation
def test_every_example_keeps_to_its_schema(operation: Operation) -> None:
    components = document(operation.service)["components"]
    for content in texts(operation):
        schema = {**content["schema"], "components": components}
        for example in examples(content):
            resolved = components["examples"][example["$ref"].rpartition("/")[2]] if "$ref" in example else example
            errors = Draft202012Validator(schema, validate_formats=True).iter_errors(resolved["value"])
            assert [(error.instance_path, error.message) for error in errors] == []


@each_operation
def test_every_refusal_is_named_with_an_example(operation: Operation) -> None:
    for status, answer in operation.told["responses"].items():
        content = answer.get("content", {}).get(PROBLEM_JSON)
        if content is None or status in {"500", "503", "default"}:
            continue
        assert all(f"`{name}`" in answer["description"] for name in content["examples"]), answer["description"]


def test_texts_of_requests_are_in_lao() -> None:
    asked = [operation for operation in OPERATIONS if operation.body and operation.service != "notification"]
    texts = {str(one): written(one.body["example"]) for one in asked if one.body}
    assert [name for name, text in texts.items() if text and not any(ord(letter) in LAO for letter in text)] == []


def written(example: Any) -> str:
    """What is written in an example for people to read: everything with a space, or with letters beyond ASCII."""
    match example:
        case dict():
            return "".join(map(written, example.values()))
        case list():
            return "".join(map(written, example))
        case str() if " " in example or not example.isascii():
            return example
    return ""


def examples(content: Schema) -> list[Schema]:
    """The examples of a body, as the document has them."""
    named: dict[str, Schema] = content.get("examples", {})
    return [*named.values(), *([{"value": content["example"]}] if "example" in content else [])]


def texts(operation: Operation) -> list[Schema]:
    """The bodies of an operation that programs read: neither files of a binary format nor pages for browsers."""
    owners = (operation.told.get("requestBody", {}), *operation.told["responses"].values())
    found = [pair for owner in owners for pair in owner.get("content", {}).items()]
    return [content for kind, content in found if kind != "text/html" and content["schema"].get("format") != "binary"]
