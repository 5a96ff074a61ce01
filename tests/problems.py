"""The page of all problem codes, from the classes of refusals; `make format` writes it."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from shared.contracts import SERVICE_NAMES
from shared.generated_page import command_line
from shared.kernel import Refusal
from tests.routers import routers

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "problems.md"
_HEAD: Final = """# Problem codes

<!-- written by `make format` from the classes of refusals: change them there -->

Every answer with a status of 400 or above is `application/problem+json` (RFC 9457). Programs depend on `code`, which
never changes its meaning; people read `title` (Lao) and `title_en`. `field` points at the member of the request that is
wrong, `errors` at each of them. `details` holds values that help to correct it: for `NotPermitted` the `roles` of which
one is needed, for a limit its name. Nothing of the request is quoted. A refusal has written nothing.

500 `InternalError` is a fault of ours: quote its `trace_id`. 503 `Unavailable` says in `Retry-After` when to try again.
"""


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """Every refusal that is loaded, in the order of their codes within each module."""
    for each in kind.__subclasses__():
        if each.__module__.startswith(("services.", "shared.")):
            yield each
        yield from refusals(each)


def page() -> str:
    """The whole page."""
    for service in SERVICE_NAMES:
        routers(service)
    found = sorted(set(refusals()), key=lambda each: each.__name__)
    parts = {"Every service": [each for each in found if each.__module__.startswith("shared.")]}
    for service in SERVICE_NAMES:
        parts[service.capitalize()] = [each for each in found if each.__module__.startswith(f"services.{service}.")]
    return _HEAD + "".join(line for title, each in parts.items() for line in _part(title, each))


def _part(title: str, found: Sequence[type[Refusal]]) -> Iterator[str]:
    if found:
        yield f"\n## {title}\n\n| code | status | meaning | what people read |\n|---|---|---|---|\n"
    for each in found:
        meaning = " ".join((each.__doc__ or "").split()).replace("|", "\\|")
        yield f"| `{each.__name__}` | {each.status} | {meaning} | {each.lao} · {each.english} |\n"


if __name__ == "__main__":
    sys.exit(command_line(PAGE, page(), repair="make format"))
