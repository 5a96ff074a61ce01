"""Settings of registration, from the environment (`REGISTRATION_…`)."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import SettingsConfigDict

from services.registration.adapters.ed25519_tickets import public_keys
from services.registration.api.documents.keeping import MEDIA_TYPES
from shared.adapters.settings import NESTED, StoreSettings
from shared.objects import MEDIA_TYPE
from shared.sealing import SealingKeys
from shared.settings import ServiceSettings


def _public_keys(text: str) -> str:
    """Raises `ValueError` with the key id: the process then ends with one line that names the variable."""
    public_keys(text)
    return text


def _media_types(text: str) -> str:
    """Raises `ValueError` with the first that is none."""
    for each in text.split(","):
        if not MEDIA_TYPE.fullmatch(each):
            raise ValueError(f"{each!r} is not a media type in small letters")
    return text


class RegistrationSettings(ServiceSettings):
    """What registration needs beyond every service."""

    model_config = SettingsConfigDict(env_prefix="REGISTRATION_", extra="ignore", **NESTED)

    sealing_keys: SealingKeys = Field(description="comma-separated Fernet keys; the first seals")
    ticket_key_file: Path = Field(description="PEM, PKCS#8, Ed25519")
    ticket_key_id: str = Field(default="1", description="of the key that signs; a new key needs a new one")
    next_ticket_key: Annotated[str, AfterValidator(_public_keys)] = Field(
        default="",
        description="`<key id>=<public key, DER, base64>` of the key that will sign: desks get it before",
    )
    retired_ticket_keys: Annotated[str, AfterValidator(_public_keys)] = Field(
        default="",
        description="comma-separated, of keys that have signed: published until their last ticket has expired",
    )
    other_ticket_keys: Annotated[str, AfterValidator(_public_keys)] = Field(
        default="",
        description="comma-separated, of keys whose tickets are read too: published while they stand here",
    )
    answers_per_link_per_minute: int = Field(default=120, ge=1, description="by one link, in one process")
    answers_per_meeting_per_minute: int = Field(default=3_000, ge=1, description="to one meeting, in one process")
    answers_per_contact_per_day: int = Field(
        default=5, ge=1, description="of one number or address to one meeting, in one process"
    )
    drafts_per_organiser_per_day: int = Field(default=200, ge=1, description="of one account, in one process")
    unproven_seats_per_client: int = Field(
        default=10, ge=0, description="of one meeting, for people for whom nobody has answered; 0: no limit"
    )
    objects: StoreSettings | None = Field(
        default=None, description="where documents of meetings are kept; without it they are not taken"
    )
    document_types: Annotated[str, AfterValidator(_media_types)] = Field(
        default=",".join(MEDIA_TYPES), description="comma-separated media types of the files that are taken"
    )
    privacy_notice_file: Path | None = Field(
        default=None, description="TOML: what people are told of their data; without it the notice that ships"
    )
    privacy_notice_required: bool = Field(
        default=False, description="whether people without an account must say which notice they were shown"
    )
    public_url: str = Field(default="http://127.0.0.1:8080", description="where the links of invitations lead")
