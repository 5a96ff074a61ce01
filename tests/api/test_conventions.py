"""All routes of all services follow the RFCs and our own conventions alike, whoever has written them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pydantic import TypeAdapter, ValidationError

from shared.contracts import SERVICE_NAMES
from shared.http.glossary import Schema
from tests.api.documents import (
    METHODS,
    Operation,
    Path,
    all_operations,
    application,
    changed,
    document,
    leaves,
    route_of,
)

OPERATIONS = all_operations()
WITH_BODY = [one for one in OPERATIONS if one.body and route_of(one).body_field]
YEARS = {"2565-09-19": "date_buddhist_year", "9999-09-19": "date_year", "0001-09-19": "date_year"}
ALWAYS_THERE = {
    "/v1/minutes/{minutes_id}/text",
    "/v1/meetings/{meeting_id}/form",
    "/v1/meetings/{meeting_id}/documents/{document_id}/file",
    "/v1/meetings/{meeting_id}/registrations/{registration_id}/answers",
}
"""What is there as soon as its owner is, however empty: it can only be replaced."""
ROW_NUMBERS = {"after"}
"""Whole numbers of 64 bits."""
each_service = pytest.mark.parametrize("service", SERVICE_NAMES)
each_body = pytest.mark.parametrize("operation", WITH_BODY, ids=str)
each_year = pytest.mark.parametrize(("day", "problem"), YEARS.items())


def model_of(operation: Operation) -> TypeAdapter[Any]:
    """What the route makes of its body."""
    field = route_of(operation).body_field
    assert field is not None
    model: Any = field.field_info.annotation
    return TypeAdapter(model)


def example_of(operation: Operation) -> Any:
    assert operation.body is not None
    return operation.body["example"]


def places(operation: Operation, wanted: Callable[[Schema], bool]) -> Iterator[Path]:
    """Where a body has members of one kind; a scan of a desk is judged alone, and refuses nothing."""
    assert operation.body is not None
    schemas = document(operation.service)["components"]["schemas"]
    found = {path for path, schema in leaves(operation.body["schema"], schemas) if wanted(schema)}
    return (path for path in sorted(found, key=str) if path[0] != "scans")


def is_whole_number(schema: Schema) -> bool:
    return schema.get("type") == "integer"


def is_time(schema: Schema) -> bool:
    return schema.get("format") in {"date", "date-time"}


def problems(operation: Operation, body: Any) -> list[str]:
    """The kinds of what is wrong with a body."""
    try:
        model_of(operation).validate_json(json.dumps(body))
    except ValidationError as error:
        return [one["type"] for one in error.errors()]
    return []


@each_service
async def test_a_wrong_method_is_told_all_that_the_path_takes(service: str) -> None:
    transport = httpx.ASGITransport(application(service))
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as http:
        for path, item in document(service)["paths"].items():
            answer = await http.request("OPTIONS", path)
            taken = {*(method.upper() for method in METHODS if method in item), *(["HEAD"] * ("get" in item))}
            allowed = answer.headers["allow"].split(", ")
            assert (path, answer.status_code, allowed, taken - set(allowed)) == (path, 405, sorted(allowed), set())


@each_body
def test_the_example_of_a_body_is_taken(operation: Operation) -> None:
    assert problems(operation, example_of(operation)) == []


@each_body
def test_whole_numbers_may_be_written_with_a_fraction_of_zero(operation: Operation) -> None:
    assert problems(operation, with_fractions(example_of(operation))) == []


def with_fractions(value: Any) -> Any:
    """The same with `55.0` for 55."""
    match value:
        case dict():
            return {name: with_fractions(each) for name, each in value.items()}
        case list():
            return [with_fractions(each) for each in value]
        case int() if not isinstance(value, bool):
            return float(value)
    return value


@each_body
@pytest.mark.parametrize("value", [2.5, "2", True])
def test_nothing_else_is_a_whole_number(operation: Operation, value: object) -> None:
    for path in places(operation, is_whole_number):
        body = changed(example_of(operation), path, value)
        assert body is None or problems(operation, body), path


@each_body
@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**63])
def test_a_whole_number_that_no_column_holds_is_refused(operation: Operation, value: int) -> None:
    for path in places(operation, is_whole_number):
        if path[-1] in ROW_NUMBERS and value < 2**63:
            continue
        body = changed(example_of(operation), path, value)
        assert body is None or problems(operation, body), path


@each_body
@each_year
def test_a_year_of_the_buddhist_era_is_asked_about_and_others_are_refused(
    operation: Operation, day: str, problem: str
) -> None:
    for path in places(operation, is_time):
        given = [changed(example_of(operation), path, value) for value in (day, f"{day}T08:30:00+07:00")]
        found = [kind for body in given if body is not None for kind in problems(operation, body)]
        assert not any(given) or problem in found, path


@each_body
@pytest.mark.parametrize("value", [1663549200, "1663549200", "19/09/2022", ""])
def test_nothing_but_a_date_is_a_date(operation: Operation, value: object) -> None:
    for path in places(operation, is_time):
        body = changed(example_of(operation), path, value)
        assert body is None or problems(operation, body), path


@each_year
def test_days_and_moments_in_queries_are_of_a_known_year(day: str, problem: str) -> None:
    asked = 0
    for operation in OPERATIONS:
        schemas = document(operation.service)["components"]["schemas"]
        for field in route_of(operation).dependant.query_params:
            told = next(one["schema"] for one in operation.parameters("query") if one["name"] == field.alias)
            if not any(is_time(schema) for _, schema in leaves(told, schemas)):
                continue
            found = [field.validate(value, {}, loc=("query",))[1] for value in (day, f"{day}T08:30:00+07:00")]
            assert problem in str(found), (str(operation), field.alias)
            asked += 1
    assert asked > 0


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.method == "PUT"], ids=str)
def test_a_put_that_can_create_answers_201(operation: Operation) -> None:
    assert ("201" in operation.told["responses"]) != (operation.path in ALWAYS_THERE)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_whoever_takes_a_version_says_that_it_may_be_stale(operation: Operation) -> None:
    takes = any(one["name"] == "If-Match" for one in operation.parameters("header"))
    assert takes == ("412" in operation.told["responses"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_every_list_with_a_cursor_has_a_next_page_that_may_be_null(operation: Operation) -> None:
    of_oparl = operation.path.startswith("/v1/oparl/")  # its lists leave `links.next` out, as OParl says
    if of_oparl or not any(one["name"] == "cursor" for one in operation.parameters("query")):
        return
    shown = operation.told["responses"]["200"]["content"]["application/json"]["example"]
    assert (shown["next"], len(shown["items"])) == (None, 1)
