"""The routes of the archive, one resource a file."""

from fastapi import APIRouter

from services.archive.api import log, records
from services.archive.api.glossary import GLOSSARY as GLOSSARY

ROUTERS: tuple[APIRouter, ...] = (records.router, log.router)
