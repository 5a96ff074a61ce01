"""How our processes connect to Kafka: one place for security and for the settings that keep the promise."""

import ssl
from functools import partial
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from faststream.kafka import KafkaBroker
from faststream.security import BaseSecurity, SASLScram512

from shared.messaging.reader import Reader
from shared.settings import KafkaSettings

REQUEST_MS = 20_000
MAX_RECORD_BYTES = 1_000_000


def producer(settings: KafkaSettings, *, client_id: str) -> AIOKafkaProducer:
    """An idempotent producer that waits for all in-sync replicas; the defaults lose (acks=1) and double."""
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


def herald(settings: KafkaSettings, *, client_id: str) -> AIOKafkaProducer:
    """A producer that has an id and an epoch from Kafka when it is started, the next one each time; it writes nothing.

    Its transactional id is `eoffice.<client_id>`: a right of the principal, beside its topics.
    """
    return AIOKafkaProducer(
        bootstrap_servers=settings.bootstrap_servers,
        client_id=client_id,
        transactional_id=f"eoffice.{client_id}",
        request_timeout_ms=REQUEST_MS,
        retry_backoff_ms=100,
        **security(settings),
    )


class _Broker(KafkaBroker):
    """Its subscribers read through a `Reader`."""

    async def _connect(self) -> Any:
        builder: Any = await super()._connect()
        self.config.broker_config.builder = partial(Reader, *builder.args, **builder.keywords)
        return self.config.broker_config.builder


def broker(settings: KafkaSettings, *, client_id: str) -> KafkaBroker:
    """A FastStream broker that neither logs two lines a message nor casts what we have decoded ourselves."""
    return _Broker(
        settings.bootstrap_servers.split(","),
        client_id=client_id,
        security=_faststream(settings),
        logger=None,
        apply_types=False,
        graceful_timeout=20.0,
        allow_auto_create_topics=False,
        request_timeout_ms=REQUEST_MS,
        retry_backoff_ms=100,
    )


async def reach(settings: KafkaSettings, *, client_id: str) -> None:
    """Raises `KafkaError` where Kafka does not answer; FastStream's broker would leave open what it had opened."""
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
    """The security arguments every aiokafka client takes."""
    options: dict[str, Any] = {"security_protocol": settings.security_protocol}
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = _ssl(settings)
    if settings.security_protocol.startswith("SASL"):
        options |= {
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": settings.username,
            "sasl_plain_password": settings.password.get_secret_value() if settings.password else None,
        }
    return options


def _ssl(settings: KafkaSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)


def _faststream(settings: KafkaSettings) -> BaseSecurity | None:
    context = _ssl(settings) if settings.security_protocol.endswith("SSL") else None
    if settings.security_protocol.startswith("SASL"):
        return SASLScram512(
            username=settings.username or "",
            password=settings.password.get_secret_value() if settings.password else "",
            ssl_context=context,
            use_ssl=context is not None,
        )
    return BaseSecurity(ssl_context=context, use_ssl=True) if context else None
