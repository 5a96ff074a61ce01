"""Which settings classes each service reads, and which of their variables the chart sets itself."""

from collections.abc import Mapping
from typing import Final

from pydantic_settings import BaseSettings

from services.archive.settings import ArchiveSettings
from services.minutes.settings import MinutesSettings
from services.notification.settings import NotificationSettings
from services.portal.settings import PortalSettings
from services.registration.settings import RegistrationSettings
from shared.adapters.settings import StoreSettings
from shared.settings import HttpSettings, KafkaSettings, ServerSettings, SmsSettings

SETTINGS: Final[Mapping[str, type[ServerSettings]]] = {
    "registration": RegistrationSettings,
    "notification": NotificationSettings,
    "minutes": MinutesSettings,
    "archive": ArchiveSettings,
    "portal": PortalSettings,
}
_ALL: Final[tuple[type[BaseSettings], ...]] = (KafkaSettings, HttpSettings)
READ: Final[Mapping[str, tuple[type[BaseSettings], ...]]] = {
    "registration": (RegistrationSettings, *_ALL, SmsSettings),
    "notification": (NotificationSettings, *_ALL, SmsSettings),
    "minutes": (MinutesSettings, *_ALL),
    "archive": (ArchiveSettings, *_ALL),
    "portal": (PortalSettings, HttpSettings),
}
DATABASE: Final = frozenset({"PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGSSLMODE", "PGSSLROOTCERT"})
"""What asyncpg reads."""
OUTSIDE: Final = DATABASE | {"SSL_CERT_FILE", "OTEL_EXPORTER_OTLP_ENDPOINT"}
"""What libraries read; besides asyncpg they are OpenSSL and OpenTelemetry."""


def _store(field: str) -> frozenset[str]:
    """The variables of a store of files."""
    return frozenset(f"{field}_{name.upper()}" for name in StoreSettings.model_fields)


_SERVER: Final = frozenset(
    {"HTTP_HOST", "HTTP_PORT", "METRICS_HOST", "METRICS_PORT", "DRAIN_SECONDS", "TRUSTED_PROXIES"}
)
_COMMON: Final = (
    _SERVER | {"DATABASE_DSN"} | {"OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_TOKEN_TYPES", "OIDC_JWKS_URL", "PUBLIC_URL"}
)
OF_CHART: Final[Mapping[str, frozenset[str]]] = {
    "registration": _COMMON
    | _store("OBJECTS")
    | {"SEALING_KEYS", "TICKET_KEY_FILE", "TICKET_KEY_ID", "PRIVACY_NOTICE_FILE"},
    "notification": _COMMON
    | {"SEALING_KEYS", "SMS_URL", "SMS_SECRET", "MINUTES_URL", "SENDER_ADDRESS", "SENDER_DOMAIN", "SMTP_CA_FILE"}
    | {"ALREADY_SENT_FILE", "SMTP_HOST", "SMTP_PORT", "SMTP_SECURITY", "SMTP_USERNAME", "SMTP_PASSWORD"},
    "minutes": _COMMON
    | _store("OBJECTS")
    | {"RECORDER_KEY_FILE", "CHAIR_KEY_FILE", "KEY_PASSPHRASE", "TRUST_ROOT_FILE"},
    "archive": _COMMON | _store("OBJECTS") | _store("STORE") | {"LOG_KEY_FILE", "LOG_ORIGIN"},
    "portal": _SERVER
    | {"REGISTRATION_URL", "PUBLIC_URL", "SESSION_KEYS", "OIDC_ISSUER", "OIDC_AUDIENCE", "OIDC_TOKEN_TYPES"}
    | {"OIDC_JWKS_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"},
}
"""By service, without its prefix; what is not here is `<service>.settings.<NAME>`."""


def variables(model: type[BaseSettings], prefix: str | None = None) -> dict[str, bool]:
    """The environment variables of a settings class, and whether each is required."""
    begin = (model.model_config.get("env_prefix", "") if prefix is None else prefix).upper()
    fields = model.model_fields
    stores = [name for name, field in fields.items() if field.annotation in (StoreSettings, StoreSettings | None)]
    single = {f"{begin}{name.upper()}": field.is_required() for name, field in fields.items() if name not in stores}
    return single | {f"{begin}{each}": False for name in stores for each in sorted(_store(name.upper()))}
