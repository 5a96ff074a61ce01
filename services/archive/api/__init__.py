"""The routes of the archive, one resource a file."""

from fastapi import APIRouter

from services.archive.api import log, records

ROUTERS: tuple[APIRouter, ...] = (records.router, log.router)
