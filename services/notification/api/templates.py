"""The templates, each as it reads with the longest values that are to be expected."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.notification.api.models import InjectedDependencies
from services.notification.domain.segments import segments
from services.notification.domain.template_source import LANGUAGES, TemplateSet
from services.notification.domain.templates import channels, compose
from shared.contracts.base import Language
from shared.contracts.notification import Channel
from shared.http import Authenticated, Page, refusals, require
from shared.kernel import NotPermitted, Role

router = APIRouter(prefix="/v1/templates", tags=["templates"])


class Preview(BaseModel):
    """One text with sample values; `units` and `parts` say what an SMS costs."""

    channel: Channel
    language: Language
    subject: str | None
    text: str
    units: int | None = Field(description="septets or UTF-16 code units")
    parts: int | None = Field(description="segments")


class TemplateView(BaseModel):
    """One version of one template."""

    template: str
    version: str
    previews: list[Preview]


@router.get("", responses=refusals(NotPermitted))
async def list_templates(dependencies: InjectedDependencies, actor: Authenticated) -> Page[TemplateView]:
    """Every template in every channel and language it has."""
    require(actor, Role.OPERATOR, Role.ORGANISER, Role.SECRETARY)
    return Page(items=[_view(dependencies.templates, key) for key in dependencies.templates.keys])


def _view(templates: TemplateSet, key: str) -> TemplateView:
    composed = [
        (channel, language, compose(templates, key, channel, language=language, values=templates.longest_values()))
        for channel in channels(templates, key)
        for language in LANGUAGES
    ]
    previews = [
        Preview(channel=channel, language=language, subject=text.subject, text=text.text, **_cost(channel, text.text))
        for channel, language, text in composed
    ]
    return TemplateView(template=key, version=composed[0][2].template, previews=previews)


def _cost(channel: Channel, text: str) -> dict[str, Any]:
    if channel != "sms":
        return {"units": None, "parts": None}
    cut = segments(text)
    return {"units": cut.units, "parts": len(cut.parts)}
