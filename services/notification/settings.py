"""Settings of notification, from the environment (`NOTIFICATION_…`)."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.sealing import SealingKeys
from shared.settings import ServiceSettings


class NotificationSettings(ServiceSettings):
    """What notification needs beyond every service."""

    model_config = SettingsConfigDict(env_prefix="NOTIFICATION_", extra="ignore")

    sealing_keys: SealingKeys = Field(description="comma-separated Fernet keys, shared with registration")
    public_url: str = Field(default="http://127.0.0.1:8080", description="where the links of tickets lead")
    minutes_url: str | None = Field(default=None, description="where the minutes' documents are; public_url without it")
    sms_url: str = Field(description="the SMS gateway")
    sms_secret: SecretStr = Field(description="signs what we submit, and the receipts that come back")
    sms_sender: str = Field(
        default="PASUM", max_length=11, description="alphanumeric sender, registered with the operators"
    )
    sms_per_hour: int = Field(default=10, ge=1, description="messages of answers to one number")
    sms_per_day: int = Field(default=30, ge=1)
    sms_per_meeting: int = Field(default=15, ge=1, description="about one meeting, for ever")
    emails_per_hour: int = Field(default=60, ge=1, description="the same for e-mails to one address")
    emails_per_day: int = Field(default=200, ge=1)
    emails_per_meeting: int = Field(default=60, ge=1)
    receipts_per_minute: int = Field(default=60_000, ge=1, description="of one gateway, in one process")
    smtp_host: str
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_ca_file: Path | None = None
    smtp_connections: int = Field(default=4, ge=1, le=64)
    quiet_seconds: float = Field(
        default=60,
        ge=0,
        le=3600,
        description="how long a change of a meeting waits for another before it is told",
    )
    already_sent_file: Path | None = Field(
        default=None, description="after a restore: what the providers had before it; one reference on each line"
    )
    sender_name: str = "ປະຊຸມ · Pasum"
    sender_address: str = Field(default="no-reply@pasum.example", description="From, and where bounces go")
    sender_domain: str = Field(
        default="pasum.example", description="in each Message-ID and calendar UID: never change it"
    )
