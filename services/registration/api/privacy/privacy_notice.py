"""The privacy notice: what people are told of their data before they say who they are."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from services.registration.api.dependencies import InjectedDependencies
from services.registration.domain.privacy.notice import KeptPeriod, NoticeText, Purpose

router = APIRouter(prefix="/v1/privacy-notice", tags=["persons"])


class PrivacyNoticeView(BaseModel):
    """The notice that holds now, in Lao and English."""

    version: str = Field(description="to be sent as `notice` with each person to whom this was shown")
    required: bool = Field(description="whether people without an account must send it")
    text: NoticeText
    purposes: list[Purpose]
    kept: list[KeptPeriod]


@router.get("", response_model=PrivacyNoticeView)
async def read_privacy_notice(dependencies: InjectedDependencies) -> Response:
    """What is collected of people and for what, who sees it, and for how long it is kept."""
    notice = dependencies.notice
    members = {name: getattr(notice, name) for name in ("version", "text", "purposes", "kept")}
    view = PrivacyNoticeView(required=dependencies.notice_needed, **members)
    headers = {"etag": f'"{notice.version}-{view.required:d}"', "cache-control": "public, max-age=300"}
    return JSONResponse(view.model_dump(), headers=headers)
