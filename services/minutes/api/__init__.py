"""The HTTP doors of minutes, one resource a file."""

from fastapi import APIRouter

from services.minutes.api import minutes, news, review, writing

ROUTERS: tuple[APIRouter, ...] = (minutes.router, writing.router, review.router, news.router)
"""The more particular paths first: a feed is no news item."""
