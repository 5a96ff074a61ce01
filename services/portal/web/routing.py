"""Gives each page of an area its two addresses: in Lao, and in English behind `/en`."""

from collections.abc import Iterable, Iterator

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse

from services.portal.web.languages import ENGLISH


def in_both_languages(areas: Iterable[APIRouter]) -> Iterator[APIRouter]:
    """The pages of the areas at both addresses."""
    for area in areas:
        yield area
        english = APIRouter(prefix=ENGLISH, default_response_class=HTMLResponse)
        for route in area.routes:
            if isinstance(route, APIRoute):  # not by `include_router`: the rate limits look at the routes themselves
                english.add_api_route(
                    route.path, route.endpoint, methods=sorted(route.methods or ()), openapi_extra=route.openapi_extra
                )
        yield english
