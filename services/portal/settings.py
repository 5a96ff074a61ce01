"""Settings of the portal, from the environment (`PORTAL_…`)."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from services.portal.web.session.cookies import Cookies
from shared.sealing import SealingKeys
from shared.settings import ServerSettings


def _guarded(address: str) -> str:
    Cookies.of(address)
    return address.rstrip("/")


class PortalSettings(ServerSettings):
    """What the portal needs beyond every process that is asked over HTTP; the pages for staff need `oidc_issuer`."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore")

    registration_url: str = Field(description="the API of registration, as the portal reaches it")
    answer_seconds: float = Field(default=10.0, gt=0, le=60, description="for which a page waits for a service")
    service_connections: int = Field(default=100, ge=1, le=1_000, description="open connections to one service")
    contact_lo: str = Field(default="ຜູ້ຈັດກອງປະຊຸມ", max_length=200, description="whom people ask for help, in Lao")
    contact_en: str = Field(default="the organiser of the meeting", max_length=200, description="the same in English")
    public_url: Annotated[str, AfterValidator(_guarded)] | None = Field(
        default=None, description="the address of the portal for browsers; needed for the pages for staff"
    )
    oidc_issuer: str | None = Field(
        default=None, description="the provider of logins, as the services have it; without it no pages for staff"
    )
    oidc_client_id: str = Field(default="pasum-portal", description="as which the provider knows the portal")
    oidc_client_secret: SecretStr | None = Field(default=None, description="of a confidential client; public without")
    oidc_audience: str = "pasum"
    oidc_token_types: str = Field(default="at+jwt", description="as for the services")
    oidc_jwks_url: str | None = Field(default=None, description="defaults to <issuer>/.well-known/jwks.json")
    oidc_discovery_url: str | None = Field(
        default=None, description="defaults to <issuer>/.well-known/openid-configuration"
    )
    oidc_scope: str = Field(default="openid profile", description="what the portal asks the provider for")
    session_keys: SealingKeys | None = Field(
        default=None, description="url-safe base64 of 32 bytes, several by comma: the first seals sessions, all open"
    )
    session_hours: float = Field(default=12.0, gt=0, le=168, description="after which everybody signs in again")

    @model_validator(mode="after")
    def _staff_can_sign_in(self) -> Self:
        if self.oidc_issuer and not (self.public_url and self.session_keys):
            message = "PORTAL_PUBLIC_URL and PORTAL_SESSION_KEYS are needed with PORTAL_OIDC_ISSUER"
            raise ValueError(message)
        return self
