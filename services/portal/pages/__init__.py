"""The pages, one folder for each area with its templates and texts; no area knows another.

An area is a package with `router` (its pages, at their addresses in Lao). It is entered here, and in no other place.
"""

from fastapi import APIRouter

from services.portal.pages import about, answers, former, invitation, meetings, own, sign_in

AREAS: tuple[APIRouter, ...] = (
    *(about.router, invitation.router, own.router, former.router),
    *(sign_in.router, meetings.router, answers.router),
)
