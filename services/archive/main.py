"""The archive as a process: the only place that names its adapters."""

import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

from services.archive import views
from services.archive.adapters.directory_archive import DirectoryArchive
from services.archive.adapters.key_file import KeyFile
from services.archive.adapters.s3_archive import S3Archive
from services.archive.api import GLOSSARY, ROUTERS
from services.archive.effects import effects
from services.archive.ports import ArchiveStore, Dependencies
from services.archive.settings import ArchiveSettings
from services.archive.subscribers import GROUP, TOPICS, handler, learn
from shared.adapters.s3_bucket import Bucket
from shared.adapters.settings import StoreSettings
from shared.adapters.stores import object_store
from shared.service import Service, Subscription, command_line, database_of, from_file
from shared.succession import Succession


def build(settings: ArchiveSettings | None = None) -> Service:
    """Put the archive together; settings come from the environment where none are given."""
    settings = settings or ArchiveSettings()
    dependencies = Dependencies(
        database=database_of(settings),
        objects=object_store(settings.objects),
        packages=package_store(settings.store),
        signer=from_file(settings.log_key_file, lambda pem: KeyFile.from_pem(pem, origin=settings.log_origin)),
        retention_years=settings.retention_years,
        public_url=settings.public_url.rstrip("/"),
    )
    succession = Succession(partial(views.taken_over, dependencies.database))
    return Service(
        name="archive",
        title="Pasum archive · ສຳນວນເກັບມ້ຽນ",
        settings=settings,
        database=dependencies.database,
        routers=ROUTERS,
        glossary=GLOSSARY,
        subscription=Subscription(
            group=GROUP,
            topics=TOPICS,
            handler=handler(settle=timedelta(seconds=settings.settle_seconds)),
            projection=learn,
        ),
        effects=effects(dependencies),
        gauges=views.count_gauges,
        state={"dependencies": dependencies, "succession": succession},
        needs={"documents": dependencies.objects.check, "packages": dependencies.packages.check},
    )


def package_store(settings: StoreSettings) -> ArchiveStore:
    """The store of packages of this kind; connects to nothing yet."""
    if settings.kind == "directory" and settings.folder is not None:
        return DirectoryArchive(settings.folder)
    return S3Archive(Bucket(settings))


if __name__ == "__main__":
    sys.exit(command_line("archive", build, migrations=Path(__file__).parent / "migrations"))
