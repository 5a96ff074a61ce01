"""Settings of the portal, from the environment (`PORTAL_…`)."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServerSettings


class PortalSettings(ServerSettings):
    """What the portal needs beyond every process that is asked over HTTP."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore")

    registration_url: str = Field(description="the API of registration, as the portal reaches it")
    answer_seconds: float = Field(default=10.0, gt=0, le=60, description="for which a page waits for a service")
    service_connections: int = Field(default=100, ge=1, le=1_000, description="open connections to one service")
    contact_lo: str = Field(default="ຜູ້ຈັດກອງປະຊຸມ", max_length=200, description="whom people ask for help, in Lao")
    contact_en: str = Field(default="the organiser of the meeting", max_length=200, description="the same in English")
