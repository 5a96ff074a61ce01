"""The QR code of a ticket as a picture inside the page, so that it is there without a network once the page is."""

from functools import lru_cache

import segno

_KEPT = 256  # a person looks at his ticket several times on the way in


@lru_cache(maxsize=_KEPT)
def qr_code(ticket: str) -> str:
    """A `data:` address of an SVG; error correction M, with the quiet zone that readers need."""
    return segno.make_qr(ticket, error="m", boost_error=False).svg_data_uri(
        scale=4, border=4, light="#ffffff", encode_minimal=True, omitsize=True
    )
