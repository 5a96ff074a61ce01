"""What may go wrong with a login."""

from shared.kernel import Refusal


class SignInNeeded(Refusal):
    """Nobody is signed in, or his session is over."""

    status = 401
    lao = "ກະລຸນາເຂົ້າສູ່ລະບົບກ່ອນ"
    english = "Please sign in first."


class SignInFailed(Exception):
    """The provider has refused a code or a refresh token, or its answer cannot be trusted."""
