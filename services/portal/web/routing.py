"""Gives each page of an area its two addresses: in Lao, and in English behind `/en`; and guards those that act."""

from collections.abc import Iterable, Iterator
from typing import Final

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse

from services.portal.web.languages import ENGLISH
from services.portal.web.same_origin import check_same_origin

_READING: Final = {"GET", "HEAD"}


def in_both_languages(areas: Iterable[APIRouter]) -> Iterator[APIRouter]:
    """The pages of the areas at both addresses; what acts takes forms of our own pages alone."""
    for area in areas:
        routes = [route for route in area.routes if isinstance(route, APIRoute)]
        for prefix in ("", ENGLISH):
            router = APIRouter(prefix=prefix, default_response_class=HTMLResponse)
            for route in routes:  # not by `include_router`: the rate limits look at the routes themselves
                _add(router, route)
            yield router


def _add(router: APIRouter, route: APIRoute) -> None:
    methods = sorted(route.methods or ())
    guards = [] if set(methods) <= _READING else [Depends(check_same_origin)]
    router.add_api_route(
        route.path, route.endpoint, methods=methods, dependencies=guards, openapi_extra=route.openapi_extra
    )
