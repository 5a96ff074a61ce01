"""What operators ask of any service, in the matrix of rights."""

from tests.rights import RIGHT, TOKEN, Admitted, Ask, Asked, admitted
from tests.rights.tables import OPERATIONS

BODIES = {
    "POST /v1/dead-letters/redrive": {"why": "mended", "reason": "none such"},
    "POST /v1/dead-letters/discard": {"why": "mended", "reason": "none such"},
    "POST /v1/dead-jobs/redrive": {"why": "mended", "kind": "none-such"},
    "POST /v1/dead-jobs/discard": {"why": "mended", "kind": "none-such"},
    "POST /v1/consumer/resume": {"why": "mended", "letters": 500},
    "POST /v1/outbox/parked-keys/release": {"why": "mended", "topic": "none", "key": "none"},
}


async def operations_admit(ask: Ask) -> dict[str, Admitted]:
    """Whom each route for operators admits, whatever is there."""
    found = {}
    for route in OPERATIONS:
        method, _, template = route.partition(" ")
        path = template.replace("{letter}", "1").replace("{job}", "1")
        body = BODIES.get(route, {"why": "mended"}) if method == "POST" else None
        found[route] = await admitted(ask, Asked(route=route, path=path, body=body), refusals=(TOKEN, RIGHT))
    return found
