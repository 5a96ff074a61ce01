"""The refusals of minutes, in Lao and English."""

from shared.kernel import Refusal


class WrongPhase(Refusal):
    """The state of the minutes does not allow it; `state` tells which it is in."""

    lao = "ສະຖານະຂອງບົດບັນທຶກ ບໍ່ອະນຸຍາດໃຫ້ດຳເນີນການນີ້"
    english = "The present state of the minutes does not allow this."


class SigningUnderWay(Refusal):
    """The minutes are approved and being signed; `retry_after` says in how many seconds to ask again."""

    lao = "ບົດບັນທຶກໄດ້ຮັບການຮັບຮອງແລ້ວ ແລະ ກຳລັງລົງລາຍເຊັນ. ກະລຸນາລໍຖ້າຈັກໜ້ອຍ ແລ້ວລອງໃໝ່"
    english = "The minutes are approved and being signed; wait as long as Retry-After says, then publish them."


class CharactersNotPrintable(Refusal):
    """No font of the documents has a glyph for these `characters`; a document never shows a sign in their place."""

    status = 422
    lao = "ມີຕົວອັກສອນທີ່ບໍ່ສາມາດພິມໃສ່ເອກະສານໄດ້. ກະລຸນາຂຽນດ້ວຍຕົວອັກສອນລາວ ຫຼື ລາຕິນ"
    english = "Some characters cannot be printed in the document; write them in Lao or Latin letters."


class MeetingNotHeld(Refusal):
    """Minutes are drafted from what happened, and the meeting is not over."""

    lao = "ກອງປະຊຸມຍັງບໍ່ທັນສິ້ນສຸດ"
    english = "The meeting has not been held yet."


class AgendaItemUnknown(Refusal):
    """The meeting's agenda has no item of this number."""

    status = 422
    lao = "ບໍ່ມີວາລະນີ້ໃນກອງປະຊຸມ"
    english = "The agenda of the meeting has no such item."


class OrganisationUnknown(Refusal):
    """No such body in the registry."""

    status = 422
    lao = "ບໍ່ມີອົງການນີ້ໃນລະບົບ"
    english = "There is no such organisation in the registry."


class NothingEdited(Refusal):
    """The request names no section of the text."""

    status = 422
    lao = "ກະລຸນາລະບຸພາກສ່ວນທີ່ຕ້ອງການແກ້ໄຂ"
    english = "Name at least one section to be edited."


class DocumentNotSigned(Refusal):
    """There is no document before the minutes are signed."""

    lao = "ບົດບັນທຶກຍັງບໍ່ທັນໄດ້ລົງລາຍເຊັນ"
    english = "The minutes have not been signed yet."
