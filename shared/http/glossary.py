"""What the members of requests and answers mean, in plain words and with an example: one entry for each name.

A member means the same in all models of a service, so it is explained once, in the glossary of the service (`GLOSSARY`
of its `api`). Where a model means something else by it, the entry `Model.member` counts, and for a parameter of the
operations with a tag `tag.parameter`. The entry `Model` is an example of the whole, where its members depend on each
other. What a model says itself, with `Field(description=…, examples=[…])`, counts before the glossary.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Schema: TypeAlias = dict[str, Any]
_PARTS: Final = object()


class NoExample(LookupError):
    """A schema of which no example can be given: neither the model nor the glossary has one."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a member is, and a value that it may have; without one the value is put together from those of its parts."""

    meaning: str
    example: Any = _PARTS


Glossary: TypeAlias = Mapping[str, Word]

COMMON: Final[Glossary] = {
    "items": Word("the items of this page"),
    "next": Word("pass it as `cursor`; null on the last page", None),
    "cursor": Word("`next` of the page before", "IjAxODM1Mzk0LTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMSI"),
    "limit": Word("the most items of a page", 50),
    "lo": Word("in Lao", "ກອງປະຊຸມປຶກສາຫາລື"),
    "en": Word("in English; null where nobody has translated it", "Consultation meeting"),
    "Idempotency-Key": Word("the same request with the same key takes effect once", "4f0c2f0e-1"),
    "If-Match": Word("the ETag that was read", '"7"'),
    "If-None-Match": Word("`*`: only if there is none yet", "*"),
    "Problem.type": Word("which kind of problem", "urn:pasum:problem:meeting-full"),
    "Problem.title": Word("Lao", "ບ່ອນນັ່ງເຕັມແລ້ວ"),
    "Problem.title_en": Word("English", "No seat is free."),
    "Problem.status": Word("the status of the answer", 409),
    "Problem.code": Word("class name of the refusal", "MeetingFull"),
    "Problem.field": Word("the first offending member", None),
    "Problem.errors": Word("each offending member", None),
    "Problem.details": Word("safe values that may be shown", None),
    "Problem.instance": Word("where it happened", "urn:pasum:trace:4bf92f3577b34da6a3ce929d0e0e4736"),
    "Problem.trace_id": Word("quote it when asking for help", "4bf92f3577b34da6a3ce929d0e0e4736"),
    "FieldProblem.field": Word("the offending member", "/person/given_name"),
    "FieldProblem.code": Word("the kind of mistake", "missing"),
    "FieldProblem.in": Word("where it was sent", "body"),
    "FieldProblem.place": Word("where it was sent", "body"),
    "FieldProblem.detail": Word("Lao", "ກະລຸນາໃສ່ຂໍ້ມູນນີ້"),
    "FieldProblem.detail_en": Word("English", "This is required."),
}
"""What the kernel itself puts into requests and answers."""


def explain(document: Schema, glossary: Glossary) -> None:
    """Describe each member and parameter of an OpenAPI document, and give each body an example, in place.

    What is in neither the models nor the glossary stays without; `tests/openapi` names it.
    """
    words = {**COMMON, **glossary}
    schemas: dict[str, Schema] = document["components"]["schemas"]
    for schema in schemas.values():
        model = schema.get("title")
        _apply(words.get(str(model)), schema)
        for name, member in schema.get("properties", {}).items():
            _apply(words.get(f"{model}.{name}") or words.get(name), member)
    for operation in operations(document):
        for parameter in operation.get("parameters", ()):
            name, tag = parameter["name"], next(iter(operation.get("tags", ())), "")
            _explain_parameter(words.get(f"{tag}.{name}") or words.get(name), parameter)
        for content in bodies(operation):
            if "example" not in content and "examples" not in content:
                _give_example(content, schemas)


def operations(document: Schema) -> Iterator[Schema]:
    """Every operation of an OpenAPI document."""
    for path in document.get("paths", {}).values():
        yield from (part for part in path.values() if isinstance(part, dict) and "responses" in part)


def bodies(operation: Schema) -> Iterator[Schema]:
    """The contents (`schema`, `example`) of the body of a request, and of the bodies of all answers."""
    for owner in (operation.get("requestBody", {}), *operation["responses"].values()):
        yield from owner.get("content", {}).values()


def example_of(schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    """An example of a value of `schema`: its own, or put together from those of its parts. Raises `NoExample`."""
    match schema:
        case {"examples": [first, *_]} | {"example": first} | {"const": first} | {"enum": [first, *_]}:
            return first
        case {"$ref": str(reference)}:
            return example_of(schemas[reference.rpartition("/")[2]], schemas)
        case {"anyOf": [first, *_]} | {"oneOf": [first, *_]} | {"allOf": [first, *_]}:
            return example_of(first, schemas)
    return _put_together(schema, schemas)


def _put_together(schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    match schema:
        case {"properties": properties}:
            return {name: example_of(member, schemas) for name, member in properties.items()}
        case {"type": "array", "items": items}:
            return [example_of(items, schemas)]
        case {"type": "boolean"}:
            return False
        case {"type": "null"}:
            return None
    raise NoExample(schema.get("title", schema))


def _apply(word: Word | None, member: Schema) -> None:
    if word is None:
        return
    member.setdefault("description", word.meaning)
    if word.example is not _PARTS:
        member.setdefault("examples", [word.example])


def _explain_parameter(word: Word | None, parameter: Schema) -> None:
    if word is not None:
        parameter.setdefault("description", word.meaning)
        if word.example is not _PARTS:
            parameter.setdefault("example", word.example)


def _give_example(content: Schema, schemas: Mapping[str, Schema]) -> None:
    try:
        content["example"] = example_of(content["schema"], schemas)
    except NoExample:
        return
