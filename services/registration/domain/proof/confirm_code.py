"""The short code by which a person confirms that he has registered, typed on another device than the message is on."""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from shared.kernel import NotPermitted, Refusal

DIGITS: Final = 6
TRIES: Final = 5
VALID: Final = timedelta(hours=1)


class ConfirmCodeUnusable(Refusal):
    """The code is older than an hour, or was typed wrong too often: confirm by the link of the same message."""

    lao = "ລະຫັດຢືນຢັນ ໃຊ້ບໍ່ໄດ້ແລ້ວ ກະລຸນາຢືນຢັນດ້ວຍລິ້ງ ໃນຂໍ້ຄວາມ"
    english = "This code cannot be used any more. Please confirm by the link in the message."


def check_in_time(answered_at: datetime, at: datetime) -> None:
    """Raise `ConfirmCodeUnusable` for the code of a registration that was made too long ago."""
    if at - answered_at > VALID:
        raise ConfirmCodeUnusable


def check_shown(shown: str, issued: str) -> None:
    """Raise `NotPermitted` for another code than the one that was issued; the time that it takes tells nothing."""
    if not compare_digest(shown, issued):
        raise NotPermitted(field="/confirm_code")
