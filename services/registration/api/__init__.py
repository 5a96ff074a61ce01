"""The HTTP doors of registration, one resource a file."""

from fastapi import APIRouter

from services.registration.api import (
    check_ins,
    invitations,
    lifecycle,
    meetings,
    organisations,
    persons,
    registrations,
    statistics,
)

ROUTERS: tuple[APIRouter, ...] = (
    meetings.router,
    lifecycle.router,
    statistics.router,
    invitations.router,
    registrations.router,
    check_ins.router,
    organisations.router,
    persons.router,
)
