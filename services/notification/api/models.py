"""What the routes of notification depend on."""

from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import Request

from services.notification.ports import Dependencies


async def injected_dependencies(request: Request) -> Dependencies:
    """What the service was built with (`main.build`)."""
    dependencies: Dependencies = request.app.state.dependencies
    return dependencies


InjectedDependencies: TypeAlias = Annotated[Dependencies, Depends(injected_dependencies)]
