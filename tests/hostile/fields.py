"""The text members of every request, found in the OpenAPI documents; of every event, in its JSON Schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

Schema = Mapping[str, Any]
Step = str | int

_BY_FORMAT: Final = {
    "date-time": "2022-09-19T01:30:00Z",
    "date": "2022-09-19",
    "uuid": "01900000-0000-7000-8000-000000000001",
    "email": "keo@example.org",
}
_BY_TYPE: Final[Mapping[str, Any]] = {"boolean": False, "string": "ກ", "null": None, "number": 1}


class Field(NamedTuple):
    """One text member: where it is sent, and what its schema says of it."""

    route: str
    place: str
    path: tuple[Step, ...]
    schema: Schema

    @property
    def free(self) -> bool:
        """Whether people write into it what they like: no pattern, format or list of values binds it."""
        return not ({"pattern", "format", "enum", "const"} & self.schema.keys())

    @property
    def pointer(self) -> str:
        """As a problem names it."""
        return "".join(f"/{step}" for step in self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An OpenAPI document or a schema; `known` are values by the name of their member, `always` are sent unasked.

    `instead`: a member, and which of `always` is not sent beside it.
    """

    root: Schema
    known: Mapping[str, Any] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    instead: Mapping[str, str] = field(default_factory=dict)

    def fields(self) -> Iterator[Field]:
        """Each text member of each request."""
        for path, operations in self.root["paths"].items():
            for method, operation in operations.items():
                route = f"{method.upper()} {path}"
                for parameter in operation.get("parameters", ()):
                    if parameter["in"] == "query":
                        for _, schema in self.leaves(parameter["schema"]):
                            yield Field(route, "query", (parameter["name"],), schema)
                for where, schema in self.leaves(self.body_of(route)):
                    yield Field(route, "body", where, schema)

    def body_of(self, route: str) -> Schema:
        """The schema of a route's JSON body; empty where it has none."""
        method, _, path = route.partition(" ")
        content = self.root["paths"][path][method.lower()].get("requestBody", {}).get("content", {})
        schema: Schema = content.get("application/json", {}).get("schema", {})
        return schema

    def leaves(self, schema: Schema, path: tuple[Step, ...] = ()) -> Iterator[tuple[tuple[Step, ...], Schema]]:
        """The places of strings below a schema."""
        for option in self._options(schema):
            if option.get("type") == "string":
                yield path, option
            for name, inner in option.get("properties", {}).items():
                yield from self.leaves(inner, (*path, name))
            if "items" in option or "prefixItems" in option:
                yield from self.leaves(option.get("items") or option["prefixItems"][0], (*path, 0))

    def holding(self, schema: Schema, path: tuple[Step, ...], value: Any) -> Any:
        """A value that fits a schema, with `value` at one place."""
        if not path:
            return value
        head, rest = path[0], path[1:]
        if head == 0:
            (option,) = (one for one in self._options(schema) if one.get("type") == "array")
            return [self.holding(option["items"], rest, value)]
        option = next(one for one in self._options(schema) if head in one.get("properties", {}))
        inner = self.holding(option["properties"][head], rest, value)
        others = {name: each for name, each in self._members(option).items() if name != self.instead.get(str(head))}
        return {**others, head: inner}

    def example(self, schema: Schema, name: str = "") -> Any:
        """A value that fits a schema."""
        if name in self.known:
            value = self.known[name]
            return value() if callable(value) else value
        option = next(self._options(schema))
        if "pattern" in option and option.get("examples"):
            return option["examples"][0]
        match option.get("type"):
            case "object":
                return self._members(option)
            case "array":
                return [self.example(option["items"])] if option.get("minItems") else []
            case "integer":
                return int(option.get("minimum", 1))
            case kind:
                values = option.get("enum") or [option.get("const", _BY_FORMAT.get(option.get("format", "")))]
                return values[0] if values[0] is not None else _BY_TYPE[kind or "null"]

    def _members(self, option: Schema) -> dict[str, Any]:
        properties = option.get("properties", {})
        wanted = [*option.get("required", ()), *(self.always & properties.keys())]
        return {name: self.example(properties[name], name) for name in dict.fromkeys(wanted)}

    def _options(self, schema: Schema) -> Iterator[Schema]:
        """The schema itself, behind references; each of several, the one that may be null last."""
        if "$ref" in schema:
            yield from self._options(self._behind(schema["$ref"]))
        elif options := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
            for option in options:
                yield from self._options(option)
        elif isinstance(kinds := schema.get("type"), list):
            yield from ({**schema, "type": kind} for kind in kinds)
        else:
            yield schema

    def _behind(self, reference: str) -> Schema:
        found: Any = self.root
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        schema: Schema = found
        return schema
