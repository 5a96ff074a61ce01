"""Staff in the portal: a browser that signs in at the local issuer, before a portal with a registration behind it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from deploy.local.logins import Logins
from tests.portal.office import hidden
from tests.registration.running_service import RegistrationService


@dataclass(slots=True)
class Clock:
    """The clock of the portal, which a test may move."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass(slots=True)
class StaffOffice:
    """The portal, the issuer before it and registration behind it."""

    service: RegistrationService
    browser: httpx.AsyncClient
    issuer: str
    logins: Logins
    clock: Clock = field(default_factory=Clock)

    async def begin(self, path: str = "/staff") -> httpx.Response:
        """The login page of the issuer, to which the browser is led from a page for staff."""
        login = await self.browser.get(path, headers={"sec-fetch-site": "none"})
        assert login.status_code == 303, login.text
        away = await self.browser.get(login.headers["location"])
        assert away.status_code == 303, away.text
        return await self.browser.get(away.headers["location"])

    async def choose(self, login: httpx.Response, role: str = "organiser") -> str:
        """The address to which the issuer sends the browser of whoever is chosen on its page."""
        fields = {name: unescape(value) for name, value in hidden(login).items()}
        chosen = await self.browser.post(f"{self.issuer}/authorize", data={**fields, "person": role})
        assert chosen.status_code == 303, chosen.text
        return chosen.headers["location"]

    async def signed_in(self, role: str = "organiser", path: str = "/staff") -> httpx.Response:
        """The page for staff after signing in."""
        back = await self.browser.get(await self.choose(await self.begin(path), role))
        assert back.status_code == 303, back.text
        return await self.browser.get(back.headers["location"])

    async def send(self, address: str, **fields: Any) -> httpx.Response:
        """Open the form at an address and send it with these fields; the answer is not followed."""
        form = await self.browser.get(address)
        assert form.status_code == 200, form.text
        return await self.browser.post(address, data={**filled(form), **fields})


def filled(page: httpx.Response) -> Mapping[str, str]:
    """The fields of the form of a page, as a browser would send them unchanged."""
    return dict(_filled(page.text))


def _filled(html: str) -> Iterator[tuple[str, str]]:
    main = html.partition("<main")[2]
    for tag in re.findall(r"<input[^>]*>", main):
        kind, name = _attribute(tag, "type"), _attribute(tag, "name")
        if name and (kind not in {"radio", "checkbox"} or re.search(r"\schecked", tag)):
            yield name, _attribute(tag, "value")
    for name, text in re.findall(r'(?s)<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', main):
        yield name, unescape(text)
    for name, options in re.findall(r'(?s)<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', main):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        yield name, unescape(chosen[0]) if chosen else ""


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def query_of(address: str) -> dict[str, str]:
    """The query of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
