"""What `main.build` has put together for the routes of a service, as a dependency of these routes."""

from typing import Any

from starlette.requests import Request


async def injected_dependencies(request: Request) -> Any:
    """Dependency: `app.state.dependencies`; a coroutine, as FastAPI calls a plain function in a thread.

    Each service names its type: `InjectedDependencies = Annotated[Dependencies, Depends(injected_dependencies)]`.
    """
    return request.app.state.dependencies
