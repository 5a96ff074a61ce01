"""Somebody who visits the portal with a browser, and everything that his browser notices meanwhile."""

import importlib.resources
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect

from tests.portal.office import Office

PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
PERSON: Final = {"given_name": "ສີດາ", "family_name": "ພົມມະຈັນ", "mobile": "020 5555 1234"}
_REFUSED: Final = "Failed to load resource: the server responded with a status of 4"
_BARRIERS: Final = """async () => {
  const found = await axe.run(document, {resultTypes: ["violations", "incomplete"]});
  const unclear = found.incomplete.filter((one) => one.id === "color-contrast");
  return [...found.violations, ...unclear].map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
}"""


@dataclass(slots=True)
class Visitor:
    """A browser with one window; `complaints` are messages of its console and requests to elsewhere."""

    office: Office
    browser: Browser
    portal: str
    complaints: list[str] = field(default_factory=list)
    _windows: list[tuple[BrowserContext, Page]] = field(default_factory=list)

    @property
    def page(self) -> Page:
        """What the window shows."""
        return self._windows[-1][1]

    async def open_window(self, size: ViewportSize | None = None, *, scripts: bool = True) -> None:
        """Another window, with nothing kept from the one before."""
        context = await self.browser.new_context(viewport=size or PHONE, java_script_enabled=scripts)
        page = await context.new_page()
        page.on("console", lambda message: self._heard(message))  # noqa: PLW0108 -- playwright writes into the object of a bound method
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._looked_at(request.url))
        self._windows.append((context, page))

    def _heard(self, message: ConsoleMessage) -> None:
        """A page that says what is wrong has a status that says so too, of which the console tells."""
        page_refused = message.text.startswith(_REFUSED) and "/assets/" not in message.location["url"]
        if not page_refused:
            self.complaints.append(message.text)

    def _looked_at(self, url: str) -> None:
        if not url.startswith((self.portal, "data:")):
            self.complaints.append(f"asked {url}")

    async def goto(self, address: str) -> None:
        """Open an address of the portal."""
        await self.page.goto(f"{self.portal}{address}")

    async def fill(self, **fields: str) -> None:
        """Fill in a form as a person."""
        for name, value in {**PERSON, **fields}.items():
            await self.page.locator(f"[name={name}]").fill(value)
        await self.page.locator("[name=rank]").select_option("80")

    async def send(self) -> None:
        """Press the button of the form."""
        await self.page.locator("main form button[type=submit]").first.click()

    async def press(self, words: str) -> None:
        """Press what has these words on it."""
        await self.page.get_by_role("link", name=words).or_(self.page.get_by_role("button", name=words)).first.click()

    async def reads(self, heading: str) -> None:
        """Wait until the heading of the page says this."""
        await expect(self.page.locator("h1")).to_have_text(heading)

    async def barriers(self) -> list[str]:
        """What axe finds in the page, and contrasts of which it is not sure."""
        await self.page.evaluate(_axe())
        found: list[str] = await self.page.evaluate(_BARRIERS)
        return found

    async def overflow(self) -> int:
        """How many pixels of the page stand beside the window."""
        width: int = await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return max(0, width)

    async def weight(self, address: str) -> dict[str, Any]:
        """What an address costs whoever has never been here: requests, bytes on the wire, scripts."""
        await self.open_window()
        session = await self.page.context.new_cdp_session(self.page)
        asked: list[str] = []
        sizes: list[float] = []
        session.on("Network.responseReceived", lambda told: asked.append(told["type"]))
        session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
        await session.send("Network.enable")
        await self.page.goto(f"{self.portal}{address}", wait_until="networkidle")
        return {"requests": len(asked), "bytes": int(sum(sizes)), "scripts": asked.count("Script")}


@cache
def _axe() -> str:
    return importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
