"""What each status of a message means, in a plain sentence, Lao and English."""

from collections.abc import Mapping
from typing import Final

from services.notification.domain.state import Status

SENTENCES: Final[Mapping[Status, tuple[str, str]]] = {
    Status.AWAITING_CONTACT: (
        "ລໍຖ້າຂໍ້ມູນຕິດຕໍ່ຂອງຜູ້ຮັບ",
        "Waiting for the recipient's contact data.",
    ),
    Status.CREATED: ("ກຽມສົ່ງ", "Ready to be sent."),
    Status.SENDING: ("ກຳລັງສົ່ງ", "Being handed to a provider."),
    Status.SENT: (
        "ຜູ້ໃຫ້ບໍລິການຮັບແລ້ວ, ຍັງບໍ່ຢືນຢັນວ່າເຖິງຜູ້ຮັບ",
        "A provider has accepted it; whether it has arrived is not known.",
    ),
    Status.DELIVERED: ("ເຖິງຜູ້ຮັບແລ້ວ", "The provider says that it has arrived."),
    Status.PERMANENT_FAILURE: (
        "ສົ່ງບໍ່ເຖິງ: ເບີໂທ ຫຼື ທີ່ຢູ່ອີເມວບໍ່ຖືກຕ້ອງ",
        "It cannot be delivered: the number or address is wrong or refuses it.",
    ),
    Status.TEMPORARY_FAILURE: (
        "ສົ່ງບໍ່ເຖິງ, ອາດສົ່ງໄດ້ໃນພາຍຫຼັງ",
        "It was not delivered; it may work later.",
    ),
    Status.TECHNICAL_FAILURE: (
        "ສົ່ງບໍ່ໄດ້ ຍ້ອນບັນຫາເຕັກນິກ",
        "For a technical reason it never reached a provider.",
    ),
    Status.EXPIRED: ("ໝົດກຳນົດເວລາສົ່ງ", "It did not arrive in time, and will not be tried again."),
    Status.SUPPRESSED: ("ບໍ່ສົ່ງ ຕາມຄວາມຕ້ອງການຂອງຜູ້ຮັບ", "Not sent, as the recipient wishes no such messages."),
    Status.CANCELLED: ("ຍົກເລີກກ່ອນສົ່ງ", "Withdrawn before it was sent."),
}
