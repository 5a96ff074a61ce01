"""Settings that all services have, from environment variables; the prefix is the name of the service."""

from ipaddress import ip_network
from pathlib import Path
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SECRETS_FOLDER: Final = Path("/run/secrets")
"""Where a container engine puts secrets: a file has the name of its variable, as `kafka_password`. Variables win."""

_SECRETS: Final = SECRETS_FOLDER if SECRETS_FOLDER.is_dir() else None


class KafkaSettings(BaseSettings):
    """The connection to Kafka; every service uses the same variables, with its own user."""

    model_config = SettingsConfigDict(env_prefix="KAFKA_", extra="ignore", secrets_dir=_SECRETS)

    bootstrap_servers: str = "127.0.0.1:9092"
    security_protocol: Literal["PLAINTEXT", "SASL_PLAINTEXT", "SASL_SSL", "SSL"] = "PLAINTEXT"
    username: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _sasl_has_a_login(self) -> Self:
        if self.security_protocol.startswith("SASL") and not (self.username and self.password):
            message = f"KAFKA_USERNAME and KAFKA_PASSWORD are needed with {self.security_protocol}"
            raise ValueError(message)
        return self


class SmsSettings(BaseSettings):
    """The countries to which SMS may be sent.

    Every service uses the same variables, so that a number that is accepted in a form can also be sent to.
    """

    model_config = SettingsConfigDict(env_prefix="SMS_", extra="ignore")

    destinations: str = Field(
        default="856", pattern=r"^[1-9][0-9]{0,2}(,[1-9][0-9]{0,2})*$", description="country calling codes, by comma"
    )

    def allows(self, number: str) -> bool:
        """Whether SMS may be sent to this number (E.164)."""
        return number.startswith(tuple(f"+{code}" for code in self.destinations.split(",")))


class HttpSettings(BaseSettings):
    """Limits of the web server for the size and time of requests; every service uses the same variables."""

    model_config = SettingsConfigDict(env_prefix="HTTP_", extra="ignore", frozen=True)

    header_count: int = Field(default=100, ge=1, description="headers of a request")
    header_bytes: int = Field(default=32_768, ge=1_024, description="bytes of all headers of a request together")
    target_bytes: int = Field(default=16_384, ge=256, description="bytes of path and query")
    head_seconds: float = Field(default=10.0, gt=0, description="from the first byte of a request to its last header")
    body_seconds: float = Field(default=30.0, gt=0, description="from the last header to the end of the body")
    read_seconds: float = Field(default=30.0, gt=0, description="for which a client may read nothing of its answer")
    idle_seconds: int = Field(default=5, ge=1, description="for which a connection may stay open between requests")
    connections: int = Field(default=800, ge=1, description="open connections of this process")
    connections_per_client: int = Field(
        default=0, ge=0, description="of them by one address; 0 where a proxy stands in front, or for no such limit"
    )


class LogSettings(BaseSettings):
    """How much a process logs."""

    model_config = SettingsConfigDict(extra="ignore", secrets_dir=_SECRETS)

    log_level: Literal["debug", "info", "warning", "error"] = "info"


class DatabaseSettings(LogSettings):
    """What is needed to migrate the database of a service, or to wait for that: no keys and no addresses of others."""

    database_dsn: SecretStr = Field(description="PostgreSQL DSN, e.g. postgresql://user:password@host/registration")
    database_pool: int = Field(default=8, ge=1, le=64, description="connections of this process")

    @field_validator("database_dsn")
    @classmethod
    def _is_an_address(cls, dsn: SecretStr) -> SecretStr:
        written = dsn.get_secret_value()
        if not written.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        parts = urlsplit(written)
        if "@" in written and "@" not in parts.netloc:
            raise ValueError("a user or password holds a / ? or #: write it as %2F, %3F or %23")
        try:
            parts.port  # noqa: B018 -- it raises where the port is no number, and names it
        except ValueError:
            raise ValueError("the port is no number") from None
        return dsn


class ProcessSettings(LogSettings):
    """What every process has: the port of health checks and metrics."""

    metrics_host: str = Field(default="127.0.0.1", description="of /metrics, /healthz and /readyz; never public")
    metrics_port: int = Field(default=9090, ge=0, le=65535)


class ServerSettings(ProcessSettings):
    """What every process has that clients ask over HTTP."""

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)
    trusted_proxies: str = Field(
        default="", description="comma-separated networks of reverse proxies whose X-Forwarded-For is believed; none"
    )
    anonymous_reads_per_minute: int = Field(
        default=600, ge=1, description="GET without a token, from one address (IPv6: /64), in one process"
    )
    anonymous_writes_per_minute: int = Field(default=120, ge=1, description="the same for every other method")
    unready_seconds: float = Field(
        default=0.0,
        ge=0,
        le=600,
        description="for which the API still accepts requests after SIGTERM while /readyz says no; then it stops",
    )
    drain_seconds: float = Field(default=20.0, description="how long a graceful stop may take after that")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, written: str) -> str:
        for one in filter(None, map(str.strip, written.split(","))):
            ip_network(one)  # raises ValueError, and names it
        return written


class WaitingSettings(DatabaseSettings, ProcessSettings):
    """What is needed to wait for the schema, and to say meanwhile on the port of metrics that it is missing."""


class ServiceSettings(WaitingSettings, ServerSettings):
    """The settings that every service has; a service's subclass sets `env_prefix` and adds its own."""

    oidc_issuer: str = Field(default="http://127.0.0.1/", description="the `iss` a token must carry")
    oidc_audience: str = "pasum"
    oidc_token_types: str = Field(
        default="at+jwt",
        description="comma-separated: the `typ` a token may carry; `JWT`, which ID tokens carry too, for Keycloak only",
    )
    oidc_jwks_url: str | None = Field(default=None, description="defaults to <issuer>/.well-known/jwks.json")
