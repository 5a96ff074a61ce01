"""People who answer in the portal, as their browsers do: they open a page, fill in its form, and send it."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx

from tests.registration.running_service import RegistrationService

PERSON = {"given_name": "ສີດາ", "family_name": "ພົມມະຈັນ", "rank": "80", "mobile": "020 5555 1234"}


@dataclass(frozen=True, slots=True)
class Office:
    """The portal with the registration behind it."""

    service: RegistrationService
    browser: httpx.AsyncClient

    async def send(self, address: str, **fields: Any) -> httpx.Response:
        """Open the form at an address and send it with these fields; the answer is not followed."""
        form = await self.browser.get(address)
        assert form.status_code == 200, form.text
        return await self.browser.post(address, data={**hidden(form), **fields})

    async def press(self, button: str) -> httpx.Response:
        """Press the button of one's own page that leads to this address; the answer is not followed."""
        page = await self.browser.get(button.rpartition("/")[0])
        return await self.browser.post(button, data=hidden(page))

    async def answered(self, token: str, way: str = "register", **fields: Any) -> str:
        """The address of one's own page after answering an invitation."""
        answer = await self.send(f"/a/{token}/{way}", **{**PERSON, **fields})
        assert answer.status_code == 303, words_of(answer)
        return answer.headers["location"]


def lists_of(page: httpx.Response) -> dict[str, str]:
    """What the lists of a page say of each thing."""
    found = re.findall(r"(?s)<dt[^>]*>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page.text)
    return {_plain(key): _plain(value) for key, value in found}


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of a page."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))


def heading_of(page: httpx.Response) -> str:
    """The heading of a page."""
    (found,) = re.findall(r"(?s)<h1[^>]*>(.*?)</h1>", page.text)
    return _plain(found)


def words_of(page: httpx.Response) -> str:
    """The words of a page."""
    return _plain(re.sub(r"(?s)<head>.*?</head>", "", page.text))


def _plain(html: str) -> str:
    whole = re.sub(r"<wbr>|<span class=\"w\">([^<]*)</span>", r"\1", html)
    return " ".join(unescape(re.sub("<[^>]+>", " ", whole)).split())
