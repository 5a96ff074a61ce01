"""Settings of the archive, from the environment (`ARCHIVE_…`)."""

from pathlib import Path
from typing import Final

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.adapters.settings import NESTED, StoreSettings
from shared.settings import ServiceSettings

LOCAL_ORIGIN: Final = "pasum.local/archive"


class ArchiveSettings(ServiceSettings):
    """What the archive needs beyond every service."""

    model_config = SettingsConfigDict(env_prefix="ARCHIVE_", extra="ignore", **NESTED)

    objects: StoreSettings = Field(description="where minutes keeps the documents that events refer to; only read here")
    store: StoreSettings = Field(description="where packages and their proofs are kept")
    log_key_file: Path = Field(description="PEM, PKCS#8, Ed25519: signs the log's checkpoints")
    log_origin: str = Field(default=LOCAL_ORIGIN, description="the log's name for ever, a URL without scheme")
    settle_seconds: float = Field(
        default=2.0, ge=0.0, le=86_400.0, description="how long a complete record waits for facts of other topics"
    )
    retention_years: int = Field(
        default=10, ge=1, le=1_000, description="whole calendar years after the one in which a record is closed"
    )
    public_url: str = Field(default="http://127.0.0.1:8080", description="where the links to packages lead")
