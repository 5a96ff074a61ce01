"""Faults of Kafka, made on a real broker, and how each is over."""

import asyncio
import ssl
from functools import partial
from pathlib import Path
from typing import cast

from confluent_kafka.admin import AclBindingFilter, AclOperation, AclPermissionType, ResourcePatternType, ResourceType

from deploy.local import topics
from deploy.local.ports import LOOPBACK, free_port
from tests.startup.broken import Broken
from tests.startup.office import Office
from tests.tls import private_authority

PERSON = "eoffice.registration.person.v1"
MESSAGE = "eoffice.notification.message.v1"
GROUP = "eoffice.registration"


async def unreachable(office: Office, _folder: Path) -> Broken:
    """Nobody listens; later there is a way."""
    await office.declare()
    port, there = free_port(), int(office.kafka.bootstrap.rpartition(":")[2])
    address = f"{LOOPBACK}:{port}"
    environment = office.environment(await office.database(), KAFKA_BOOTSTRAP_SERVERS=address)
    cure = partial(office.forward, port, there)
    return Broken(environment=environment, roles="relay,consumer", what=address, cure=cure)


async def login_refused(office: Office, _folder: Path) -> Broken:
    """The password of the secret is not that of Kafka, until it is set."""
    await office.declare()
    environment = office.environment(await office.database(), KAFKA_PASSWORD="newer-password-of-kafka")  # noqa: S106 -- of a test
    cure = partial(
        asyncio.to_thread, topics.set_passwords, office.kafka.admin(), {"registration": "newer-password-of-kafka"}
    )
    return Broken(environment=environment, roles="relay,consumer", what=office.kafka.bootstrap, cure=cure)


async def topic_missing(office: Office, _folder: Path) -> Broken:
    """A topic that the relay writes is not there, until somebody makes it."""
    await office.declare()
    admin = office.kafka.admin()
    await asyncio.to_thread(admin.delete_topics([PERSON])[PERSON].result)
    environment = office.environment(await office.database())
    return Broken(environment=environment, roles="relay", what=PERSON, cure=office.declare)


async def topic_forbidden(office: Office, _folder: Path) -> Broken:
    """The consumer may not read its topic, until it may."""
    await forbid(office, ResourceType.TOPIC, MESSAGE)
    environment = office.environment(await office.database())
    return Broken(environment=environment, roles="consumer", what=MESSAGE, cure=office.declare)


async def group_forbidden(office: Office, _folder: Path) -> Broken:
    """The consumer may not join its group, until it may."""
    await forbid(office, ResourceType.GROUP, GROUP)
    environment = office.environment(await office.database())
    what = f"{GROUP} at {office.kafka.bootstrap}"
    return Broken(environment=environment, roles="consumer", what=what, cure=office.declare)


async def transactional_id_forbidden(office: Office, _folder: Path) -> Broken:
    """The relay may not use its transactional id, until it may."""
    await forbid(office, ResourceType.TRANSACTIONAL_ID, GROUP)
    environment = office.environment(await office.database())
    return Broken(environment=environment, roles="relay", what=office.kafka.bootstrap, cure=office.declare)


async def forbid(office: Office, kind: ResourceType, name: str) -> None:
    """Take all rights to something from registration."""
    await office.declare()
    principal, anywhere = "User:registration", cast("str", None)  # the library's types do not know "from any host"
    any_right = AclBindingFilter(
        kind, name, ResourcePatternType.ANY, principal, anywhere, AclOperation.ANY, AclPermissionType.ANY
    )
    admin = office.kafka.admin()
    (done,) = admin.delete_acls([any_right]).values()
    await asyncio.to_thread(done.result)


async def certificate_refused(office: Office, folder: Path) -> Broken:
    """The broker has a certificate of an authority that nobody knows, until it gets one of the right authority."""
    await office.declare()
    (folder / "right").mkdir()
    (folder / "wrong").mkdir()
    right, wrong = private_authority(folder / "right"), private_authority(folder / "wrong")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(wrong.certificate, wrong.key)
    address = office.kafka.proxied
    await office.forward(int(address.rpartition(":")[2]), office.behind_proxy, tls=context)
    own = {"KAFKA_SECURITY_PROTOCOL": "SASL_SSL", "KAFKA_CA_FILE": str(right.ca), "KAFKA_BOOTSTRAP_SERVERS": address}

    async def cure() -> None:
        context.load_cert_chain(right.certificate, right.key)

    return Broken(
        environment=office.environment(await office.database(), **own), roles="relay,consumer", what=address, cure=cure
    )
