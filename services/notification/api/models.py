"""What the routes of notification depend on."""

from typing import Annotated, TypeAlias

from fastapi import Depends

from services.notification.ports import Dependencies
from shared.http.dependencies import injected_dependencies

InjectedDependencies: TypeAlias = Annotated[Dependencies, Depends(injected_dependencies)]
