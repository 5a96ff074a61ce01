"""The JSON Schema (draft 2020-12) of the answers to a form: what it accepts may be sent with a registration."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from services.registration.domain.form.checking import (
    CHOICE,
    DATE,
    FILE,
    LARGEST_NUMBER,
    LONGEST_TEXT,
    MULTIPLE_CHOICE,
    NUMBER,
    TEXT,
    YES_NO,
)
from shared.contracts.registration import FormCondition, FormField

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def json_schema(fields: Sequence[FormField]) -> Schema:
    """The schema of an object with one member for each field that is answered; nothing else is in it."""
    by_name = {field.name: field for field in fields}
    rules = [rule for field in fields for rule in _rules(field, by_name)]
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {field.name: _property(field) for field in fields},
        "required": [field.name for field in fields if field.required and field.shown_when is None],
        "additionalProperties": False,
        **({"allOf": rules} if rules else {}),
    }


def schema_of_sending(fields: Sequence[FormField]) -> Schema:
    """As `json_schema`, for what may be sent: a file is sent by itself, afterwards, so none is required here."""
    optional = {"required": False, "required_when": None}
    return json_schema([FormField(**{**dict(field), **optional}) if field.kind == FILE else field for field in fields])


def _property(field: FormField) -> Schema:
    told = {"title": field.label.lo, **({"description": field.help.lo} if field.help else {})}
    return told | PROPERTIES[field.kind](field)


def _several(field: FormField) -> Schema:
    values = [choice.value for choice in field.choices]
    items = {"type": "string", "enum": values}
    most = field.max_choices or len(values)
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most, "uniqueItems": True}


def _number(field: FormField) -> Schema:
    least = -LARGEST_NUMBER if field.minimum is None else field.minimum
    greatest = LARGEST_NUMBER if field.maximum is None else field.maximum
    return {"type": "integer" if field.whole else "number", "minimum": least, "maximum": greatest}


PROPERTIES: Final[Mapping[str, Callable[[FormField], Schema]]] = {
    TEXT: lambda field: {"type": "string", "minLength": 1, "maxLength": field.max_length or LONGEST_TEXT},
    CHOICE: lambda field: {"type": "string", "enum": [choice.value for choice in field.choices]},
    MULTIPLE_CHOICE: _several,
    NUMBER: _number,
    DATE: lambda _: {"type": "string", "format": "date"},
    YES_NO: lambda _: {"type": "boolean"},
    FILE: lambda _: {"type": "string", "pattern": "^[0-9a-f]{64}$", "readOnly": True},
}
"""Kind of field → the schema of its answers."""


def _rules(field: FormField, by_name: Mapping[str, FormField]) -> Sequence[Schema]:
    """What depends on answers to other fields: a field that is not asked has no answer."""
    rules: list[Schema] = []
    shown = field.shown_when and _holds(field.shown_when, by_name)
    if shown:
        asked = {"then": {"required": [field.name]}} if field.required else {}
        rules.append({"if": shown, **asked, "else": {"properties": {field.name: False}}})
    if field.required_when and not field.required:
        needed = _holds(field.required_when, by_name)
        rules.append({"if": {"allOf": [shown, needed]} if shown else needed, "then": {"required": [field.name]}})
    return rules


def _holds(condition: FormCondition, by_name: Mapping[str, FormField]) -> Schema:
    constant: Schema = {"const": condition.value}
    several = by_name[condition.field].kind == MULTIPLE_CHOICE
    fits = {"contains": constant} if several else constant
    return {"properties": {condition.field: fits}, "required": [condition.field]}
