"""What the values of the chart may be: `deploy/helm/pasum/values.schema.json`, strict, from the services' settings."""

from collections.abc import Mapping
from typing import Final

from shared.contracts import SERVICE_NAMES, WEB_NAMES
from tests.deploy.settings import OF_CHART, SETTINGS
from tests.deploy.values_schema_objects import needed_in_s3, user
from tests.deploy.values_schema_outside import outside
from tests.deploy.values_schema_parts import (
    Schema,
    ca,
    choice,
    flag,
    free,
    image,
    number,
    part,
    secret,
    settings_of,
    text,
    url,
    volume,
)
from tests.deploy.values_schema_release import cluster, common, traced_within_policy

_SSL_MODES: Final = ("disable", "prefer", "require", "verify-ca", "verify-full")


_NEEDED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "sealing": ("registration", "notification"),
    "mail": ("notification",),
    "sms": ("notification",),
    **{name: (name,) for name in (*SERVICE_NAMES, *WEB_NAMES)},
}
"""The values that are looked at only if one of these services is enabled."""


def schema() -> Schema:
    """The whole schema."""
    described = whole()
    given = described["properties"]
    free_where_off = {name: {"type": "object"} for name in _NEEDED_BY}
    rules = [
        {"if": _off(services), "else": {"properties": {name: given[name]}}} for name, services in _NEEDED_BY.items()
    ]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Values of the chart pasum"}
    return {
        **head,
        **described,
        "properties": {**given, **free_where_off},
        "allOf": [*rules, *needed_in_s3(), traced_within_policy()],
    }


def whole() -> Schema:
    """The schema of a release with all services."""
    described = part("", **common(), **outside(), **_services(), portal=_portal(), **cluster())
    described["required"] = [name for name in described["properties"] if name not in {"global", "enabled"}]
    return described


def _off(services: tuple[str, ...]) -> Schema:
    return {"properties": {name: {"properties": {"enabled": {"const": False}}} for name in services}}


def _services() -> dict[str, Schema]:
    own: Mapping[str, dict[str, Schema]] = {
        "registration": {
            "ticketKey": secret(
                "signs tickets: PEM, PKCS#8, Ed25519", id=text("names the key in tickets; a new key has a new one", 1)
            ),
            "privacyNotice": _privacy_notice(),
            "s3": user(bucket=text("of documents of meetings; required with kind s3")),
            "volume": volume(),
        },
        "notification": {
            "alreadySent": part(
                "after a restore: what the providers had before it, one reference on each line",
                existingSecret=text("that holds the list; nothing is held back without it"),
                key=text("in the secret", least=1),
            )
        },
        "minutes": {
            "s3": user(),
            "signing": part(
                "the keys that sign minutes",
                existingSecret=text("that holds them", least=1),
                recorderKey=text("PKCS#12 of the recorder", least=1),
                chairKey=text("PKCS#12 of the chair", least=1),
                trustRootKey=text("PEM of the root every signature must lead to", least=1),
                passphraseKey=text("passphrase of both PKCS#12 files, where they have one"),
            ),
        },
        "archive": {
            "s3": user(bucket=text("of packages; required with kind s3")),
            "logKey": secret(
                "signs the log's checkpoints: PEM, PKCS#8, Ed25519",
                origin=text("the log's name for ever, a URL without scheme", least=1),
            ),
            "volume": volume(),
        },
    }
    return {name: _service(name, parts) for name, parts in own.items()}


def _privacy_notice() -> Schema:
    return part(
        "what people are told of their data, instead of the notice that comes with registration",
        existingConfigMap=text("that holds it, as services/registration/data/privacy-notice.toml is written"),
        key=text("in it", least=1),
    )


def _portal() -> Schema:
    return part(
        "pages for people, over the API of registration; without them links in messages lead to registration itself",
        enabled=flag("whether the release has it"),
        url=url("where people reach it; links in messages lead here"),
        image=image("its image", "<image.repository>/portal"),
        settings=settings_of(SETTINGS["portal"], OF_CHART["portal"], "PORTAL"),
        sessions=part(
            "with them, staff sign in by `oidc`",
            existingSecret=text("that holds the keys that seal sessions; without it there are no pages for staff"),
            key=text("in the secret: url-safe base64 of 32 bytes, comma-separated, the first seals", least=1),
        ),
        client=part(
            "as what the identity provider knows the portal",
            id=text("its name there", least=1),
            existingSecret=text("that holds its secret; a public client without it"),
            key=text("in the secret", least=1),
        ),
        roles=part("", api=_role("cpu")),
    )


def _service(name: str, own: Mapping[str, Schema]) -> Schema:
    return part(
        "",
        enabled=flag("whether the release has it"),
        url=url("where its clients reach it, also in links"),
        image=image("this service's image", "<image.repository>/<service>"),
        database=_database(),
        kafka=part(
            "its user",
            username=text("its name, which is the KafkaUser's", least=1),
            existingSecret=text("that holds the password; Strimzi's of the KafkaUser", least=1),
            passwordKey=text("in the secret", least=1),
        ),
        settings=settings_of(SETTINGS[name], OF_CHART[name], name.upper()),
        **own,
        roles=part(
            "",
            allInOne=_role("cpu"),
            api=_role("cpu"),
            consumer=_role("cpu", "lag"),
            relay=_role(),
            worker=_role("cpu"),
        ),
    )


def _database() -> Schema:
    return part(
        "PostgreSQL",
        existingSecret=text("CloudNativePG's <cluster>-app, or one with user and password", least=1),
        uriKey=text("the DSN in the secret, used unless host is given", least=1),
        host=text("instead of the DSN's: of a pooler, or where the secret has no DSN"),
        port=number("beside host", 1, 65535),
        name=text("of the database, beside host", least=1),
        usernameKey=text("in the secret, beside host", least=1),
        passwordKey=text("in the secret, beside host", least=1),
        sslMode=choice("of PostgreSQL's clients; verify-… needs ca or customCA", *_SSL_MODES),
        ca=ca("of PostgreSQL; CloudNativePG's <cluster>-ca"),
    )


def _role(*scaled_by: str) -> Schema:
    found = {
        "replicas": number("pods, unless it is scaled by itself", 1, 100),
        "resources": free("requests and limits of the container"),
    }
    if scaled_by:
        found["autoscaling"] = part(
            "",
            kind=choice("by nothing, CPU, or the consumer's lag (KEDA)", "none", *scaled_by),
            minReplicas=number("the least pods", 1, 100),
            maxReplicas=number("the most pods; of a consumer at most the partitions of a topic", 1, 100),
            cpuPercent=number("of the request, at which pods are added", 1, 100),
            **({"lagThreshold": number("records a pod may be behind", 1, 10**9)} if "lag" in scaled_by else {}),
        )
    return part("", **found)
