"""What the routes of the archive share: what comes in, and what they depend on."""

from typing import Annotated, Any, TypeAlias

from fastapi import Depends

from services.archive.ports import Dependencies
from shared.http.dependencies import injected_dependencies

InjectedDependencies: TypeAlias = Annotated[Dependencies, Depends(injected_dependencies)]


def file(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that answers with a file."""
    schema = {"type": "string"} if media_type.startswith("text/") else {"type": "string", "format": "binary"}
    return {200: {"description": description, "content": {media_type: {"schema": schema}}}}
