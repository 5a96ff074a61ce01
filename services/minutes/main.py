"""Minutes as a process: the only place that names its adapters."""

import sys
from pathlib import Path

from services.minutes.adapters.separate import SeparateRenderer, SeparateSigner, SeparateVerifier
from services.minutes.api import ROUTERS
from services.minutes.effects import Outside, effects
from services.minutes.settings import MinutesSettings
from services.minutes.subscribers import GROUP, TOPICS, hear, learn
from shared.objects import DirectoryStore
from shared.service import Service, command_line, database_of


def build(settings: MinutesSettings | None = None) -> Service:
    """Put minutes together; settings come from the environment where none are given."""
    settings = settings or MinutesSettings()
    outside = Outside(
        database=database_of(settings),
        objects=DirectoryStore(settings.objects_folder),
        renderer=SeparateRenderer(),
        signer=_signer(settings),
        verifier=SeparateVerifier(settings.trust_root_file.read_bytes()),
        public_url=settings.public_url,
    )
    return Service(
        name="minutes",
        title="Pasum minutes · ບົດບັນທຶກ",
        settings=settings,
        database=outside.database,
        routers=ROUTERS,
        group=GROUP,
        topics=TOPICS,
        handler=hear,
        projection=learn,
        effects=effects(outside),
        state={"objects": outside.objects, "public_url": settings.public_url},
    )


def _signer(settings: MinutesSettings) -> SeparateSigner:
    keys = {"recorder": settings.recorder_key_file, "chair": settings.chair_key_file}
    passphrase = settings.key_passphrase
    return SeparateSigner(keys, passphrase=passphrase.get_secret_value().encode() if passphrase else None)


if __name__ == "__main__":
    sys.exit(command_line("minutes", build, migrations=Path(__file__).parent / "migrations"))
