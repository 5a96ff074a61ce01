"""Static files under names that hold a hash of their content, so that browsers keep them for ever."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from gzip import compress
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared.http.problem import UnknownPath

FOLDER: Final = Path(__file__).with_name("static")
_STYLE: Final = "portal.css"
_FOREVER: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Cross-Origin-Resource-Policy": "same-origin",
}
COMPRESSED: Final = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
_TYPES: Final = {".woff2": "font/woff2", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file; `compressed` where that is smaller."""

    content: bytes
    media_type: str
    compressed: bytes | None


def _hashed(name: str, content: bytes) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.{sha256(content).hexdigest()[:12]}.{suffix}"


def _read() -> tuple[Mapping[str, str], Mapping[str, Asset]]:
    """Name → name with the hash, and this → the file; the style sheet names the fonts as they are served."""
    contents = {file.name: file.read_bytes() for file in sorted(FOLDER.iterdir()) if file.suffix not in {".md", ".txt"}}
    names = {name: _hashed(name, content) for name, content in contents.items() if name != _STYLE}
    style = contents[_STYLE]
    for name, served in names.items():
        style = style.replace(name.encode(), served.encode())
    contents[_STYLE], names[_STYLE] = style, _hashed(_STYLE, style)
    return names, {names[name]: _asset(name, content) for name, content in contents.items()}


def _asset(name: str, content: bytes) -> Asset:
    smaller = compress(content, mtime=0)
    return Asset(content, _type(name), smaller if len(smaller) < len(content) * 0.9 else None)


def _type(name: str) -> str:
    return _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


_NAMES, _SERVED = _read()


def takes_gzip(request: Request) -> bool:
    """Whether a browser takes answers that are compressed; all do, some programs do not."""
    return "gzip" in request.headers.get("accept-encoding", "").lower()


def asset(name: str) -> str:
    """The address of a static file; raises `KeyError` if there is none of this name."""
    return f"/assets/{_NAMES[name]}"


def assets_route() -> Route:
    """The route of all static files."""
    return Route("/assets/{name}", _serve)


async def _serve(request: Request) -> Response:
    found = _SERVED.get(request.path_params["name"])
    if found is None:
        raise UnknownPath
    if found.compressed is not None and takes_gzip(request):
        return Response(found.compressed, media_type=found.media_type, headers={**_FOREVER, **COMPRESSED})
    return Response(found.content, media_type=found.media_type, headers={**_FOREVER, "Vary": "Accept-Encoding"})
