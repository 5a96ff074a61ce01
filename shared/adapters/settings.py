"""Settings of one store of files, a folder or a bucket; a service has a field of this type for each of its stores."""

from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

NESTED: Final = SettingsConfigDict(env_nested_delimiter="_", env_nested_max_split=1, hide_input_in_errors=True)
"""With a field `objects`, `MINUTES_OBJECTS_ACCESS_KEY_ID` is its `access_key_id`; errors show no value."""


class StoreSettings(BaseModel):
    """Where files are kept. As environment variables: `<SERVICE>_<FIELD>_KIND`, `…_FOLDER`, `…_BUCKET` and so on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["directory", "s3"] = "directory"
    folder: Path | None = Field(default=None, description="of a directory")
    endpoint: str | None = Field(
        default=None, pattern=r"^https?://[^/@]+/?$", description="of S3, https://host:port; that of AWS without it"
    )
    region: str = Field(default="us-east-1", min_length=1)
    bucket: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    access_key_id: str | None = Field(default=None, min_length=1)
    secret_access_key: SecretStr | None = Field(default=None, min_length=1)
    ca_file: Path | None = Field(default=None, description="PEM: the CA of the endpoint, besides those of the system")
    path_style: bool = Field(default=True, description="https://endpoint/bucket rather than https://bucket.endpoint")
    timeout_seconds: float = Field(default=10.0, gt=0, le=40, description="how long S3 may be silent")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "directory": ("folder",),
            "s3": ("bucket", "access_key_id", "secret_access_key"),
        }[self.kind]
        if missing := [name for name in needed if getattr(self, name) is None]:
            raise ValueError(f"kind {self.kind} needs {', '.join(missing)}")
        if self.kind == "directory" and self.bucket is not None:
            raise ValueError("a bucket is given, but kind is directory")
        return self
