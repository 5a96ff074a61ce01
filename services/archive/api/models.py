"""What the routes of the archive share: what comes in, and the doors' common tools."""

from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import Depends
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request

from services.archive.domain.note import VerifierKey
from services.archive.ports import ArchiveStore
from shared.database import Database


class Input(BaseModel):
    """What comes in: an unknown member is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class Tools:
    """What the routes need beyond the request, from `app.state`."""

    def __init__(self, request: Request) -> None:
        state = request.app.state
        self.database: Database = state.database
        self.packages: ArchiveStore = state.packages
        self.log_key: VerifierKey = state.log_key
        self._public_url: str = state.public_url

    def link(self, record_id: UUID, what: str) -> str:
        """The address of a part of a record, as the world sees it."""
        return f"{self._public_url.rstrip('/')}/v1/records/{record_id}/{what}"


async def tools(request: Request) -> Tools:
    """Dependency."""
    return Tools(request)


Door: TypeAlias = Annotated[Tools, Depends(tools)]


def file(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that answers with a file."""
    schema = {"type": "string"} if media_type.startswith("text/") else {"type": "string", "format": "binary"}
    return {200: {"description": description, "content": {media_type: {"schema": schema}}}}
