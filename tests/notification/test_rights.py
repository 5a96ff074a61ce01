"""Who may do what in notification: every role at every route, of the organiser's body, of another one, of none."""

import json
from datetime import UTC, datetime

from deploy.local.issuer import issue_token
from services.notification.adapters.http_sms import SIGNATURE_HEADER, sign
from tests.notification import scenario
from tests.notification.callers import ISSUER, serving
from tests.notification.running_service import SECRET, NotificationService
from tests.rights import Asked, admitted, asking
from tests.rights.operations import operations_admit
from tests.rights.tables import NOTIFICATION, OPERATIONS


def requests(message: str) -> list[Asked]:
    receipt = json.dumps({"id": "1", "status": "delivered", "at": "2022-09-01T08:30:00+07:00"}).encode()
    signature = sign(receipt, secret=SECRET, timestamp=int(datetime.now(UTC).timestamp()))
    signed = {SIGNATURE_HEADER: signature, "content-type": "application/json"}
    of_meeting = f"?meeting_id={scenario.MEETING}"
    return [
        Asked(route="GET /v1/messages", path=f"/v1/messages{of_meeting}"),
        Asked(route="GET /v1/messages/counts", path=f"/v1/messages/counts{of_meeting}"),
        Asked(route="GET /v1/messages/{message_id}", path=f"/v1/messages/{message}"),
        Asked(route="POST /v1/receipts/sms", path="/v1/receipts/sms", headers=signed, content=receipt),
        Asked(route="GET /v1/receipts/counts", path="/v1/receipts/counts"),
        Asked(route="GET /v1/templates", path="/v1/templates"),
    ]


async def test_each_route_admits_whom_it_should(service: NotificationService) -> None:
    await service.hear(scenario.person(), scenario.declined())
    async with serving(service) as callers:

        def token(role: str, body: str | None) -> str:
            return issue_token(callers.issuer, issuer=ISSUER, roles=[role], organisation=body)

        ask = asking(callers.client, token)
        found = {each.route: await admitted(ask, each) for each in requests(str(await service.only()))}
        assert (found, await operations_admit(ask)) == (NOTIFICATION, OPERATIONS)
