"""Faults of files, of the object store and of the identity provider, and how each is over."""

import asyncio
import sys
from functools import partial
from pathlib import Path

from deploy.local.pki import TestPki, ensure_test_pki
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import Program
from tests.startup.broken import Broken
from tests.startup.office import Environment, Office


async def file_missing(office: Office, folder: Path) -> Broken:
    """The secret is mounted without the key of tickets; it comes later."""
    key = folder / "ticket.pem"
    content = office.secrets.ticket_key.read_bytes()
    environment = office.environment(await office.database(), REGISTRATION_TICKET_KEY_FILE=str(key))
    return Broken(environment=environment, what=str(key), cure=partial(asyncio.to_thread, key.write_bytes, content))


async def ticket_key_invalid(office: Office, folder: Path) -> Broken:
    """The file has something else in it."""
    key = folder / "ticket.pem"
    key.write_text("-----BEGIN CERTIFICATE-----\n", encoding="utf-8")
    content = office.secrets.ticket_key.read_bytes()
    environment = office.environment(await office.database(), REGISTRATION_TICKET_KEY_FILE=str(key))
    return Broken(environment=environment, what=str(key), cure=partial(asyncio.to_thread, key.write_bytes, content))


async def passphrase_wrong(office: Office, folder: Path) -> Broken:
    """The PKCS#12 files of minutes have another passphrase than the setting; files with the right one follow."""
    pki = ensure_test_pki(folder / "pki", passphrase=b"another-passphrase")
    right = ensure_test_pki(folder / "right", passphrase=b"the-passphrase")
    environment = {**await minutes(office, folder, pki), "MINUTES_KEY_PASSPHRASE": "the-passphrase"}

    async def cure() -> None:
        for role in ("recorder", "chair"):
            pki.keys[role].write_bytes(right.keys[role].read_bytes())

    return Broken(environment=environment, service="minutes", what=str(pki.keys["recorder"]), cure=cure)


async def identity_keys_unavailable(office: Office, folder: Path) -> Broken:
    """The identity provider starts later."""
    port = free_port()
    argv = [sys.executable, "-m", "deploy.local.issuer", "--port", str(port), "--folder", str(folder / "issuer")]
    program = Program(name=f"issuer-{port}", argv=argv, log=folder / "issuer.log")
    url = f"http://{LOOPBACK}:{port}"
    return Broken(
        environment=office.environment(await office.database(), REGISTRATION_OIDC_ISSUER=url),
        what=f"{url}/.well-known/jwks.json: ConnectError",
        cure=partial(asyncio.to_thread, office.stack.processes.start, program),
    )


async def object_store_unavailable(office: Office, folder: Path) -> Broken:
    """Where the folder of documents should be there is a file, until somebody takes it away."""
    environment = await minutes(office, folder, ensure_test_pki(folder / "pki"))
    documents = Path(environment["MINUTES_OBJECTS_FOLDER"])
    await asyncio.to_thread(documents.touch)
    what = f"object store: Not a directory: {documents}"
    return Broken(
        environment=environment, service="minutes", what=what, cure=partial(asyncio.to_thread, documents.unlink)
    )


async def minutes(office: Office, folder: Path, pki: TestPki) -> Environment:
    """The variables of the API of minutes."""
    own = {
        "DATABASE_DSN": await office.database("minutes"),
        "OIDC_ISSUER": office.issuer,
        "OBJECTS_FOLDER": str(folder / "documents"),
        "RECORDER_KEY_FILE": str(pki.keys["recorder"]),
        "CHAIR_KEY_FILE": str(pki.keys["chair"]),
        "TRUST_ROOT_FILE": str(pki.root),
    }
    return {f"MINUTES_{name}": value for name, value in own.items()}
