"""Who may do what in minutes: every role at every route, of the organiser's body, of another one, of none."""

from uuid import UUID

from deploy.local.issuer import issue_token
from tests.minutes.running_service import ISSUER, MinutesService
from tests.minutes.test_service_text import ACTION, OPINION
from tests.rights import Ask, Asked, admitted, asking, at_home
from tests.rights.operations import operations_admit
from tests.rights.tables import MINUTES, MINUTES_, OPERATIONS

BODIES = {
    "opinions": OPINION,
    "decisions": {"text": "ມະຕິ"},
    "actions": ACTION,
    "text": {"quote": "ຄຳເວົ້າ"},
    "return": {"reason": "ກະລຸນາກວດຄືນ"},
}


def asking_of(minutes_service: MinutesService) -> Ask:
    def token(role: str, body: str | None) -> str:
        return issue_token(minutes_service.issuer, issuer=ISSUER, roles=[role], organisation=body)

    return asking(minutes_service.client, token)


def step(route: str, minutes: UUID) -> Asked:
    path = route.partition(" ")[2].format(minutes_id=minutes)
    return Asked(route=route, path=path, body=BODIES.get(path.rpartition("/")[2]), headers={"If-Match": "*"})


async def test_each_route_admits_whom_it_should(minutes_service: MinutesService) -> None:
    published, drafted, ask = (
        await minutes_service.published(),
        await minutes_service.drafted(),
        asking_of(minutes_service),
    )
    [(news,)] = await minutes_service.rows("SELECT news_id FROM news WHERE minutes_id = $1", published)
    public = {
        f"GET {MINUTES}/document": f"/v1/minutes/{published}/document",
        f"GET {MINUTES}/news": f"/v1/minutes/{published}/news",
        "GET /v1/news/{news_id}": f"/v1/news/{news}",
    }
    requests = [
        Asked(route=route, path=public[route]) if route in public else step(route, drafted) for route in MINUTES_
    ]
    found = {each.route: await admitted(ask, each) for each in requests}
    assert (found, await operations_admit(ask)) == (MINUTES_, OPERATIONS)


async def test_a_document_that_is_not_published_is_for_its_writers(minutes_service: MinutesService) -> None:
    minutes = await minutes_service.approved()
    asked = Asked(route=f"GET {MINUTES}/document", path=f"/v1/minutes/{minutes}/document")
    assert await admitted(asking_of(minutes_service), asked) == at_home("secretary", "chair")
