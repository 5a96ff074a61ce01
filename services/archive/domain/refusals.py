"""The refusals of the archive, in Lao and English."""

from shared.kernel import Refusal


class RecordIncomplete(Refusal):
    """Something that the record needs has not been published yet."""

    lao = "ສຳນວນຍັງບໍ່ຄົບຖ້ວນ"
    english = "The record is not complete yet."


class RecordNotSealed(Refusal):
    """The record has no package yet."""

    lao = "ສຳນວນຍັງບໍ່ໄດ້ປິດ"
    english = "The record is not sealed yet."


class LogEmpty(Refusal):
    """Nothing has been logged, so that nothing was signed."""

    status = 404
    lao = "ບັນຊີຂອງສຳນວນເກັບມ້ຽນຍັງຫວ່າງເປົ່າ"
    english = "The log is still empty."


class LogTooShort(Refusal):
    """The log has never had so many entries; `size` tells how many it has."""

    status = 422
    lao = "ບັນຊີຍັງບໍ່ມີລາຍການຫຼາຍເທົ່ານີ້"
    english = "The log does not have so many entries."
