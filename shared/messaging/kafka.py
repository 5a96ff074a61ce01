"""Connects to Kafka: security settings, and the producer settings that keep each key's events complete and in order."""

import asyncio
import ssl
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer, errors
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from shared.observability.faults import Fault, Faulty
from shared.settings import KafkaSettings

REQUEST_MS = 20_000
MAX_RECORD_BYTES = 1_000_000
REACH_SECONDS: Final = 30.0  # for all servers together; a loop must beat more often than every 90 s

_KINDS: Final[Mapping[type[BaseException], Fault]] = {
    ssl.SSLError: Fault.KAFKA_CERTIFICATE_REFUSED,
    errors.AuthenticationFailedError: Fault.KAFKA_LOGIN_REFUSED,
    errors.SaslAuthenticationFailed: Fault.KAFKA_LOGIN_REFUSED,
    errors.UnsupportedSaslMechanismError: Fault.KAFKA_LOGIN_REFUSED,
    errors.UnknownTopicOrPartitionError: Fault.KAFKA_TOPIC_MISSING,
    errors.TopicAuthorizationFailedError: Fault.KAFKA_RIGHT_MISSING,
    errors.GroupAuthorizationFailedError: Fault.KAFKA_RIGHT_MISSING,
    errors.ClusterAuthorizationFailedError: Fault.KAFKA_RIGHT_MISSING,
    errors.TransactionalIdAuthorizationFailed: Fault.KAFKA_RIGHT_MISSING,
}


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


async def reach(settings: KafkaSettings, *, client_id: str, topics: Sequence[str] = ()) -> None:
    """Return if Kafka answers, accepts the login and has these topics; raises `Faulty`.

    Done before a client of aiokafka is started: those hide why they cannot connect, and some leak connections then.
    """
    failed: list[Faulty] = []
    hosts = collect_hosts(settings.bootstrap_servers)
    for host, port, _ in hosts:
        try:
            async with asyncio.timeout(REACH_SECONDS / len(hosts)):
                await _ask(settings, host, port, client_id=client_id, topics=topics)
        except (KafkaError, OSError, TimeoutError) as error:
            failed.append(faulty(error, f"{host}:{port}"))
        else:
            return
    raise min(failed, key=lambda one: one.fault is Fault.KAFKA_UNREACHABLE)


async def answered(work: Awaitable[object], settings: KafkaSettings) -> None:
    """Wait for `work` of a client of aiokafka, at most `REACH_SECONDS`; raises `Faulty` then, and what it raises."""
    try:
        async with asyncio.timeout(REACH_SECONDS):
            await work
    except TimeoutError as error:
        raise faulty(error, settings.bootstrap_servers) from error


async def _ask(settings: KafkaSettings, host: str, port: int, *, client_id: str, topics: Sequence[str]) -> None:
    """Log in at one server and ask it for the topics."""
    options = {"client_id": client_id, "request_timeout_ms": REQUEST_MS, **security(settings)}
    connection = await create_conn(host, port, **options)
    try:
        answer = await connection.send(MetadataRequest(list(topics), allow_auto_topic_creation=False))
    finally:
        connection.close()
    for kind in (errors.TopicAuthorizationFailedError, errors.UnknownTopicOrPartitionError):
        names = sorted(topic[1] for topic in answer.topics if topic[0] == kind.errno)
        if names:
            raise Faulty(_KINDS[kind], ", ".join(names))


def faulty(error: BaseException, what: str) -> Faulty:
    """What an error of aiokafka or of the network says; `what` is the server or the topics it is about."""
    if isinstance(error, FileNotFoundError | PermissionError) and error.filename:
        return Faulty(Fault.FILE_MISSING, str(error.filename))
    kind = next((fault for kind, fault in _KINDS.items() if isinstance(error, kind)), Fault.KAFKA_UNREACHABLE)
    return Faulty(kind, what)


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
