"""Who may do what in the archive: every role at every route, of the organiser's body, of another one, of none."""

from deploy.local.issuer import issue_token
from tests.archive.callers import ISSUER, Callers
from tests.archive.running_service import ArchiveService, sealed
from tests.rights import Asked, admitted, asking
from tests.rights.operations import operations_admit
from tests.rights.tables import ARCHIVE, OPERATIONS


async def test_each_route_admits_whom_it_should(archive_service: ArchiveService, callers: Callers) -> None:
    record = await sealed(archive_service)

    def token(role: str, body: str | None) -> str:
        return issue_token(callers.issuer, issuer=ISSUER, roles=[role], organisation=body)

    def request(route: str) -> Asked:
        method, _, template = route.partition(" ")
        query = "?old=1&new=1" if template.endswith("/consistency") else ""
        body = {"reason": "court case 12"} if method == "POST" else None
        return Asked(route=route, path=template.format(record_id=record) + query, body=body)

    ask = asking(callers.client, token)
    found = {route: await admitted(ask, request(route)) for route in ARCHIVE}
    assert (found, await operations_admit(ask)) == (ARCHIVE, OPERATIONS)
