"""What a process says before it ends because its settings are wrong."""

from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from shared.observability.faults import Fault, explanation
from shared.observability.logging import Log, log

EX_CONFIG: Final = 78
"""The exit code of a process whose settings are wrong (sysexits.h)."""


def tell_invalid(error: ValidationError, *, service: str) -> int:
    """Log one line that names the variables, never their values; returns `EX_CONFIG`.

    The environment of a process does not change, so waiting would not help.
    """
    prefixes = {kind.__name__: kind.model_config.get("env_prefix") for kind in _kinds(BaseSettings)}
    prefix = prefixes.get(error.title) or f"{service}_"
    problems = [
        f"{prefix}{'_'.join(map(str, one['loc']))}".upper().rstrip("_") + f": {one['msg']}"
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    ]
    log.error(Log.SETTING_INVALID, **explanation(Fault.SETTING_INVALID, "; ".join(problems)))
    return EX_CONFIG


def _kinds(kind: type[BaseSettings]) -> Iterator[type[BaseSettings]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _kinds(one)
