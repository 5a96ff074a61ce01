"""Who may do what in notification: every role at every route, of the organiser's body, of another one, of none."""

import json
from datetime import UTC, datetime

from deploy.local.issuer import issue_token
from services.notification.adapters.http_sms import SIGNATURE_HEADER, sign
from tests.notification import saying
from tests.notification.doors import ISSUER, SECRET, open_doors
from tests.notification.office import Office
from tests.rights import Asked, admitted, asking
from tests.rights.operations import operations_admit
from tests.rights.tables import NOTIFICATION, OPERATIONS


def requests(message: str) -> list[Asked]:
    receipt = json.dumps({"id": "1", "status": "delivered", "at": "2022-09-01T08:30:00+07:00"}).encode()
    signature = sign(receipt, secret=SECRET, timestamp=int(datetime.now(UTC).timestamp()))
    signed = {SIGNATURE_HEADER: signature, "content-type": "application/json"}
    of_meeting = f"?meeting_id={saying.MEETING}"
    return [
        Asked(route="GET /v1/messages", path=f"/v1/messages{of_meeting}"),
        Asked(route="GET /v1/messages/counts", path=f"/v1/messages/counts{of_meeting}"),
        Asked(route="GET /v1/messages/{message_id}", path=f"/v1/messages/{message}"),
        Asked(route="POST /v1/receipts/sms", path="/v1/receipts/sms", headers=signed, content=receipt),
        Asked(route="GET /v1/receipts/counts", path="/v1/receipts/counts"),
        Asked(route="GET /v1/templates", path="/v1/templates"),
    ]


async def test_each_route_admits_whom_it_should(office: Office) -> None:
    await office.hear(saying.person(), saying.declined())
    async with open_doors(office) as doors:

        def token(role: str, body: str | None) -> str:
            return issue_token(doors.issuer, issuer=ISSUER, roles=[role], organisation=body)

        ask = asking(doors.client, token)
        found = {each.route: await admitted(ask, each) for each in requests(str(await office.only()))}
        assert (found, await operations_admit(ask)) == (NOTIFICATION, OPERATIONS)
