"""Settings of registration, from the environment (`REGISTRATION_…`)."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class RegistrationSettings(ServiceSettings):
    """What registration needs beyond every service."""

    model_config = SettingsConfigDict(env_prefix="REGISTRATION_", extra="ignore")

    sealing_keys: SecretStr = Field(description="comma-separated Fernet keys; the first seals")
    ticket_key_file: Path = Field(description="PEM, PKCS#8, Ed25519")
    ticket_key_id: str = "1"
    public_url: str = Field(default="http://127.0.0.1:8080", description="where the links of invitations lead")
