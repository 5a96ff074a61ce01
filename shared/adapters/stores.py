"""Chooses the object store that the settings name."""

from shared.adapters.directory_store import DirectoryStore
from shared.adapters.s3_bucket import Bucket
from shared.adapters.s3_store import S3Store
from shared.adapters.settings import StoreSettings
from shared.objects import ObjectStore


def object_store(settings: StoreSettings) -> ObjectStore:
    """The object store of this kind; connects to nothing yet."""
    if settings.kind == "directory" and settings.folder is not None:
        return DirectoryStore(settings.folder)
    return S3Store(Bucket(settings))
