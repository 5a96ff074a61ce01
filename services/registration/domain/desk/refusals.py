"""What registration refuses about a session, in Lao and English."""

from shared.kernel import Refusal


class ItemNotRunning(Refusal):
    """The item of the agenda is not treated at the moment."""

    lao = "ວາລະນີ້ ບໍ່ໄດ້ກຳລັງພິຈາລະນາຢູ່"
    english = "This item of the agenda is not being treated."


class NothingToUndo(Refusal):
    """What was said last of the item is not what is to be taken back; `last` is it, null where nothing was said."""

    lao = "ບໍ່ສາມາດຍົກເລີກໄດ້: ການບັນທຶກຫຼ້າສຸດຂອງວາລະນີ້ ແມ່ນຢ່າງອື່ນ"
    english = "This cannot be taken back: it is not what was recorded last of this item."


class AnotherItemRunning(Refusal):
    """The item would go on while another one is treated, `number`, whose start has to be taken back before it."""

    lao = "ວາລະອື່ນກຳລັງພິຈາລະນາຢູ່: ໃຫ້ຍົກເລີກການເລີ່ມຂອງວາລະນັ້ນກ່ອນ"
    english = "Another item of the agenda is being treated; take back its start first."


class MomentOutsideSession(Refusal):
    """The moment is before `earliest` (the session, or what is being treated, began then), or after the session."""

    status = 422
    lao = "ເວລານີ້ ບໍ່ຢູ່ໃນໄລຍະກອງປະຊຸມ ຫຼື ກ່ອນວາລະທີ່ກຳລັງພິຈາລະນາ"
    english = "This moment is not within the session, or before the item that is being treated."


class TicketKeySigns(Refusal):
    """The tickets of the key that signs now cannot be replaced: another key has to sign first."""

    lao = "ກະແຈນີ້ ກຳລັງໃຊ້ເຊັນບັດຢູ່ ຕ້ອງປ່ຽນໄປໃຊ້ກະແຈອື່ນກ່ອນ"
    english = "This key signs tickets now; let another key sign first."


class PresentByItem(Refusal):
    """Of the whole meeting it can only be said why somebody did not come: who was there, is said for each item."""

    status = 422
    lao = "ສຳລັບທັງກອງປະຊຸມ ບັນທຶກໄດ້ແຕ່ຜູ້ທີ່ບໍ່ໄດ້ມາ: ຜູ້ທີ່ມາ ໃຫ້ບັນທຶກຕາມແຕ່ລະວາລະ"
    english = "For the whole meeting only somebody who did not come can be recorded; record who was there item by item."
