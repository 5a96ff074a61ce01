"""The OpenAPI documents of all services, made without their servers, and what stands in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.routing import APIRoute

from shared.auth import TokenVerifier
from shared.contracts import SERVICE_NAMES
from shared.database import Database
from shared.http import create_app
from shared.http.clients import ClientLimits
from shared.http.glossary import Schema
from shared.operations import api as operations
from shared.runtime import Runtime
from tests.routers import glossary, routers

Path: TypeAlias = tuple[str | int, ...]
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service, as its document has it."""

    service: str
    method: str
    path: str
    told: Schema

    def __str__(self) -> str:
        """As reports name it."""
        return f"{self.service} {self.method} {self.path}"

    def parameters(self, place: str) -> Iterator[Schema]:
        """Its parameters in the path, the query or the headers."""
        return (one for one in self.told.get("parameters", ()) if one["in"] == place)

    @property
    def body(self) -> Schema | None:
        """The content of the JSON body that it takes."""
        found: Schema | None = self.told.get("requestBody", {}).get("content", {}).get("application/json")
        return found


@cache
def application(service: str) -> FastAPI:
    """The routes of a service and those for operators, in front of nothing."""
    runtime = Runtime(service)
    return create_app(
        service=service,
        title=service,
        routers=[*routers(service), *operations.ROUTERS],
        database=Database(""),
        verifier=TokenVerifier("", ""),
        liveness=runtime.liveness,
        readiness=runtime.readiness,
        client_limits=ClientLimits({}),
        glossary={**operations.GLOSSARY, **glossary(service)},
    )


def document(service: str) -> Schema:
    """The document of a service, with the routes for operators."""
    return application(service).openapi()


def route_of(operation: Operation) -> APIRoute:
    """The route that carries out an operation."""
    (found,) = (
        route
        for route in application(operation.service).routes
        if isinstance(route, APIRoute) and route.path == operation.path and operation.method in (route.methods or ())
    )
    return found


def all_operations() -> list[Operation]:
    """The operations of all services; those for operators once."""
    found: dict[tuple[str, str], Operation] = {}
    for service in SERVICE_NAMES:
        for path, item in document(service)["paths"].items():
            for method in METHODS:
                if method in item:
                    found.setdefault((method, path), Operation(service, method.upper(), path, item[method]))
    return list(found.values())


def leaves(schema: Schema, schemas: Mapping[str, Schema], path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """The members of a body that have no members, with where they are; of a list, those of its first item."""
    match schema:
        case {"$ref": str(reference)}:
            yield from leaves(schemas[reference.rpartition("/")[2]], schemas, path)
        case {"anyOf": alternatives} | {"oneOf": alternatives} | {"allOf": alternatives}:
            for each in alternatives:
                yield from leaves(each, schemas, path)
        case {"properties": properties}:
            for name, member in properties.items():
                yield from leaves(member, schemas, (*path, name))
        case {"type": "array", "items": items}:
            yield from leaves(items, schemas, (*path, 0))
        case _:
            yield path, schema


def changed(body: Any, path: Path, value: Any) -> Any:
    """A copy of the body with another value at one place; None where the body has nothing on the way there."""
    if not path:
        return value
    first, *rest = path
    if isinstance(body, list) and isinstance(first, int) and first < len(body):
        inner = changed(body[first], tuple(rest), value)
        return None if inner is None else [*body[:first], inner, *body[first + 1 :]]
    if isinstance(body, dict):
        inner = changed(body.get(first), tuple(rest), value)
        return None if inner is None else {**body, first: inner}
    return None
