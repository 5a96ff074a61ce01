"""The values that say where Kafka, the identity provider, mail, SMS and documents are."""

from shared.settings import HttpSettings
from tests.deploy.values_schema_objects import documents
from tests.deploy.values_schema_parts import (
    Schema,
    ca,
    choice,
    flag,
    free,
    image,
    listed,
    number,
    part,
    required_if,
    secret,
    settings_of,
    text,
    url,
)


def outside() -> dict[str, Schema]:
    """What stands outside of the release."""
    return {
        "kafka": part(
            "",
            bootstrapServers=text("host:port, comma-separated", least=1),
            securityProtocol=choice("SASL is SCRAM-SHA-512", "SASL_SSL", "SASL_PLAINTEXT", "SSL", "PLAINTEXT"),
            ca=ca("of Kafka; Strimzi's <cluster>-cluster-ca-cert"),
        ),
        "strimzi": _strimzi(),
        "bootstrap": _bootstrap(),
        **_gateways(),
        "oidc": part(
            "",
            issuer=url("the `iss` of a token"),
            audience=text("the `aud` of a token", least=1),
            tokenTypes=text("the `typ` of a token, comma-separated; `JWT` for Keycloak only", least=1),
            jwksUrl=text("<issuer>/.well-known/jwks.json without it"),
        ),
        "sealing": secret("Fernet keys, comma-separated, the first seals; of registration and notification"),
        "http": part(
            "",
            trustedProxies=listed("networks of reverse proxies whose X-Forwarded-For is believed", text("a network")),
            settings=settings_of(HttpSettings, frozenset(), "HTTP"),
        ),
        "tracing": part("", endpoint=text("an OTLP collector, http://host:4318; without it nothing is exported")),
    }


def _strimzi() -> Schema:
    topics = part(
        "Strimzi's objects, as deploy/topics.yaml declares topics and rights",
        topics=flag("whether KafkaTopics are rendered"),
        users=flag("whether KafkaUsers are rendered"),
        cluster=text("the Kafka they belong to; required with topics or users"),
        namespace=text("of that Kafka; the release's without it"),
        replicas=number("of each partition", 1, 9),
        minInSyncReplicas=number("which have a record before it counts as written", 1, 9),
    )
    needs = {"properties": {"cluster": {"minLength": 1}}}
    return {
        **topics,
        "allOf": [required_if("topics", value=True, then=needs), required_if("users", value=True, then=needs)],
    }


def _bootstrap() -> Schema:
    return part(
        "without Strimzi: a Job that makes topics, users and rights, as deploy/topics.yaml declares them",
        enabled=flag("whether it is rendered"),
        users=flag("also users (SCRAM-SHA-512) with the passwords of <service>.kafka, and their rights"),
        existingSecret=text("of a user who may administer Kafka; required with SASL"),
        usernameKey=text("in the secret", least=1),
        passwordKey=text("in the secret", least=1),
        replicas=number("of each partition of a new topic", 1, 9),
        minInSyncReplicas=number("which have a record before it counts as written", 1, 9),
        revision=text("another one makes another Job, e.g. after a password was changed"),
        image=image("the image with the command line", "<image.repository>/pasum"),
        backoffLimit=number("how often the Job is tried again", 0, 100),
        resources=free("of the Job"),
    )


def _gateways() -> dict[str, Schema]:
    return {
        "mail": part(
            "the SMTP server",
            host=text("its name", least=1),
            port=number("its port", 1, 65535),
            security=choice("of the connection", "starttls", "tls", "none"),
            existingSecret=text("user and password; without it nobody logs in"),
            usernameKey=text("in the secret", least=1),
            passwordKey=text("in the secret", least=1),
            senderAddress=text("From, and where bounces go", least=3),
            senderDomain=text("in every Message-ID and calendar UID: never change it", least=1),
        ),
        "sms": secret(
            "the SMS gateway; the secret signs what is submitted and the receipts",
            url=url("its address"),
            destinations={**listed("country calling codes SMS may go to", text("digits", least=1)), "minItems": 1},
        ),
        "objects": documents(),
    }
