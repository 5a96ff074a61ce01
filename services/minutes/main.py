"""Minutes as a process: the only place that names its adapters."""

import sys
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificate

from services.minutes import views
from services.minutes.adapters.child_process import ChildProcessRenderer, ChildProcessSigner, ChildProcessVerifier
from services.minutes.api import GLOSSARY, ROUTERS
from services.minutes.effects import effects
from services.minutes.observability import CERTIFICATE_EXPIRY
from services.minutes.ports import Dependencies
from services.minutes.settings import MinutesSettings
from services.minutes.subscribers import GROUP, TOPICS, handle, learn
from shared.adapters.stores import object_store
from shared.service import Service, Subscription, command_line, database_of, from_file
from shared.succession import Succession


def build(settings: MinutesSettings | None = None) -> Service:
    """Put minutes together; settings come from the environment where none are given."""
    settings = settings or MinutesSettings()
    dependencies = Dependencies(
        database=database_of(settings),
        objects=object_store(settings.objects),
        renderer=ChildProcessRenderer(),
        signer=_signer(settings),
        verifier=from_file(settings.trust_root_file, _verifier),
        public_url=settings.public_url.rstrip("/"),
    )
    succession = Succession(partial(views.taken_over, dependencies.database))
    return Service(
        name="minutes",
        title="Pasum minutes · ບົດບັນທຶກ",
        settings=settings,
        database=dependencies.database,
        routers=ROUTERS,
        glossary=GLOSSARY,
        subscription=Subscription(group=GROUP, topics=TOPICS, handler=handle, projection=learn),
        effects=effects(dependencies),
        gauges=views.count_gauges,
        state={"dependencies": dependencies, "succession": succession},
        needs={"documents": dependencies.objects.check},
    )


def _signer(settings: MinutesSettings) -> ChildProcessSigner:
    keys = {"recorder": settings.recorder_key_file, "chair": settings.chair_key_file}
    passphrase = settings.key_passphrase.get_secret_value().encode() if settings.key_passphrase else None
    for name, file in keys.items():
        _, certificate, _ = from_file(file, lambda content: load_key_and_certificates(content, passphrase))
        if certificate is not None:
            _note_expiry(name, certificate)
    return ChildProcessSigner(keys, passphrase=passphrase)


def _verifier(root: bytes) -> ChildProcessVerifier:
    """Raises `ValueError` if the root is neither PEM nor DER."""
    _note_expiry(
        "trust-root", (load_pem_x509_certificate if b"-----BEGIN" in root else load_der_x509_certificate)(root)
    )
    return ChildProcessVerifier(root)


def _note_expiry(name: str, certificate: Certificate) -> None:
    CERTIFICATE_EXPIRY.labels(name).set(certificate.not_valid_after_utc.timestamp())


if __name__ == "__main__":
    sys.exit(command_line("minutes", build, migrations=Path(__file__).parent / "migrations"))
