"""What is refused because of the directory of bodies: ends, successors and changes that contradict each other."""

from shared.kernel import Refusal


class EndMissing(Refusal):
    """A body has successors only from the day on which it ends (`valid_until`)."""

    status = 422
    lao = "ກະລຸນາບອກວັນສິ້ນສຸດຂອງອົງການ ກ່ອນບອກຜູ້ສືບທອດ"
    english = "Say on which day the body ends: only then it has successors."


class SuccessorInvalid(Refusal):
    """A successor is the body itself, named twice, or takes over without being a successor."""

    status = 422
    lao = "ອົງການສືບທອດບໍ່ຖືກຕ້ອງ"
    english = "A successor is another body, is named once, and only a successor takes over."


class SuccessionCircle(Refusal):
    """The body that takes over is itself, after all, taken over by this one."""

    status = 422
    lao = "ການສືບທອດວົນກັບມາຫາອົງການເດີມ"
    english = "The body that takes over has been taken over by this one."


class ChangeOutOfOrder(Refusal):
    """A change is of a day before another change, or not between the beginning and the end of the body."""

    status = 422
    lao = "ວັນປ່ຽນແປງ ຕ້ອງຢູ່ລະຫວ່າງວັນເລີ່ມ ແລະ ວັນສິ້ນສຸດ ແລະ ຫຼັງຈາກການປ່ຽນແປງກ່ອນໜ້ານັ້ນ"
    english = "A change comes after the changes before it, and between the beginning and the end of the body."


class OrganisationEnded(Refusal):
    """The body is no more on the day of the meeting; `acting` is whom to invite instead, empty where nobody follows."""

    lao = "ອົງການນີ້ ສິ້ນສຸດກ່ອນວັນປະຊຸມແລ້ວ. ກະລຸນາເຊີນອົງການທີ່ສືບທອດ"
    english = "The body is no more on the day of the meeting; invite the one that follows it."
