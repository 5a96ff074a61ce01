"""What the routes of the archive share: what comes in, and what they depend on."""

from typing import Annotated, Any, TypeAlias

from fastapi import Depends

from services.archive.ports import Dependencies
from shared.http.dependencies import injected_dependencies

InjectedDependencies: TypeAlias = Annotated[Dependencies, Depends(injected_dependencies)]


def file(media_type: str, description: str, *, example: str | None = None) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that answers with a file; a text has an example."""
    content: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
    if example is not None:
        content = {"schema": {"type": "string"}, "example": example}
    return {200: {"description": description, "content": {media_type: content}}}
