"""A secret may be a file with the name of its variable, where a container engine puts secrets."""

from pathlib import Path

import pytest
from pydantic_settings import SettingsConfigDict

from shared.settings import SECRETS_FOLDER, KafkaSettings, ServiceSettings


class OfficeSettings(ServiceSettings):
    """A service with the prefix of its variables."""

    model_config = SettingsConfigDict(env_prefix="OFFICE_")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "office_database_dsn").write_text("postgresql://office:of-a-file@db/office\n", encoding="utf-8")
    (tmp_path / "kafka_password").write_text("of-a-file\n", encoding="utf-8")
    return tmp_path


def test_secrets_are_read_from_files(folder: Path) -> None:
    settings = OfficeSettings(_secrets_dir=folder)
    assert settings.database_dsn.get_secret_value() == "postgresql://office:of-a-file@db/office"
    kafka = KafkaSettings(_secrets_dir=folder)
    assert kafka.password is not None
    assert kafka.password.get_secret_value() == "of-a-file"


def test_a_variable_comes_before_a_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFICE_DATABASE_DSN", "postgresql://of-a-variable/office")
    assert OfficeSettings(_secrets_dir=folder).database_dsn.get_secret_value() == "postgresql://of-a-variable/office"


def test_they_are_where_container_engines_put_them() -> None:
    found = {settings.model_config.get("secrets_dir") for settings in (KafkaSettings, OfficeSettings)}
    assert found == {SECRETS_FOLDER if SECRETS_FOLDER.is_dir() else None}
