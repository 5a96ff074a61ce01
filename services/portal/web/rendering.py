"""Renders pages: templates of the areas in the common layout, with the headers that every page has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.portal.web import dates
from services.portal.web.assets import asset
from services.portal.web.languages import NAMES, Language, language_of, localised, plain
from services.portal.web.lines import wrapped
from services.portal.web.state import site_of
from services.portal.web.texts import Texts, texts_of

ROOT: Final = Path(__file__).parents[1]
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


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"wrapped": wrapped, "day": dates.day, "moment": dates.moment, "period": dates.period}
    environment.globals |= {"asset": asset, "localised": localised}
    return environment


_TEMPLATES: Final = _environment()


def page(
    request: Request, template: str, values: Mapping[str, Any] | None = None, *, status: int = 200
) -> HTMLResponse:
    """The page of a template, whose path is that in the package, in the language of the request."""
    return HTMLResponse(_render(request, template, values or {}), status_code=status, headers=HEADERS)


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
    }
    return _TEMPLATES.get_template(template).render({**common, **values})


def _other(request: Request, language: Language) -> dict[str, str]:
    """The same page in the other language."""
    to: Language = "en" if language == "lo" else "lo"
    path = localised(plain(request.scope["path"]), to) if request.method == "GET" else localised("/", to)
    return {"language": to, "name": NAMES[to], "address": path}


def texts_for(request: Request) -> Texts:
    """The texts in the language of the request."""
    return texts_of(language_of(request))
