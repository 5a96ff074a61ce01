"""The answers to a meeting, for those who organise it: found, decided on, and taken along as files."""

from fastapi import APIRouter

from services.portal.pages.answers import deciding, files, listing

router = APIRouter()
for _part in (listing, files, deciding):
    router.routes.extend(_part.router.routes)
