"""`pasum tickets`: the keys by which tickets are signed, and new tickets for those of a key that was stolen."""

import time
from typing import Annotated, Any, Final

import typer

from pasum.operator_client import ReasonOption, ask, console, do, show_answers

app = typer.Typer(help="The keys of tickets, and new tickets for those of a stolen key.", no_args_is_help=True)

PATH: Final = "/v1/ticket-keys"
KEYS: Final = {"kid": "key", "state": "state", "tickets": "good tickets", "last_expires_at": "last expires"}
POLL_SECONDS: Final = 1.0
_SERVICE: Final = "registration"

Key = Annotated[str, typer.Option(help="the id of the key, as in `keys`")]


@app.command()
def keys() -> None:
    """Show each key with the number of good tickets that it has signed; without a name: not recorded which key."""
    show_answers(f"{PATH}/uses", KEYS, _SERVICE)


@app.command()
def reissue(key: Key, why: ReasonOption) -> None:
    """Replace every good ticket that a key has signed: new tickets, the old ones revoked, people told.

    Waits until all are signed. Begin again after an interruption: what is done is not done twice.
    """
    ordered, following = 0, None
    while True:
        answer = do(_SERVICE, f"{PATH}/{key}/reissue", why=why, cursor=following)
        ordered, following = ordered + answer["tickets"], answer["next"]
        console.print(f"{ordered} new tickets ordered", highlight=False)
        if following is None:
            break
    while left := _left(key):
        console.print(f"{left} old tickets are still good", highlight=False)
        time.sleep(POLL_SECONDS)
    console.print("all old tickets are revoked", highlight=False)


def _left(key: str) -> int:
    items: list[dict[str, Any]] = ask(_SERVICE, f"{PATH}/uses")["items"]
    return sum(one["tickets"] for one in items if one["kid"] in (key, None))
