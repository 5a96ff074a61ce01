"""Where files are kept, out of the environment: what is missing or does not fit is said before anything starts."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.adapters.settings import NESTED, StoreSettings


class Settings(BaseSettings):
    """Of a service with two stores."""

    model_config = SettingsConfigDict(env_prefix="OFFICE_", extra="ignore", **NESTED)

    objects: StoreSettings
    store: StoreSettings


S3 = {
    "OFFICE_STORE_KIND": "s3",
    "OFFICE_STORE_ENDPOINT": "https://objects.example.gov.la:9000",
    "OFFICE_STORE_REGION": "vientiane",
    "OFFICE_STORE_BUCKET": "packages",
    "OFFICE_STORE_ACCESS_KEY_ID": "key",
    "OFFICE_STORE_SECRET_ACCESS_KEY": "secret",
    "OFFICE_STORE_CA_FILE": "/etc/ca.crt",
    "OFFICE_STORE_PATH_STYLE": "false",
    "OFFICE_STORE_TIMEOUT_SECONDS": "2.5",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A folder for the one store, a bucket for the other."""
    monkeypatch.setenv("OFFICE_OBJECTS_FOLDER", "/srv/objects")
    for name, value in S3.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.usefixtures("environment")
def test_one_store_is_a_folder_as_ever_and_the_other_a_bucket() -> None:
    settings = Settings()
    assert (settings.objects.kind, settings.objects.folder) == ("directory", Path("/srv/objects"))
    told = settings.store.model_dump(mode="json", exclude={"folder"})
    assert told == {
        "kind": "s3",
        "endpoint": "https://objects.example.gov.la:9000",
        "region": "vientiane",
        "bucket": "packages",
        "access_key_id": "key",
        "secret_access_key": "**********",
        "ca_file": "/etc/ca.crt",
        "path_style": False,
        "timeout_seconds": 2.5,
    }


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OFFICE_OBJECTS_FOLDER", None, "objects: Field required"),
        ("OFFICE_OBJECTS_KIND", "s3", "objects: Value error, kind s3 needs bucket, access_key_id, secret_access_key"),
        ("OFFICE_OBJECTS_BUCKET", "documents", "objects: Value error, a bucket is given, but kind is directory"),
        ("OFFICE_STORE_KIND", "directory", "store: Value error, kind directory needs folder"),
        ("OFFICE_STORE_KIND", "s4", "store.kind: Input should be 'directory' or 's3'"),
        ("OFFICE_STORE_BUCKET", None, "store: Value error, kind s3 needs bucket"),
        ("OFFICE_STORE_SECRET_ACCESS_KEY", None, "store: Value error, kind s3 needs secret_access_key"),
        ("OFFICE_STORE_BUCKET", "Packages", "store.bucket: String should match pattern"),
        ("OFFICE_STORE_ENDPOINT", "objects.example.gov.la", "store.endpoint: String should match pattern"),
        ("OFFICE_STORE_REGOIN", "vientiane", "store.regoin: Extra inputs are not permitted"),
    ],
)
def test_what_does_not_fit_is_named(environment: pytest.MonkeyPatch, name: str, value: str | None, said: str) -> None:
    if value is None:
        environment.delenv(name)
    else:
        environment.setenv(name, value)
    with pytest.raises(ValidationError) as refused:
        Settings()
    (error,) = refused.value.errors()
    assert f"{'.'.join(map(str, error['loc']))}: {error['msg']}".startswith(said)
    assert "secret" not in str(refused.value).replace("secret_access_key", "")
