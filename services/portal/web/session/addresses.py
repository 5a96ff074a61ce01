"""Where a login may lead back to: pages for staff alone, so that no link of others can send people elsewhere."""

import re
from typing import Final

STAFF: Final = "/staff"
_OURS: Final = re.compile(r"(?:/en)?/staff(?:/[A-Za-z0-9._~-]+)*(?:\?[A-Za-z0-9._~=&%+-]*)?", re.ASCII)
_LONGEST: Final = 500


def own_address(wanted: str | None, *, otherwise: str = STAFF) -> str:
    """The address, if it is one of our pages for staff; `otherwise` for all others."""
    good = wanted is not None and len(wanted) <= _LONGEST and _OURS.fullmatch(wanted) and "/.." not in wanted
    return wanted if good and wanted is not None else otherwise
