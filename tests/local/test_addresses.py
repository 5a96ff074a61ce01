"""Where everything is, in words, for who has just started the system; every route of it on one page."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pasum.api import ADDRESSES
from pasum.main import app
from pasum.run import announced
from tests.routes import PAGE, SERVICES

NAMES = ("registration", "notification", "minutes", "archive", "portal", "issuer", "sms", "mailbox")
URLS = {name: f"http://127.0.0.1:{11_000 + number}" for number, name in enumerate(NAMES)}


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ADDRESSES.parent.mkdir()
    services = {**URLS, "metrics": {"minutes": "http://127.0.0.1:12000/metrics"}, "issuer_folder": "/issuer"}
    kafka, databases = (
        {"bootstrap_servers": "127.0.0.1:9"},
        {"minutes": "postgresql://minutes:secret@127.0.0.1:8/minutes"},
    )
    ADDRESSES.write_text(json.dumps({"services": services, "kafka": kafka, "databases": databases}), encoding="utf-8")


def said(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    return result.output if result.exit_code == 0 else f"exit {result.exit_code}"


def test_the_start_message_says_where_to_read_sms_and_mails() -> None:
    text = "\n".join(announced(URLS))
    wanted = [f"{URLS['sms']}/messages", f"{URLS['mailbox']}/messages", *(f"{URLS[one]}" for one in URLS)]
    assert [one for one in wanted if one not in text] == []


def test_the_addresses_are_told_without_a_password(running: None) -> None:  # noqa: ARG001 -- a fixture
    text = said("addresses")
    assert [url for url in URLS.values() if url not in text] == []
    assert ("127.0.0.1:8/minutes" in text, "12000/metrics" in text, "secret" in text) == (True, True, False)


def test_one_address_is_told_alone_for_other_programs(running: None) -> None:  # noqa: ARG001 -- a fixture
    assert (said("addresses", "sms"), said("addresses", "moon")) == (f"{URLS['sms']}\n", "exit 2")
    assert (said("addresses", "metrics minutes"), said("addresses", "kafka")) == (
        "http://127.0.0.1:12000/metrics\n",
        "127.0.0.1:9\n",
    )


def test_the_page_of_routes_has_each_route_of_each_service() -> None:
    page = PAGE.read_text(encoding="utf-8")
    paths = [route.path for routers in SERVICES.values() for router in routers for route in router.routes]  # type: ignore[attr-defined]  # -- Starlette's base has no path
    assert [path for path in paths if f" {path}`" not in page] == []
