"""Why the contact of an invited body is not reminded, in Lao and English."""

from shared.kernel import Refusal


class AlreadyAnswered(Refusal):
    """Somebody of the invited body has answered: nobody needs to be reminded."""

    lao = "ອົງການນີ້ ຕອບແລ້ວ"
    english = "This organisation has answered already."


class ToldLately(Refusal):
    """The contact of the body was told of the invitation a short time ago, at `told_at`; again from `again_from` on."""

    lao = "ຫາກໍແຈ້ງຜູ້ປະສານງານຂອງອົງການນີ້ ກະລຸນາລໍຖ້າກ່ອນແຈ້ງເຕືອນອີກ"
    english = "The contact of this organisation was told a short time ago; wait before you remind again."
