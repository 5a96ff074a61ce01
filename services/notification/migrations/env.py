"""Alembic's entry: this service's schema."""

from services.notification.tables import METADATA
from shared.migrations import run

run(METADATA)
