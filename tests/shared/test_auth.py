"""Tokens: the good ones become actors, all others are refused alike, and a rotation of keys refuses nobody."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse

from deploy.local.issuer import ensure_key, issue_token, jwks
from deploy.local.ports import free_port
from shared.auth import TokenInvalid, TokenVerifier
from shared.kernel import Actor, Role, Unavailable
from tests.shared.forgery import BAD, EC, RSA, SMALL_RSA, STRANGER, Forge, b64, public
from tests.shared.provider import AUDIENCE, ISSUER, Provider, wait_for


@pytest.fixture
def forge(provider: Provider) -> Forge:
    provider.extra = [
        public(RSA, "RS256", "rsa"),
        public(EC, "ES256", "ec"),
        public(SMALL_RSA, "RS256", "small"),
        public(RSA, "RS256", "encryption", use="enc"),
        {"kty": "oct", "k": b64(b"k" * 32), "kid": "oct", "alg": "HS256"},
        {"kty": "RSA", "kid": "broken"},
    ]
    return Forge(provider.folder)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")  # a key too short is one of them
async def test_every_bad_token_is_refused_without_a_reason(forge: Forge, provider: Provider) -> None:
    verifier = provider.verifier(cool_down=0.0)
    answers: dict[str, object] = {}
    for name, make in BAD.items():
        try:
            answers[name] = await verifier.verify(make(forge), now=datetime.now(UTC))
        except TokenInvalid as refusal:
            answers[name] = (refusal.status, dict(refusal.details))
    assert answers == dict.fromkeys(BAD, (401, {}))


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"), [(RSA, "RS256", "rsa"), (EC, "ES256", "ec"), (None, "EdDSA", None)]
)
async def test_a_good_token_is_an_actor(
    key: Any, algorithm: str, kid: str | None, forge: Forge, provider: Provider
) -> None:
    header = {"kid": kid} if kid else {"typ": "application/AT+JWT"}
    token = forge.signed(key, algorithm, header, organisation="MPI", realm_access={"roles": ["chair", "offline"]})
    actor = await provider.verifier().verify(token, now=datetime.now(UTC))
    assert actor == Actor(subject="u-1", roles=frozenset({Role.DESK, Role.CHAIR}), organisation="MPI")


async def test_another_type_of_token_is_taken_where_the_settings_name_it(forge: Forge, provider: Provider) -> None:
    verifier = TokenVerifier(ISSUER, AUDIENCE, f"{provider.url}/keys", types=["at+jwt", " JWT"])
    tokens = [forge.signed(header={"typ": "JWT"}), forge.signed()]
    assert [(await verifier.verify(one, now=datetime.now(UTC))).subject for one in tokens] == ["u-1", "u-1"]


async def test_the_local_issuer_signs_what_the_verifier_trusts(provider: Provider, moment: datetime) -> None:
    token = provider.token("organiser", organisation="MPI", subject="u-7")
    actor = await provider.verifier().verify(token, now=moment)
    assert actor == Actor(subject="u-7", roles=frozenset({Role.ORGANISER}), organisation="MPI")


async def test_the_clock_of_the_caller_decides(provider: Provider, moment: datetime) -> None:
    token = provider.token("desk", ttl=60)
    verifier = provider.verifier()
    assert (await verifier.verify(token, now=moment + timedelta(seconds=80))).roles == {Role.DESK}
    with pytest.raises(TokenInvalid):
        await verifier.verify(token, now=moment + timedelta(seconds=100))


async def test_a_token_seen_before_is_judged_anew_by_time_and_key(provider: Provider, moment: datetime) -> None:
    verifier, token = provider.verifier(cool_down=0.0), provider.token("desk", ttl=60)
    actors = [await verifier.verify(token, now=moment) for _ in range(2)]
    with pytest.raises(TokenInvalid):
        await verifier.verify(token, now=moment + timedelta(seconds=100))
    for _ in range(2):
        provider.rotate()
    await verifier.verify(provider.token("desk"), now=moment)
    with pytest.raises(TokenInvalid):
        await verifier.verify(token, now=moment)
    assert actors[0] == actors[1]


async def test_only_so_many_tokens_are_remembered(
    provider: Provider, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.auth.SEEN_LIMIT", 2)
    verifier, tokens = provider.verifier(), [provider.token("desk", subject=f"u-{number}") for number in range(5)]
    subjects = [(await verifier.verify(token, now=moment)).subject for token in tokens * 2]
    assert (subjects, len(verifier._seen)) == ([f"u-{number}" for number in range(5)] * 2, 2)  # noqa: SLF001 -- what it holds is what is bounded


async def test_keys_are_fetched_once_for_many_callers(provider: Provider, moment: datetime) -> None:
    verifier, token = provider.verifier(), provider.token("desk")
    await asyncio.gather(*(verifier.verify(token, now=moment) for _ in range(50)))
    assert provider.asked == 1


async def test_a_rotation_refuses_nobody(provider: Provider, moment: datetime) -> None:
    verifier, old = provider.verifier(), provider.token("desk")
    await verifier.verify(old, now=moment)
    provider.rotate()
    new = provider.token("desk")
    actors = await asyncio.gather(*(verifier.verify(token, now=moment) for token in [old, new] * 10))
    assert ({actor.roles for actor in actors}, provider.asked) == ({frozenset({Role.DESK})}, 2)


async def test_a_key_withdrawn_twice_over_is_trusted_no_longer(provider: Provider, moment: datetime) -> None:
    verifier, old = provider.verifier(), provider.token("desk")
    await verifier.verify(old, now=moment)
    provider.rotate()
    provider.rotate()
    await verifier.verify(provider.token("desk"), now=moment)
    with pytest.raises(TokenInvalid):
        await verifier.verify(old, now=moment)


async def test_invented_kids_cost_one_fetch_a_cool_down(provider: Provider, forge: Forge, moment: datetime) -> None:
    verifier = provider.verifier(cool_down=0.2)
    await verifier.verify(forge.signed(), now=moment)
    tokens = [forge.signed(STRANGER, header={"kid": f"k-{number}"}) for number in range(100)]
    refused = await asyncio.gather(*(verifier.verify(one, now=moment) for one in tokens), return_exceptions=True)
    assert ([type(one) for one in refused], provider.asked) == ([TokenInvalid] * 100, 2)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: PlainTextResponse("no", 500),
        lambda: PlainTextResponse("{"),
        lambda: PlainTextResponse("[" * 100_000),
        lambda: PlainTextResponse("x" * 300_000),
        lambda: JSONResponse([]),
        lambda: JSONResponse({"keys": {}}),
        lambda: JSONResponse({"keys": [7, {"kid": 7}]}),
        lambda: RedirectResponse("/elsewhere"),
    ],
    ids=["500", "not JSON", "deep", "large", "list", "object", "no key", "redirect"],
)
async def test_without_keys_nobody_is_judged(answer: Any, provider: Provider, moment: datetime) -> None:
    provider.answer = answer
    with pytest.raises(Unavailable):
        await provider.verifier().verify(provider.token("desk"), now=moment)


async def test_known_keys_serve_while_the_issuer_is_down(
    provider: Provider, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier, token = provider.verifier(cool_down=0.0), provider.token("desk")
    await verifier.verify(token, now=moment)
    monkeypatch.setattr("shared.auth.KEYS_MAX_AGE_SECONDS", 0.0)
    provider.answer = lambda: PlainTextResponse("no", 500)
    assert [(await verifier.verify(token, now=moment)).roles for _ in range(3)] == [{Role.DESK}] * 3


def test_the_issuer_keeps_its_key_and_hides_it(tmp_path: Path) -> None:
    folder = tmp_path / "issuer"
    first = ensure_key(folder)
    assert (ensure_key(folder), first.stat().st_mode & 0o777) == (first, 0o600)
    assert [sorted(key) for key in jwks(folder)["keys"]] == [["alg", "crv", "kid", "kty", "use", "x"]]


async def test_the_issuer_runs_as_a_process(tmp_path: Path, moment: datetime) -> None:
    port, folder = free_port(), tmp_path / "issuer"
    issuer = f"http://127.0.0.1:{port}"
    command = ["-m", "deploy.local.issuer", "--port", str(port), "--folder", str(folder)]
    process = await asyncio.create_subprocess_exec(sys.executable, *command)
    try:
        await asyncio.to_thread(wait_for, port)
        async with httpx.AsyncClient(base_url=issuer) as client:
            discovered = (await client.get("/.well-known/openid-configuration")).json()
        token = issue_token(folder, issuer=issuer, roles=[Role.DESK], subject="u-1")
        actor = await TokenVerifier(issuer, "pasum").verify(token, now=moment)
    finally:
        process.terminate()
        await process.wait()
    assert (discovered["issuer"], discovered["jwks_uri"]) == (issuer, f"{issuer}/.well-known/jwks.json")
    assert actor == Actor(subject="u-1", roles=frozenset({Role.DESK}))
