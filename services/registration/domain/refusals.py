"""What registration refuses, in Lao and English."""

from shared.kernel import Refusal


class WrongPhase(Refusal):
    """The meeting's phase does not allow it; `phase` tells which it is in."""

    lao = "ສະຖານະຂອງກອງປະຊຸມ ບໍ່ອະນຸຍາດໃຫ້ດຳເນີນການນີ້"
    english = "The meeting's present state does not allow this."


class AlreadyExists(Refusal):
    """There is one with this identifier."""

    lao = "ມີຂໍ້ມູນນີ້ຢູ່ແລ້ວ"
    english = "It exists already."


class InvalidSchedule(Refusal):
    """The end is not after the start."""

    status = 422
    lao = "ເວລາສິ້ນສຸດ ຕ້ອງຫຼັງຈາກເວລາເລີ່ມ"
    english = "The meeting must end after it starts."


class MomentAhead(Refusal):
    """What is reported as happened would happen later than `now`, our clock."""

    status = 422
    lao = "ເວລານີ້ ຍັງບໍ່ທັນຮອດ"
    english = "This moment has not come yet."


class AgendaItemUnknown(Refusal):
    """The meeting's agenda has no such item."""

    status = 404
    lao = "ບໍ່ມີຂໍ້ນີ້ໃນວາລະກອງປະຊຸມ"
    english = "The agenda of the meeting has no such item."


class AgendaTooDeep(Refusal):
    """An agenda has `deepest` levels at most."""

    status = 422
    lao = "ວາລະກອງປະຊຸມ ແບ່ງເປັນຂັ້ນຍ່ອຍໄດ້ບໍ່ເກີນ 4 ຂັ້ນ"
    english = "The agenda has too many levels."


class MeetingFull(Refusal):
    """No seat is free, and the meeting keeps no waiting list or too many wait."""

    lao = "ບ່ອນນັ່ງເຕັມແລ້ວ"
    english = "All seats are taken."


class AlreadyRegistered(Refusal):
    """The same mobile number or e-mail address holds a seat or a place in the queue."""

    lao = "ທ່ານໄດ້ລົງທະບຽນແລ້ວ"
    english = "This person is registered already."


class AlreadyDeclined(Refusal):
    """The same mobile number or e-mail address has declined."""

    lao = "ທ່ານໄດ້ແຈ້ງບໍ່ເຂົ້າຮ່ວມແລ້ວ"
    english = "This person has declined already."


class InvitationNeeded(Refusal):
    """The meeting is by invitation, and none was shown."""

    status = 403
    lao = "ກອງປະຊຸມນີ້ ສະເພາະຜູ້ຖືກເຊີນ"
    english = "This meeting is by invitation."


class InvitationUnknown(Refusal):
    """The link is not one of this meeting."""

    status = 403
    lao = "ລິ້ງເຊີນບໍ່ຖືກຕ້ອງ"
    english = "This invitation link is not valid."


class InvitationExpired(Refusal):
    """The link's time is over."""

    status = 403
    lao = "ລິ້ງເຊີນໝົດກຳນົດແລ້ວ"
    english = "This invitation link has expired."


class ExpiryPassed(Refusal):
    """An invitation would be out of date before anybody has read it."""

    status = 422
    lao = "ກຳນົດຕອບຮັບ ຕ້ອງບໍ່ແມ່ນເວລາທີ່ຜ່ານມາແລ້ວ"
    english = "An invitation must not expire in the past."


class RevokedInvitation(Refusal):
    """The organiser has taken the invitation back."""

    status = 403
    lao = "ຄຳເຊີນນີ້ ຖືກຖອນແລ້ວ"
    english = "This invitation has been revoked."


class LinkNotKept(Refusal):
    """An invitation of an earlier version, whose link was not kept: it cannot be sent again."""

    lao = "ບໍ່ສາມາດສົ່ງລິ້ງນີ້ຄືນໄດ້ ກະລຸນາຖອນ ແລ້ວເຊີນໃໝ່"
    english = "This link cannot be sent again; revoke the invitation and invite again."


class InvitationExhausted(Refusal):
    """All seats of the invited body are taken."""

    lao = "ບ່ອນນັ່ງຂອງອົງການທ່ານ ຄົບຈຳນວນແລ້ວ"
    english = "All seats of your organisation are taken."


class OrganisationMismatch(Refusal):
    """The link was given to another body."""

    status = 422
    lao = "ລິ້ງເຊີນນີ້ ເປັນຂອງອົງການອື່ນ"
    english = "This invitation was given to another organisation."


class AlreadyInvited(Refusal):
    """The body has an invitation to this meeting."""

    lao = "ໄດ້ເຊີນອົງການນີ້ແລ້ວ"
    english = "This organisation is invited already."


class OrganisationUnknown(Refusal):
    """No such body in the registry."""

    status = 422
    lao = "ບໍ່ມີອົງການນີ້ໃນລະບົບ"
    english = "There is no such organisation in the registry."


class ContactMissing(Refusal):
    """A person without mobile number and e-mail address cannot be told anything."""

    status = 422
    lao = "ກະລຸນາໃສ່ເບີໂທລະສັບ ຫຼື ອີເມວ"
    english = "A mobile number or an e-mail address is needed."


class MobileInvalid(Refusal):
    """Not a telephone number that can receive a message."""

    status = 422
    lao = "ເບີໂທລະສັບບໍ່ຖືກຕ້ອງ"
    english = "This is not a valid mobile number."


class DestinationRefused(Refusal):
    """SMS are not sent to numbers of this country or network; `allowed` lists the country codes that are."""

    status = 422
    lao = "ບໍ່ສາມາດສົ່ງ SMS ຫາເບີຂອງປະເທດ ຫຼື ເຄືອຂ່າຍນີ້. ກະລຸນາໃສ່ເບີລາວ ຫຼື ອີເມວ"
    english = "No SMS are sent to numbers of this country or network; give a Lao number or an e-mail address."


class DeclinesExhausted(Refusal):
    """By this link as many have declined as can be meant by it; `allowed` says how many."""

    lao = "ລິ້ງນີ້ ແຈ້ງບໍ່ເຂົ້າຮ່ວມຄົບຈຳນວນແລ້ວ"
    english = "No more people can decline by this link."


class NotSeated(Refusal):
    """The registration does not hold what the command needs (a seat, a place in the queue)."""

    lao = "ການລົງທະບຽນນີ້ ບໍ່ມີບ່ອນນັ່ງ"
    english = "This registration holds no seat."


class AnswerFinal(Refusal):
    """An answer that cannot be changed into yes: somebody else holds the seat, or it was that of a representative."""

    lao = "ບໍ່ສາມາດປ່ຽນຄຳຕອບນີ້ໄດ້ ກະລຸນາລົງທະບຽນໃໝ່"
    english = "This answer cannot be changed any more; register anew."


class RepresentativeOfRepresentative(Refusal):
    """A representative cannot send another one."""

    lao = "ຜູ້ຕາງໜ້າ ບໍ່ສາມາດມອບໝາຍຕໍ່ໄດ້"
    english = "A representative cannot be represented."


class RankBelowFloor(Refusal):
    """The representative's rank is lower than the meeting allows."""

    status = 422
    lao = "ຕຳແໜ່ງຂອງຜູ້ຕາງໜ້າ ຕ່ຳກວ່າທີ່ກຳນົດ"
    english = "The representative's rank is below the meeting's floor."
