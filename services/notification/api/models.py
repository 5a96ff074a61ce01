"""The doors' common tools."""

from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import Request

from services.notification.ports import ReceiptReader
from shared.database import Database


class Tools:
    """What the routes need beyond the request, from `app.state`."""

    def __init__(self, request: Request) -> None:
        state = request.app.state
        self.database: Database = state.database
        self.receipts: ReceiptReader = state.receipts


async def tools(request: Request) -> Tools:
    """Dependency."""
    return Tools(request)


Door: TypeAlias = Annotated[Tools, Depends(tools)]
