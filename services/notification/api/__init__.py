"""The routes of notification, one resource a file."""

from fastapi import APIRouter

from services.notification.api import messages, receipts, templates
from services.notification.api.glossary import GLOSSARY as GLOSSARY

ROUTERS: tuple[APIRouter, ...] = (messages.router, receipts.router, templates.router)
