"""The language of a page: Lao at the plain address, English behind `/en`."""

from typing import Final, Literal, TypeAlias

from starlette.requests import Request

Language: TypeAlias = Literal["lo", "en"]
ENGLISH: Final = "/en"
NAMES: Final[dict[Language, str]] = {"lo": "ລາວ", "en": "English"}


def language_of(request: Request) -> Language:
    """The language in which this request is answered."""
    path: str = request.scope["path"]
    return "en" if path == ENGLISH or path.startswith(f"{ENGLISH}/") else "lo"


def localised(path: str, language: Language) -> str:
    """The address of a page in a language, given its address in Lao."""
    return path if language == "lo" else f"{ENGLISH}{path}"


def plain(path: str) -> str:
    """The address of a page in Lao, given its address in any language."""
    return path.removeprefix(ENGLISH) or "/" if path == ENGLISH or path.startswith(f"{ENGLISH}/") else path
