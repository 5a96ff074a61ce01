"""What is rotated, and how: the commands of docs/howto/rotate-keys.md on the local system."""

import asyncio
import base64
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from secrets import token_urlsafe
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import asyncpg
import httpx
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from deploy.local import issuer, pki, topics
from pasum.api import addresses, bearer
from shared.contracts import SERVICE_NAMES
from tests.rotation.rolling import RollingSystem

Step: TypeAlias = Callable[[RollingSystem], Awaitable[None]]
_SEALING: Final = ("registration", "notification")
KEYS_SECONDS: Final = 5.0
"""The longest time in which a token with a new key may be accepted."""


async def database_passwords(rolling: RollingSystem) -> None:
    """A second login role per service takes turns with the first one: both passwords are valid meanwhile."""
    postgres = rolling.system.stack.postgres
    assert postgres is not None
    for service in SERVICE_NAMES:
        password, old = token_urlsafe(), token_urlsafe()
        await _execute(
            postgres.dsn(service),
            f"CREATE ROLE {service}_2 LOGIN PASSWORD '{password}' IN ROLE {service}",
            f"ALTER ROLE {service}_2 SET role = '{service}'",
        )
        dsn = postgres.dsn(service, user=f"{service}_2", password=password)
        await rolling.roll(service, **{f"{service.upper()}_DATABASE_DSN": dsn})
        await _execute(postgres.dsn(service), f"ALTER ROLE {service} PASSWORD '{old}'")


async def kafka_passwords(rolling: RollingSystem) -> None:
    """The new password is set in Kafka, then the processes get it; connections that are open stay open."""
    kafka = rolling.system.stack.kafka
    assert kafka is not None
    for service in SERVICE_NAMES:
        password = token_urlsafe()
        await asyncio.to_thread(topics.set_passwords, kafka.admin(), {service: password})
        await asyncio.to_thread(kafka.wait_for_user, service, password)
        await rolling.roll(service, KAFKA_PASSWORD=password)


async def sealing_keys(rolling: RollingSystem) -> None:
    """All learn to open the new key, then all seal with it; the old one still opens what was sealed before."""
    old, new = rolling.system.secrets().sealing_key, Fernet.generate_key().decode()
    for keys in (f"{old},{new}", f"{new},{old}"):
        for service in _SEALING:
            await rolling.roll(service, **{f"{service.upper()}_SEALING_KEYS": keys})


async def ticket_keys(rolling: RollingSystem) -> None:
    """All learn to read the coming key, then all sign with it; tickets of the former key are still read."""
    folder = rolling.system.folder / "rotation"
    coming = Ed25519PrivateKey.generate()
    former = load_pem_private_key(rolling.system.secrets().ticket_key.read_bytes(), password=None)
    assert isinstance(former, Ed25519PrivateKey)
    folder.mkdir()
    private = folder / "ticket-2.pem"
    private.write_bytes(coming.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    await rolling.roll("registration", REGISTRATION_NEXT_TICKET_KEY=_public("2", coming))
    await rolling.roll(
        "registration",
        REGISTRATION_TICKET_KEY_FILE=str(private),
        REGISTRATION_TICKET_KEY_ID="2",
        REGISTRATION_NEXT_TICKET_KEY="",
        REGISTRATION_RETIRED_TICKET_KEYS=_public("1", former),
    )


async def signing_certificates(rolling: RollingSystem) -> None:
    """New keys and certificates for recorder and chair, from the same authority."""
    folder = rolling.system.folder / "rotation" / "pki"
    folder.parent.mkdir(exist_ok=True)
    shutil.copytree(rolling.system.folder / "secrets" / "pki", folder)
    pki.renew_signers(folder)
    files: Mapping[str, Path] = {role: folder / f"{role}.p12" for role in pki.SIGNERS}
    await rolling.roll("minutes", **{f"MINUTES_{role.upper()}_KEY_FILE": str(file) for role, file in files.items()})


async def issuer_keys(rolling: RollingSystem) -> None:
    """The issuer signs with a new key: its first token is accepted by every process at once."""
    system = rolling.system
    await asyncio.sleep(KEYS_SECONDS)  # so that no process has fetched the keys a moment ago
    issuer.rotate(system.folder / "issuer")
    found = addresses(system.stack.address_file)
    token = bearer(found, "operator", organisation="MTC", subject="rotation")
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=30.0, trust_env=False) as http:
        for service in SERVICE_NAMES:
            for address in system.apis[service]:
                begun = time.monotonic()
                answer = await http.get(f"{address}/v1/consumer")
                if answer.status_code != httpx.codes.OK or time.monotonic() - begun > KEYS_SECONDS:
                    message = f"{service}: {answer.status_code} after {time.monotonic() - begun:.1f} s"
                    raise RuntimeError(message)


async def let_tools_in(rolling: RollingSystem) -> None:
    """Give the first roles the passwords with which the drill itself looks at the databases afterwards."""
    stack = rolling.system.stack
    assert stack.postgres is not None
    for service in SERVICE_NAMES:
        password = urlsplit(stack.dsn(service)).password
        await _execute(stack.postgres.dsn(service), f"ALTER ROLE {service} PASSWORD '{password}'")


STEPS: Final[Mapping[str, Step]] = {
    "keys of the token issuer": issuer_keys,
    "passwords of the databases": database_passwords,
    "passwords of Kafka": kafka_passwords,
    "sealing keys": sealing_keys,
    "ticket keys": ticket_keys,
    "signing certificates": signing_certificates,
}
"""In the order in which the drill does them."""


def _public(key_id: str, key: Ed25519PrivateKey) -> str:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"{key_id}={base64.b64encode(der).decode()}"


async def _execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
