"""Registration against its own OpenAPI document: whatever schemathesis thinks of, on a real database."""

from collections.abc import Iterator

import httpx
import pytest
import schemathesis

from services.registration import main
from services.registration.api import ROUTERS
from services.registration.settings import RegistrationSettings
from shared.operations.api import ROUTERS as OPERATIONS
from tests.hostile import requests
from tests.openapi import check, documented, labels, served
from tests.registration.running_service import answer, meeting
from tests.rights import ROLES
from tests.shared.provider import Provider

Known = dict[str, str]


@pytest.fixture(scope="module")
def address(shared_settings: RegistrationSettings) -> Iterator[str]:
    with served(main.build(shared_settings)) as found:
        yield found


@pytest.fixture(scope="module")
def document(address: str, provider: Provider) -> schemathesis.BaseSchema:
    return documented(address, token=provider.token(*ROLES, organisation="MTC"))


@pytest.fixture(scope="module")
def known(address: str, provider: Provider) -> Known:
    """A meeting that is open, and a seat."""
    headers = {"authorization": f"Bearer {provider.token('organiser', organisation='MTC')}"}
    with httpx.Client(base_url=address, headers=headers) as http:
        path = f"/v1/meetings/{http.post('/v1/meetings', json=meeting()).json()['meeting_id']}"
        http.post(f"{path}/open")
        seat = http.post(f"{path}/registrations", json=answer(1)).json()["registration_id"]
    return {"meeting_id": path.rpartition("/")[2], "registration_id": seat}


@pytest.mark.parametrize("label", labels(ROUTERS))
def test_every_answer_is_the_documented_one(label: str, document: schemathesis.BaseSchema, known: Known) -> None:
    check(document, label, known=known)


@pytest.mark.parametrize("label", labels([*ROUTERS, *OPERATIONS]))
def test_no_hostile_request_finds_a_defect(
    label: str, document: schemathesis.BaseSchema, known: Known, provider: Provider
) -> None:
    token = provider.token(*ROLES, organisation="MTC", subject="hostile")
    requests.check(document, label, token=token, folder=provider.folder, known=known)
