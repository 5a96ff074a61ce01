"""The HTTP doors of registration, one resource a file."""

from fastapi import APIRouter

from services.registration.api import check_ins, invitations, meetings, organisations, registrations

ROUTERS: tuple[APIRouter, ...] = (
    meetings.router,
    invitations.router,
    registrations.router,
    check_ins.router,
    organisations.router,
)
