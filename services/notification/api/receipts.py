"""Delivery receipts: believed by their signature, kept before anything is concluded from them."""

from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from services.notification import views
from services.notification.api.models import InjectedDependencies
from services.notification.flows.receipts import match_receipt
from services.notification.observability import RECEIPTS, NotificationLog
from services.notification.ports import ReceiptNotAuthentic, ReceiptUnreadable
from services.notification.store import keep_receipt
from shared.http import Authenticated, Now, refusals, require
from shared.http.clients import LIMIT
from shared.kernel import NotPermitted, Role
from shared.observability.logging import log

router = APIRouter(prefix="/v1/receipts", tags=["receipts"])

RECEIPTS_LIMIT: Final = "receipts"
_DESCRIBED: Final = {
    LIMIT: RECEIPTS_LIMIT,
    "requestBody": {
        "required": True,
        "description": "signed by the header X-Signature: t=<Unix seconds>,v1=<HMAC-SHA256 of t.body, hexadecimal>",
        "content": {
            "application/json": {
                "example": {"id": "sms-4711", "status": "delivered", "at": "2022-09-05T02:10:05Z", "key": None},
                "schema": {
                    "type": "object",
                    "required": ["id", "status", "at"],
                    "properties": {
                        "id": {"type": ["string", "integer"]},
                        "status": {"type": "string"},
                        "at": {"type": "string", "format": "date-time"},
                        "key": {"type": ["string", "null"], "format": "uuid"},
                    },
                },
            }
        },
    },
}


class ReceiptCounts(BaseModel):
    """Receipts in all."""

    kept: int
    repeated: int = Field(description="came again, and changed nothing")
    unmatched: int = Field(description="kept, but nobody knows their message (yet)")


@router.post(
    "/sms", status_code=204, responses=refusals(ReceiptNotAuthentic, ReceiptUnreadable), openapi_extra=_DESCRIBED
)
async def take_sms_receipt(request: Request, dependencies: InjectedDependencies, at: Now) -> Response:
    """Take a receipt from the SMS gateway; 204 means that it is kept, whatever it is about."""
    receipt = dependencies.receipts.read(request.headers, await request.body(), now=at)
    async with dependencies.database.transaction() as connection:
        kept = await keep_receipt(connection, receipt, at=at)
    if kept.matched:
        outcome = "repeated"
    else:
        async with dependencies.database.transaction() as connection:
            matched = await match_receipt(connection, kept, receipt, at=at)
        outcome = "matched" if matched else "parked"
    if outcome == "parked":
        log.info(NotificationLog.RECEIPT_UNMATCHED, status=receipt.status)
    RECEIPTS.labels(outcome=outcome).inc()
    return Response(status_code=204)


@router.get("/counts", responses=refusals(NotPermitted))
async def count_receipts(dependencies: InjectedDependencies, actor: Authenticated) -> ReceiptCounts:
    """How many receipts there are, and how many speak of a message that nobody knows."""
    require(actor, Role.OPERATOR)
    async with dependencies.database.reading() as connection:
        return ReceiptCounts(**dict(await views.receipt_counts(connection)))
