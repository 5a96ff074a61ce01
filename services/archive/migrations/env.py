"""Alembic's entry: this service's schema."""

from services.archive.tables import METADATA
from shared.migrations import run

run(METADATA)
