"""The values that say where documents and packages are kept."""

from typing import Final

from tests.deploy.values_schema_parts import Schema, ca, choice, flag, part, text, volume

_KEYS: Final = ("accessKeyIdKey", "secretAccessKeyKey")


def documents() -> Schema:
    """The value `objects`."""
    return part(
        "where documents are kept; that of minutes is read by the archive",
        kind=choice("volumes, or buckets: also for the archive's packages", "volume", "s3"),
        volume=volume(),
        s3=part(
            "any store that speaks S3, with conditional writes",
            endpoint={**text("https://host:port; that of AWS without it"), "pattern": "^(https?://[^/@]+)?$"},
            region=text("its region", least=1),
            pathStyle=flag("https://endpoint/bucket rather than https://bucket.endpoint"),
            ca=ca("of the endpoint"),
            bucket=text("of the documents of minutes; required with kind s3"),
        ),
    )


def user(**more: Schema) -> Schema:
    """The value `s3` of a service."""
    keys = {name: text("in the secret", least=1) for name in _KEYS}
    return part("its user in S3", existingSecret=text("that holds its keys; required with kind s3"), **keys, **more)


def needed_in_s3() -> list[Schema]:
    """What else must be given if documents are in S3."""
    rules = [
        _with_s3({"objects": {"s3": {"bucket": _GIVEN}}}),
        _with_s3({"registration": {"s3": {"existingSecret": _GIVEN, "bucket": _GIVEN}}}, service="registration"),
        _with_s3({"minutes": {"s3": {"existingSecret": _GIVEN}}}, service="minutes"),
        _with_s3({"archive": {"s3": {"existingSecret": _GIVEN, "bucket": _GIVEN}}}, service="archive"),
    ]
    limited = {"properties": {"enabled": {"const": True}}}
    peers = {"networkPolicy": {"objects": {"peers": {"minItems": 1}}}}
    return [*rules, {"if": {"properties": {"networkPolicy": limited}}, "then": _with_s3(peers)}]


_GIVEN: Final[Schema] = {"minLength": 1}


def _with_s3(then: Schema, *, service: str | None = None) -> Schema:
    where: Schema = {"objects": {"properties": {"kind": {"const": "s3"}}}}
    if service is not None:
        where[service] = {"properties": {"enabled": {"const": True}}}
    return {"if": {"properties": where}, "then": _nested(then)}


def _nested(given: Schema) -> Schema:
    """A path of names as a schema; what has no further names is one already."""
    if not all(isinstance(one, dict) for one in given.values()):
        return given
    return {"properties": {name: _nested(one) for name, one in given.items()}}
