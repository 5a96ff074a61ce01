"""Connects to Kafka: security settings, and the producer settings that keep each key's events complete and in order."""

import ssl
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from shared.settings import KafkaSettings

REQUEST_MS = 20_000
MAX_RECORD_BYTES = 1_000_000


def producer(settings: KafkaSettings, *, client_id: str) -> AIOKafkaProducer:
    """A producer that is not started yet: idempotent, and waiting for all in-sync replicas.

    With aiokafka's defaults (`acks=1`, not idempotent) records can be lost or duplicated.
    """
    return AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        client_id=client_id,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        max_batch_size=256 * 1024,
        max_request_size=MAX_RECORD_BYTES,
        request_timeout_ms=REQUEST_MS,
        retry_backoff_ms=100,
        **security(settings),
    )


async def reach(settings: KafkaSettings, *, client_id: str) -> None:
    """Check that Kafka answers; raises `KafkaError` if not.

    Done before FastStream's broker is started, because that leaks its connections when it cannot start.
    """
    client = AIOKafkaAdminClient(
        bootstrap_servers=settings.bootstrap_servers,
        client_id=client_id,
        request_timeout_ms=REQUEST_MS,
        **security(settings),
    )
    try:
        await client.start()
    finally:
        await client.close()


def security(settings: KafkaSettings) -> dict[str, Any]:
    """The security arguments of an aiokafka client."""
    options: dict[str, Any] = {"security_protocol": settings.security_protocol}
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = ssl_context(settings)
    if settings.security_protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": settings.username,
            "sasl_plain_password": settings.password.get_secret_value() if settings.password else None,
        }
    return options


def ssl_context(settings: KafkaSettings) -> ssl.SSLContext:
    """The TLS context; it trusts the certificate authority in `settings.ca_file`, or those of the system."""
    return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
