"""The words in which the schema of the values is written."""

from typing import Any, Final, TypeAlias

from pydantic_settings import BaseSettings

Schema: TypeAlias = dict[str, Any]

SIZE: Final = r"^[0-9]+(Mi|Gi|Ti)$"


def part(what: str, **members: Schema) -> Schema:
    """An object with exactly these members; none may be missing, since the chart has a default for each."""
    described = {"description": what} if what else {}
    return {**described, "type": "object", "additionalProperties": False, "properties": members} | {
        "required": list(members)
    }


def free(what: str) -> Schema:
    """An object of which Kubernetes says what it may hold."""
    return {"description": what, "type": "object"}


def text(what: str, least: int = 0) -> Schema:
    """A text of at least so many characters."""
    return {"description": what, "type": "string"} | ({"minLength": least} if least else {})


def labels(what: str) -> Schema:
    """Labels without those that the chart sets itself."""
    return {**free(what), "patternProperties": {r"^(app\.kubernetes\.io|helm\.sh|pasum)/": False}}


def image(what: str, usual: str) -> Schema:
    """An image; what is not given is that of all images."""
    return part(
        what,
        repository=text(f"instead of {usual}"),
        tag=text("instead of image.tag"),
        digest={**text("instead of a tag"), "pattern": "^(sha256:[0-9a-f]{64})?$"},
    )


def url(what: str) -> Schema:
    """An address with a scheme; required."""
    return {**text(what), "pattern": "^https?://[^/]+"}


def number(what: str, least: int, most: int) -> Schema:
    """A whole number."""
    described = {"description": what} if what else {}
    return {**described, "type": "integer", "minimum": least, "maximum": most}


def flag(what: str) -> Schema:
    """True or false."""
    return {"description": what, "type": "boolean"}


def choice(what: str, *words: str) -> Schema:
    """One of these words."""
    return ({"description": what} if what else {}) | {"enum": list(words)}


def listed(what: str, each: Schema) -> Schema:
    """A list."""
    return ({"description": what} if what else {}) | {"type": "array", "items": each}


def secret(what: str, **more: Schema) -> Schema:
    """A key of a secret that exists already; required."""
    return part(what, existingSecret=text("that holds it", least=1), key=text("in the secret", least=1), **more)


def required_if(name: str, value: object, then: Schema) -> Schema:
    """What else must hold where a member has a value."""
    return {"if": {"properties": {name: {"const": value}}}, "then": then}


def settings_of(model: type[BaseSettings], of_chart: frozenset[str], prefix: str) -> Schema:
    """What a settings class has and the chart does not set itself, by the names of the variables."""
    described = model.model_json_schema()["properties"]
    set_here = {*of_chart, *(name.removesuffix("_KIND") for name in of_chart)}  # a store of files is several variables
    own = {name.upper(): one for name, one in described.items() if name.upper() not in set_here}
    found = {name: {key: value for key, value in one.items() if key != "title"} for name, one in own.items()}
    return {
        **part(f"environment variables {prefix}_<name>", **dict(sorted(found.items()))),
        "required": [],
    }


def ca(what: str) -> Schema:
    """A CA certificate in a secret; may be absent."""
    return part(f"the CA certificate {what}", existingSecret=text("that holds it"), key=text("in the secret", least=1))


def volume() -> Schema:
    """A volume that the chart makes, or one that exists."""
    modes = choice("", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
    return part(
        "a PersistentVolumeClaim that is kept when the release goes",
        existingClaim=text("instead of a new one"),
        storageClassName=text("of the new one; the cluster's own without it"),
        accessModes={**listed("of the new one; ReadWriteMany unless there is one node", modes), "minItems": 1},
        size={**text("of the new one"), "pattern": SIZE},
    )
