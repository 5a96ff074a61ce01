"""Keys of tickets, for tests: processes of registration on one database, each with keys of its own."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.registration.settings import RegistrationSettings
from tests.registration.conftest import opened_service
from tests.registration.running_service import RegistrationService
from tests.shared.provider import Provider

KEYS = {key_id: Ed25519PrivateKey.from_private_bytes(key_id.encode() * 32) for key_id in "123"}


def listed(key_id: str) -> str:
    """The public key as settings take it."""
    der = KEYS[key_id].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return f"{key_id}={base64.b64encode(der).decode()}"


@dataclass(frozen=True, slots=True)
class Processes:
    """Starts processes on the database of a test."""

    settings: RegistrationSettings
    provider: Provider
    folder: Path

    @asynccontextmanager
    async def started(self, signs: str, *, coming: str = "", retired: str = "") -> AsyncIterator[RegistrationService]:
        """A process that signs with one key, announces another one, and still publishes a third one."""
        file = self.folder / f"ticket-{signs}.pem"
        file.write_bytes(KEYS[signs].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        keys: dict[str, Any] = {
            "ticket_key_file": file,
            "ticket_key_id": signs,
            "next_ticket_key": listed(coming) if coming else "",
            "retired_ticket_keys": listed(retired) if retired else "",
        }
        async with opened_service(self.settings.model_copy(update=keys), self.provider) as service:
            yield service


async def states(service: RegistrationService) -> dict[str, str]:
    """The published keys, and what each does."""
    return {key["kid"]: key["state"] for key in (await service.anybody.get("/v1/ticket-keys")).json()["keys"]}


async def uses(service: RegistrationService) -> dict[str | None, tuple[str | None, int]]:
    """What an operator is told of each key: its state, and its good tickets."""
    told = (await service.as_("operator").get("/v1/ticket-keys/uses")).json()
    return {one["kid"]: (one["state"], one["tickets"]) for one in told["items"]}


def signed_by(ticket: str) -> str:
    """The key that a ticket names."""
    key_id: str = jwt.get_unverified_header(ticket)["kid"]
    return key_id
