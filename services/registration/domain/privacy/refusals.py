"""What is refused of people who were not shown the privacy notice that holds."""

from shared.kernel import Refusal


class NoticeMissing(Refusal):
    """People without an account must say which privacy notice they were shown; `current` is the version that holds."""

    status = 422
    lao = "ຕ້ອງບອກສະບັບຂອງ ໜັງສືແຈ້ງການນຳໃຊ້ຂໍ້ມູນສ່ວນບຸກຄົນ ທີ່ໄດ້ອ່ານ"
    english = "The version of the privacy notice that was read is missing."


class NoticeOutdated(Refusal):
    """Another version of the privacy notice holds now, `current`: show it, and send the request again."""

    lao = "ໜັງສືແຈ້ງການນຳໃຊ້ຂໍ້ມູນສ່ວນບຸກຄົນ ມີສະບັບໃໝ່ ກະລຸນາອ່ານ ແລ້ວສົ່ງຄືນ"
    english = "The privacy notice has changed. Read it, then send the request again."
