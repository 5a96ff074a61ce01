"""Stores a file and reads it again, in a process of its own: prints its size and by how many bytes the process grew."""

import asyncio
import resource
import sys
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.adapters.settings import NESTED, StoreSettings
from shared.adapters.stores import object_store


class Settings(BaseSettings):
    """As a service has them."""

    model_config = SettingsConfigDict(env_prefix="TEST_", **NESTED)

    objects: StoreSettings


async def main(settings: StoreSettings, file: Path) -> None:
    """Store and read."""
    store, before = object_store(settings), _most()
    ref = await store.put_file(file, media_type="application/octet-stream")
    read = sum([len(piece) async for piece in store.stream(ref.sha256)])
    sys.stdout.write(f"{read} {_most() - before}\n")


def _most() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    asyncio.run(main(Settings().objects, Path(sys.argv[1])))
