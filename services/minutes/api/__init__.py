"""The routes of minutes, one resource a file."""

from fastapi import APIRouter

from services.minutes.api import entries, minutes, news, review, text
from services.minutes.api.glossary import GLOSSARY as GLOSSARY

ROUTERS: tuple[APIRouter, ...] = (minutes.router, entries.router, text.router, review.router, news.router)
"""The more particular paths first: `/news/feed.atom` before `/news/{news_id}`."""
