"""Renders pages: templates of the areas in the common layout, with the headers that every page has."""

from collections.abc import Mapping
from gzip import compress
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from services.portal.web import dates
from services.portal.web.assets import COMPRESSED, asset, takes_gzip
from services.portal.web.errors import labels_of
from services.portal.web.languages import NAMES, Language, language_of, localised, plain
from services.portal.web.lines import told, wrapped
from services.portal.web.session.cookies import set_cookies
from services.portal.web.state import site_of
from services.portal.web.texts import Texts, texts_of

ROOT: Final = Path(__file__).parents[1]
_LEVEL: Final = 5  # of compression: more of it takes longer than it saves
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # `no-referrer` would make browsers send `Origin: null` with our own forms
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Robots-Tag": "noindex",
}
"""Of every page: nothing from elsewhere, no script, and nothing of it is kept."""
HEADERS_WITH_SCRIPT: Final = {
    **HEADERS,
    "Content-Security-Policy": f"{HEADERS['Content-Security-Policy']}; script-src 'self'",
}
"""Of the pages that read the end of a link of earlier messages, which no server is sent."""


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"wrapped": wrapped, "day": dates.day, "moment": dates.moment, "period": dates.period}
    environment.filters |= {"told": told}
    environment.globals |= {"asset": asset, "localised": localised, "labels_of": labels_of}
    return environment


_TEMPLATES: Final = _environment()


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] = HEADERS,
) -> HTMLResponse:
    """The page of a template, whose path is that in the package, in the language of the request."""
    html = _render(request, template, values or {}).encode()
    sent = {"Vary": "Accept-Encoding"}
    if takes_gzip(request):
        html, sent = compress(html, _LEVEL, mtime=0), COMPRESSED
    answer = HTMLResponse(html, status_code=status, headers={**headers, **sent})
    set_cookies(request, answer)
    return answer


def go_to(request: Request, path: str, query: str = "") -> RedirectResponse:
    """Sends the browser to the page at this address in Lao, in the language of the request; it asks for it by GET."""
    address = localised(quote(path), language_of(request))
    return leave_for(request, f"{address}?{query}" if query else address)


def leave_for(request: Request, address: str) -> RedirectResponse:
    """Sends the browser to an address that is not in the hands of whoever asks: one of ours, or of the provider."""
    answer = RedirectResponse(address, status_code=303, headers=HEADERS)
    set_cookies(request, answer)
    return answer


def _render(request: Request, template: str, values: Mapping[str, Any]) -> str:
    language = language_of(request)
    texts = texts_of(language)
    common: dict[str, Any] = {
        "language": language,
        "_": texts,
        "said": texts.plain,
        "contact": site_of(request).contact[language],
        "other": _other(request, language),
        "titled": False,
        "for_staff": request.app.state.staff is not None,
    }
    return _TEMPLATES.get_template(template).render({**common, **values})


def _other(request: Request, language: Language) -> dict[str, str]:
    """The same page in the other language."""
    to: Language = "en" if language == "lo" else "lo"
    path = quote(localised(plain(request.scope["path"]), to))
    return {"language": to, "name": NAMES[to], "address": path}


def texts_for(request: Request) -> Texts:
    """The texts in the language of the request."""
    return texts_of(language_of(request))
