"""Settings of minutes, from the environment (`MINUTES_…`)."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.adapters.settings import NESTED, StoreSettings
from shared.settings import ServiceSettings


class MinutesSettings(ServiceSettings):
    """What minutes needs beyond every service."""

    model_config = SettingsConfigDict(env_prefix="MINUTES_", extra="ignore", **NESTED)

    objects: StoreSettings = Field(description="where documents are kept that events refer to; the archive reads them")
    recorder_key_file: Path = Field(description="PKCS#12: signs for the recorder; its certificate has the title ຜູ້ບັນທຶກ")
    chair_key_file: Path = Field(
        description="PKCS#12: signs for the chair; its certificate has the title ປະທານກອງປະຊຸມ, or the chair's name"
    )
    key_passphrase: SecretStr | None = Field(default=None, description="of both PKCS#12 files")
    trust_root_file: Path = Field(description="PEM: the root every signature must lead to")
    public_url: str = Field(default="http://127.0.0.1:8080", description="where links to documents and news lead")
