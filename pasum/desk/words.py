"""What a desk says, Lao first: outcomes, reasons, warnings."""

from collections.abc import Mapping
from typing import Final

OUTCOMES: Final[Mapping[str, str]] = {
    "checked-in": "ເຊີນເຂົ້າ · Come in",
    "left": "ອອກແລ້ວ · Gone out",
    "refused": "ບໍ່ໃຫ້ເຂົ້າ · Refused",
}
REASONS: Final[Mapping[str, str]] = {
    "unknown": "ບໍ່ມີຊື່ໃນບັນຊີ · Not on the list",
    "forged": "ບັດປອມ ຫຼື ອ່ານບໍ່ໄດ້: ຊອກຊື່ດ້ວຍ /ຊື່ · Forged, or it cannot be read: look for the name with /name",
    "revoked": "ບັດນີ້ຖືກຍົກເລີກແລ້ວ · This ticket was cancelled",
    "wrong-meeting": "ບັດຂອງກອງປະຊຸມອື່ນ · A ticket of another meeting",
    "already-in": "ເຂົ້າມາແລ້ວ · Already in",
    "not-confirmed": "ຍັງຢູ່ບັນຊີລໍຖ້າ · Still on the waiting list",
    "too-early": "ຍັງບໍ່ເຖິງເວລາ · Too early",
    "cancelled": "ກອງປະຊຸມຖືກຍົກເລີກ · The meeting is cancelled",
    "walk-ins": "ກອງປະຊຸມນີ້ ບໍ່ຮັບຜູ້ບໍ່ໄດ້ລົງທະບຽນ · This meeting lets in nobody who has not registered",
    "blocked": "ຜູ້ຈັດບໍ່ອະນຸຍາດໃຫ້ເຂົ້າ · The organiser does not let him in",
}
CLOSED: Final = "ກອງປະຊຸມປິດແລ້ວ · The meeting is closed"
OUT_OF_TIME: Final = "ບໍ່ແມ່ນເວລາກວດບັດ: ກວດໂມງຂອງເຄື່ອງນີ້ · Not the time of the check-in: check the clock of this device"
NOT_LISTED: Final = "ບັດຖືກຕ້ອງ ແຕ່ຍັງບໍ່ມີຊື່ໃນບັນຊີນີ້ · The ticket is genuine; the name is not on this list yet"
NO_SUCH_CODE: Final = "ບໍ່ມີລະຫັດນີ້ໃນບັນຊີ: ຊອກຊື່ດ້ວຍ /ຊື່ · No such code on the list: look for the name with /name"
ASK_THE_NAME: Final = "ຖາມຊື່ກ່ອນ · Ask for the name: a code alone proves nothing here"
ON_THE_LIST: Final = (
    "ມີຊື່ນີ້ໃນບັນຊີແລ້ວ: ພິມ #ເລກ, ຫຼື ++ ຖ້າແມ່ນຄົນອື່ນ · On the list already: #number, or ++ if it is another person"
)
HOW_TO_WALK_IN: Final = (
    "ພິມ +ຊື່ ນາມສະກຸນ; ລະຫັດອົງການ; ເບີໂທ; ຍິງ ຫຼື ຊາຍ · Type +name surname; code of the body; telephone; female or male"
)
NOT_ALL_KEPT: Final = "ເກັບບໍ່ໄດ້ໝົດ · not all was kept"
OVER_CAPACITY: Final = "ເກີນຈຳນວນບ່ອນນັ່ງ · more people than seats"
NOT_SENT: Final = "ຍັງບໍ່ໄດ້ສົ່ງ · not sent"
NOT_RECORDED: Final = "ບໍ່ໄດ້ບັນທຶກ: ສະແກນໃໝ່ · Not recorded, scan again"
NOBODY: Final = "ບໍ່ພົບຊື່ນີ້ · Nobody of this name"
CHOOSE: Final = "ພິມ #ເລກ ເພື່ອເລືອກ · Type #number to choose"
