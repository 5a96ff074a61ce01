"""Links: short enough for an SMS, read however they are typed; each opens a body's invitation or one's own answer."""

import json
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.api.dependencies import digest
from services.registration.api.tokens import new_token, read_id, token_of_link
from tests.registration.running_service import NEVER, RegistrationService, answer, code_of

UNKNOWN = "0123456789ABCDEF"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def short_id(identifier: UUID) -> str:
    """An identifier in 26 letters instead of 36, as in the SMS of earlier releases."""
    return "".join(ALPHABET[identifier.int >> 5 * place & 31] for place in reversed(range(26)))


async def own(service: RegistrationService, token: str) -> httpx.Response:
    return await service.http.get("/v1/registration", headers={"Registration-Token": token})


async def invitation(service: RegistrationService, token: str) -> httpx.Response:
    return await service.http.get("/v1/invitation", headers={"Invitation-Token": token})


@given(identifier=st.uuids())
def test_an_identifier_in_26_letters_is_read_as_it_was(identifier: UUID) -> None:
    written = short_id(identifier)
    assert (len(written), read_id(written), read_id(written.lower()), read_id(str(identifier))) == (
        26,
        identifier,
        identifier,
        identifier,
    )


@pytest.mark.parametrize("written", ["", "U" * 26, "Z" * 26, "0" * 25, "01900000-0000", "ກ" * 26])
def test_what_is_no_identifier_is_none(written: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_id(written)


def test_a_token_has_80_random_bits_and_no_letter_that_is_mistaken() -> None:
    tokens = {new_token() for _ in range(1_000)}
    assert (len(tokens), {len(token) for token in tokens}) == (1_000, {16})
    assert set("ILOU") & set("".join(tokens)) == set()


@pytest.mark.parametrize(
    "link", ["https://e.la/a/{}", "https://e.la/t/{}", "https://e.la/i/7F3K#{}", "https://e.la/r#{}"]
)
def test_a_link_ends_with_its_token_also_one_of_an_earlier_release(link: str) -> None:
    assert token_of_link(link.format("aB3-_xyz")) == "aB3-_xyz"


async def test_whoever_registers_or_declines_by_invitation_is_shown_the_token_of_his_own_link(
    service: RegistrationService,
) -> None:
    path = await service.opened()
    link = await service.invited(path)
    told = [
        await service.registered(path, 1, link=link),
        (await service.anybody.post(f"{path}/declines", {**answer(2, link=link), "reason": "ລາພັກ"})).json(),
    ]
    tokens = await service.own_tokens()
    assert [one["own_token"] for one in told] == [tokens[one["registration_id"]] for one in told]
    assert (await service.registered(path, 3))["own_token"] is None


async def test_the_same_request_again_is_told_the_same_token(service: RegistrationService) -> None:
    path = await service.opened()
    body = answer(1, link=await service.invited(path))
    first, again = [
        (await service.anybody.post(f"{path}/registrations", body, idempotency_key="k")).json() for _ in range(2)
    ]
    assert (again, (await own(service, again["own_token"])).status_code) == (first, 200)


async def test_everybody_finds_his_own_answer_by_his_link(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    seat = await service.registered(path, 1)
    instead = await service.sent(path, seat, 2)
    declined = (await service.anybody.post(f"{path}/declines", {**answer(3, link=link), "reason": "ລາພັກ"})).json()
    (listed,) = (await service.as_("organiser").post(f"{path}/registrations/bulk", {"rows": [answer(4)]})).json()[
        "rows"
    ]
    tokens = await service.own_tokens()
    for told, state in ((seat, "represented"), (instead, "confirmed"), (declined, "declined"), (listed, "confirmed")):
        found = await own(service, tokens[told["registration_id"]])
        assert (found.status_code, found.headers["cache-control"]) == (200, "no-store")
        seen = found.json()
        assert (seen["registration_id"], seen["code"], seen["state"]) == (told["registration_id"], told["code"], state)
        assert seen["meeting"]["meeting_id"] == path.rpartition("/")[2]


async def test_only_the_hash_of_a_token_is_stored(service: RegistrationService) -> None:
    seat = await service.registered(await service.opened(), 1)
    token = (await service.own_tokens())[seat["registration_id"]]
    assert await service.value("SELECT link_hash FROM registration") == bytes.fromhex(digest(token))
    rows = await service.rows("SELECT to_jsonb(r)::text FROM registration r UNION ALL SELECT payload::text FROM outbox")
    assert [row for row in rows if token in row[0]] == []


async def test_whoever_has_declined_and_registers_has_a_new_link(service: RegistrationService) -> None:
    path = await service.opened()
    link = await service.invited(path)
    told = (await service.anybody.post(f"{path}/declines", {**answer(1, link=link), "reason": "ລາພັກ"})).json()
    old = (await service.own_tokens())[told["registration_id"]]
    await service.registered(path, 1, link=link)
    new = (await service.own_tokens())[told["registration_id"]]
    assert [(await own(service, token)).status_code for token in (old, new)] == [404, 200]


@pytest.mark.parametrize(
    "spelled", ["{0}", " {0}\t", "{1}", "{2}", "{3}"], ids=["as issued", "spaces", "lower", "hyphens", "O for 0"]
)
async def test_a_link_is_read_however_it_is_typed(shared_service: RegistrationService, spelled: str) -> None:
    path = await shared_service.opened()
    token = await shared_service.invited(path)
    parts = "-".join(token[place : place + 4] for place in range(0, 16, 4))
    typed = spelled.format(token, token.lower(), parts, token.replace("0", "O").replace("1", "l"))
    seen = await invitation(shared_service, typed)
    assert (seen.status_code, seen.headers["cache-control"], len(token)) == (200, "no-store", 16)
    made = await shared_service.anybody.post(f"{path}/registrations", answer(1, link=typed))
    assert made.status_code == 201


async def test_lao_digits_are_read_in_a_header_too(service: RegistrationService) -> None:
    path = await service.opened()
    seat = await service.registered(path, 1)
    lao = str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙")
    token = (await service.own_tokens())[seat["registration_id"]]
    code, typed = seat["code"].translate(lao).encode(), token.translate(lao).encode()
    answers = [
        await service.http.get(f"{path}/registrations/{seat['registration_id']}", headers={b"Registration-Code": code}),
        await service.http.get("/v1/registration", headers={b"Registration-Token": typed}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_a_link_of_an_earlier_release_still_opens_its_invitation(service: RegistrationService) -> None:
    path = await service.opened(policy="by-invitation")
    await service.invited(path)
    token = "aB3-_" * 8 + "xyz"
    async with service.database.transaction() as connection:
        await connection.execute("UPDATE invitation SET token_hash = $1", bytes.fromhex(digest(token)))
    assert (await invitation(service, f" {token}\n")).status_code == 200
    assert (await service.registered(path, 1, link=token))["state"] == "confirmed"


async def test_a_body_sees_its_invitation_and_the_meeting_as_it_is_now(service: RegistrationService) -> None:
    agenda = [{"number": "1", "title": {"lo": "ເປີດກອງປະຊຸມ"}}]
    path = await service.opened(agenda=agenda, purpose="ປຶກສາຫາລື")
    link = await service.invited(path, seats=2)
    await service.registered(path, 1, link=link)
    await service.anybody.post(f"{path}/declines", {**answer(2, link=link), "reason": "ລາພັກ"})
    seen = (await invitation(service, link)).json()
    assert {name: seen[name] for name in ("organisation", "seats", "used", "declined", "expires_at", "revoked_at")} == {
        "organisation": "MOF",
        "seats": 2,
        "used": 1,
        "declined": 1,
        "expires_at": NEVER,
        "revoked_at": None,
    }
    told = seen["meeting"]
    assert (told["phase"], told["organiser"]["lo"], told["purpose"], told["agenda"][0]["title"]["lo"]) == (
        "open",
        "ກະຊວງເຕັກໂນໂລຊີ ແລະ ການສື່ສານ",
        "ປຶກສາຫາລື",
        "ເປີດກອງປະຊຸມ",
    )
    assert "ຄົນທີ" not in json.dumps(seen, ensure_ascii=False)


async def test_who_guesses_links_finds_nothing_and_has_to_wait(service: RegistrationService) -> None:
    wrong = [await read(service, UNKNOWN) for read in (own, invitation) for _ in range(20)]
    assert {code_of(each)[:2] for each in wrong[:20]} == {(404, "NotFound")}
    paused = [each for each in wrong if each.status_code == 429]
    assert (len(paused) > 10, {int(each.headers["retry-after"]) >= 1 for each in paused}) == (True, {True})
    assert code_of(await own(service, "?"))[:2] == (422, "InvalidRequest")


async def test_the_links_of_messages_open_a_plain_page_where_there_is_no_portal(service: RegistrationService) -> None:
    path = await service.opened()
    token = await service.invited(path)
    opened = await service.anybody.get(f"/a/{token}", answer="decline")
    assert opened.text == (await service.anybody.get(f"/answer/{path.rpartition('/')[2]}", answer="decline")).text
    assert (await service.anybody.get(f"/t/{UNKNOWN}")).text == (await service.anybody.get("/r")).text
    assert [(await service.anybody.get(f"/a/{wrong}")).status_code for wrong in (UNKNOWN, "?", "x")] == [404, 404, 404]


async def test_the_short_link_of_an_sms_opens_the_page_of_the_meeting(service: RegistrationService) -> None:
    path = await service.opened()
    short = short_id(UUID(path.rpartition("/")[2]))
    pages = [await service.anybody.get(f"/{kind}") for kind in (f"i/{short}", f"answer/{path.rpartition('/')[2]}", "r")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert (pages[0].text, "ການລົງທະບຽນຂອງທ່ານ" in pages[2].text) == (pages[1].text, True)
    assert [(await service.anybody.get(f"/i/{wrong}")).status_code for wrong in ("x", "U" * 26)] == [404, 404]
