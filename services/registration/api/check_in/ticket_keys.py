"""The public keys of tickets: whoever has them can check a ticket without a network."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from services.registration.api.dependencies import InjectedDependencies
from services.registration.ports import TicketKeyState
from shared.http import Now

router = APIRouter(prefix="/v1/ticket-keys", tags=["desks"])


class TicketKey(BaseModel):
    """A public key as JSON Web Key (RFC 8037)."""

    kid: str = Field(description="the `kid` in the header of the tickets that it has signed")
    kty: str = "OKP"
    crv: str = "Ed25519"
    alg: str = "EdDSA"
    use: str = "sig"
    x: str = Field(description="the 32 bytes of the key, base64url without padding")
    state: TicketKeyState = Field(
        description="signing: signs now; next: will sign; retired: has signed tickets that are good; other: not said"
    )


class TicketKeys(BaseModel):
    """A JSON Web Key Set (RFC 7517); `state` is a member of our own, which others ignore."""

    keys: list[TicketKey]


class JsonWebKeySet(JSONResponse):
    """By the media type of RFC 7517, 8.5."""

    media_type = "application/jwk-set+json"


@router.get("", response_model=TicketKeys, response_class=JsonWebKeySet)
async def ticket_keys(dependencies: InjectedDependencies, at: Now) -> Response:
    """The keys whose tickets are good: the one that signs now, one that is to follow, those before it.

    A key that has signed stays until its last ticket has expired, so a desk takes all of them with it.
    """
    found = dependencies.tickets.public_keys()
    ended = await dependencies.ticket_key_uses.ended(found, at=at)
    keys = [
        TicketKey(kid=each, x=_base64(found[each].octets), state=found[each].state)
        for each in sorted(found.keys() - ended)
    ]
    answer = JsonWebKeySet(TicketKeys(keys=keys).model_dump())
    answer.headers["etag"] = f'"{sha256(answer.body).hexdigest()[:32]}"'
    answer.headers["cache-control"] = "public, max-age=300"
    return answer


def _base64(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")
