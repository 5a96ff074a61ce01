"""Staff sign in by a provider of logins, stay signed in, and sign out; nobody else gets in."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr, ValidationError

from services.portal.web.session.addresses import own_address
from services.portal.web.session.cookies import Cookies
from services.portal.web.session.sealing import Seal
from services.portal.web.session.sessions import PURPOSE
from tests.portal.office import heading_of, words_of
from tests.portal.staff_pages.conftest import staff_settings
from tests.portal.staff_pages.office import StaffOffice, query_of

FIRST, SECOND = Fernet.generate_key().decode(), Fernet.generate_key().decode()
REFRESHED = timedelta(seconds=290)  # the access token of the local issuer is good for 300 seconds
OVER = timedelta(hours=13)


def session_of(browser: httpx.AsyncClient) -> str | None:
    return browser.cookies.get("session")


async def test_whoever_signs_in_comes_to_the_page_that_was_asked_for(shared_staff: StaffOffice) -> None:
    page = await shared_staff.signed_in(path="/en/staff?q=budget")
    assert (page.status_code, heading_of(page), page.url.path, page.url.query) == (
        200,
        "My meetings",
        "/en/staff",
        b"q=budget",
    )
    assert "Organiser Sign out" in words_of(page)


async def test_the_provider_is_told_a_challenge_and_a_state_and_nothing_of_the_person(
    shared_staff: StaffOffice,
) -> None:
    login = await shared_staff.browser.get("/login?then=/staff")
    asked = query_of(login.headers["location"])
    state, challenge = asked.pop("state"), asked.pop("code_challenge")
    assert (len(state), len(challenge)) == (32, 43)
    assert asked == {
        "response_type": "code",
        "client_id": "pasum-portal",
        "redirect_uri": f"{str(shared_staff.browser.base_url).rstrip('/')}/login/callback",
        "scope": "openid profile",
        "code_challenge_method": "S256",
    }
    cookie = login.headers["set-cookie"]
    assert cookie.partition(";")[2] == " Path=/; Max-Age=600; HttpOnly; SameSite=Lax"


async def test_a_session_is_a_cookie_that_ends_with_the_browser_and_no_script_can_read(
    shared_staff: StaffOffice,
) -> None:
    back = await shared_staff.browser.get(await shared_staff.choose(await shared_staff.begin()))
    kept, forgotten = sorted(back.headers.get_list("set-cookie"), reverse=True)
    assert kept.partition(";")[2] == " Path=/; HttpOnly; SameSite=Lax"
    assert forgotten.partition(";")[2] == " Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
    assert (back.headers["location"], back.headers["cache-control"]) == ("/staff", "no-store")


@pytest.mark.parametrize(
    ("address", "name", "attributes"),
    [
        ("https://portal.example.la", "__Host-session", "Path=/; HttpOnly; SameSite=Lax; Secure"),
        ("http://127.0.0.1:8080", "session", "Path=/; HttpOnly; SameSite=Lax"),
        ("http://localhost:8080", "session", "Path=/; HttpOnly; SameSite=Lax"),
    ],
)
def test_with_tls_cookies_belong_to_this_host_alone(address: str, name: str, attributes: str) -> None:
    cookies = Cookies.of(address)
    assert (cookies.name("session"), cookies.attributes()) == (name, attributes)


@pytest.mark.parametrize("address", ["http://portal.example.la", "http://127.0.0.1.example.la", "ftp://127.0.0.1"])
def test_no_portal_starts_whose_sessions_others_could_read(address: str) -> None:
    with pytest.raises(ValidationError, match="must begin with https"):
        staff_settings(0, discovery="http://127.0.0.1:9", registration_url="http://127.0.0.1:9", public_url=address)


@pytest.mark.parametrize("missing", ["public_url", "session_keys"])
def test_no_portal_starts_whose_staff_could_not_sign_in(missing: str) -> None:
    with pytest.raises(ValidationError, match="are needed with PORTAL_OIDC_ISSUER"):
        staff_settings(0, discovery="http://127.0.0.1:9", registration_url="http://127.0.0.1:9", **{missing: None})


@pytest.mark.parametrize("path", ["/staff", "/en/staff", "/login", "/login/callback", "/login/failed", "/logout"])
async def test_without_a_provider_there_are_no_pages_for_staff(path: str, browser: httpx.AsyncClient) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, "set-cookie" in answer.headers) == (404, False)


@pytest.mark.parametrize(
    "wanted",
    [
        *("https://evil.example", "//evil.example", "/\\evil.example", "/staff/../..//evil.example", "/staff\n"),
        *("/logout", "/", "", "staff", "/staff@evil.example", "/staff/%2e%2e/", "/staffing", "/a/7F3K", "/staff" * 99),
    ],
)
def test_a_login_leads_nowhere_but_to_pages_for_staff(wanted: str) -> None:
    assert own_address(wanted) == "/staff"


@pytest.mark.parametrize("wanted", ["/staff", "/en/staff", "/staff/meetings/0192-ab?state=confirmed&q=%E0%BA%81"])
def test_a_login_leads_back_to_a_page_for_staff(wanted: str) -> None:
    assert own_address(wanted) == wanted


async def test_a_link_with_the_login_of_somebody_else_signs_nobody_in(shared_staff: StaffOffice) -> None:
    address = await shared_staff.choose(await shared_staff.begin())
    shared_staff.browser.cookies.clear()
    await refused(shared_staff, address)


@pytest.mark.parametrize("state", ["", "x", "A" * 32, "../../../../../../../../../../x"])
async def test_a_forged_state_signs_nobody_in(state: str, shared_staff: StaffOffice) -> None:
    await shared_staff.begin()
    await refused(shared_staff, f"/login/callback?code=stolen&state={state}")


async def test_a_state_is_good_once(shared_staff: StaffOffice) -> None:
    address = await shared_staff.choose(await shared_staff.begin())
    await shared_staff.browser.get(address)
    del shared_staff.browser.cookies["session"]
    await refused(shared_staff, address)


async def test_a_code_is_good_once_also_for_the_browser_that_has_kept_its_state(shared_staff: StaffOffice) -> None:
    login = await shared_staff.begin()
    kept = dict(shared_staff.browser.cookies)
    address = await shared_staff.choose(login)
    await shared_staff.browser.get(address)
    shared_staff.browser.cookies.clear()
    for name, value in kept.items():
        shared_staff.browser.cookies.set(name, value)
    await refused(shared_staff, address)


async def test_a_login_that_took_longer_than_ten_minutes_is_begun_anew(shared_staff: StaffOffice) -> None:
    address = await shared_staff.choose(await shared_staff.begin())
    shared_staff.clock.ahead = timedelta(seconds=601)
    await refused(shared_staff, address)


async def test_an_answer_that_names_another_provider_signs_nobody_in(shared_staff: StaffOffice) -> None:
    address = await shared_staff.choose(await shared_staff.begin())
    await refused(shared_staff, address.replace("issuer.test", "other.test"))


async def test_a_login_that_was_given_up_is_no_login(shared_staff: StaffOffice) -> None:
    login = await shared_staff.begin()
    await refused(shared_staff, f"/login/callback?error=access_denied&state={query_of(str(login.url))['state']}")


async def refused(staff: StaffOffice, address: str) -> None:
    back = await staff.browser.get(address)
    assert (back.status_code, back.headers["location"], session_of(staff.browser)) == (303, "/login/failed", None)
    failed = await staff.browser.get("/login/failed")
    assert (failed.status_code, heading_of(failed)) == (400, "ທ່ານຍັງບໍ່ໄດ້ເຂົ້າສູ່ລະບົບ")


async def test_a_browser_keeps_five_logins_that_are_under_way(shared_staff: StaffOffice) -> None:
    for _ in range(8):
        await shared_staff.browser.get("/login")
    assert len(shared_staff.browser.cookies) == 5


async def test_a_cookie_that_was_changed_is_no_session(shared_staff: StaffOffice) -> None:
    await shared_staff.signed_in()
    sealed = session_of(shared_staff.browser) or ""
    changed = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]
    for forged in (changed, sealed[:-4], "x", "", "é", sealed + sealed):
        answer = await shared_staff.browser.get("/staff", headers={b"cookie": f"session={forged}".encode()})
        assert (forged, answer.status_code) == (forged, 303)


def test_a_sealed_value_is_good_for_its_purpose_alone() -> None:
    seal = Seal(SecretStr(FIRST))
    sealed = seal.seal({"a": "token"}, purpose=PURPOSE)
    assert (seal.open(sealed, purpose=PURPOSE), seal.open(sealed, purpose="login-x")) == ({"a": "token"}, None)


def test_sessions_stay_when_the_key_is_replaced_and_end_when_it_is_taken_away() -> None:
    sealed = Seal(SecretStr(FIRST)).seal({"a": "token"}, purpose=PURPOSE)
    after, later = Seal(SecretStr(f"{SECOND},{FIRST}")), Seal(SecretStr(SECOND))
    assert (after.open(sealed, purpose=PURPOSE), later.open(sealed, purpose=PURPOSE)) == ({"a": "token"}, None)
    assert later.open(after.seal({"a": "token"}, purpose=PURPOSE), purpose=PURPOSE) == {"a": "token"}


async def test_a_session_is_refreshed_before_its_token_expires(shared_staff: StaffOffice) -> None:
    await shared_staff.signed_in()
    before = session_of(shared_staff.browser)
    shared_staff.clock.ahead = REFRESHED
    page = await shared_staff.browser.get("/staff")
    assert (page.status_code, session_of(shared_staff.browser) != before) == (200, True)


async def test_pages_that_are_asked_for_together_share_one_refresh(shared_staff: StaffOffice) -> None:
    await shared_staff.signed_in()
    shared_staff.clock.ahead = REFRESHED
    pages = await asyncio.gather(*(shared_staff.browser.get("/staff") for _ in range(5)))
    assert [page.status_code for page in pages] == [200] * 5


async def test_a_session_that_the_provider_has_ended_leads_to_the_login(shared_staff: StaffOffice) -> None:
    await shared_staff.signed_in()
    shared_staff.logins.revoke_all()
    shared_staff.clock.ahead = REFRESHED
    page = await shared_staff.browser.get("/staff")
    assert (page.status_code, page.headers["location"]) == (303, "/login?then=%2Fstaff")
    assert session_of(shared_staff.browser) is None


async def test_everybody_signs_in_again_after_twelve_hours(shared_staff: StaffOffice) -> None:
    await shared_staff.signed_in()
    shared_staff.clock.ahead = OVER
    assert (await shared_staff.browser.get("/staff")).headers["location"] == "/login?then=%2Fstaff"


async def test_signing_out_ends_the_session_here_and_at_the_provider(shared_staff: StaffOffice) -> None:
    await shared_staff.signed_in()
    kept = session_of(shared_staff.browser) or ""
    out = await shared_staff.browser.post("/logout")
    assert (out.status_code, out.headers["location"], session_of(shared_staff.browser)) == (303, "/logout", None)
    assert heading_of(await shared_staff.browser.get("/logout")) == "ທ່ານໄດ້ອອກຈາກລະບົບແລ້ວ"
    shared_staff.browser.cookies.set("session", kept)
    shared_staff.clock.ahead = REFRESHED
    assert (await shared_staff.browser.get("/staff")).status_code == 303


async def test_another_site_signs_nobody_out(shared_staff: StaffOffice) -> None:
    await shared_staff.signed_in()
    out = await shared_staff.browser.post("/logout", headers={"sec-fetch-site": "cross-site"})
    assert (out.status_code, session_of(shared_staff.browser) is None) == (403, False)
    page = await shared_staff.browser.get("/logout")
    assert heading_of(page) == "ທ່ານກຳລັງຢູ່ໃນລະບົບ"


async def test_no_token_is_in_an_address_a_page_or_a_log(
    shared_staff: StaffOffice, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    begun = await shared_staff.begin()
    address = await shared_staff.choose(begun)
    back = await shared_staff.browser.get(address)
    page = await shared_staff.browser.get("/staff")
    secret = [session_of(shared_staff.browser) or "", *shared_staff.logins.known_tokens()]
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    told = "\n".join([page.text, back.headers["location"], *capfd.readouterr(), *logged])
    assert [one for one in [*secret, query_of(address)["code"]] if one in told] == []


async def test_a_search_after_the_session_is_over_says_so_as_no_form_may_be_sent_on_to_the_provider(
    shared_staff: StaffOffice,
) -> None:
    page = await shared_staff.browser.get("/staff?q=budget")
    assert (page.status_code, heading_of(page)) == (401, "ທ່ານໄດ້ອອກຈາກລະບົບ")
    assert 'href="/login?then=%2Fstaff%3Fq%3Dbudget"' in page.text


async def test_a_form_after_the_session_is_over_says_that_nothing_was_saved(shared_staff: StaffOffice) -> None:
    page = await shared_staff.browser.post("/staff/meetings/new", data={"title-lo": "ກອງປະຊຸມ"})
    assert (page.status_code, "ຍັງບໍ່ມີຫຍັງຖືກບັນທຶກ" in words_of(page)) == (401, True)
