"""Alembic's entry: this service's schema."""

from services.minutes.tables import METADATA
from shared.migrations import run

run(METADATA)
