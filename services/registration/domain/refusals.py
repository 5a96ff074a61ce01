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


class OrganisationFull(Refusal):
    """As many people of the body as may come have a seat, and nobody waits; `most` says how many."""

    lao = "ບ່ອນນັ່ງສຳລັບອົງການຂອງທ່ານ ເຕັມແລ້ວ"
    english = "All seats for people of this organisation are taken."


class GroupTooLarge(Refusal):
    """More people than can ever sit together; `most` says how many can."""

    status = 422
    lao = "ຈຳນວນຄົນໃນກຸ່ມ ຫຼາຍກວ່າບ່ອນນັ່ງທີ່ມີ"
    english = "The group has more people than there are seats for it."


class RegistrationClosed(Refusal):
    """The deadline is over; `closed_at` says since when."""

    lao = "ໝົດກຳນົດລົງທະບຽນແລ້ວ"
    english = "Registration has closed."


class DeadlineAfterStart(Refusal):
    """Registration would close after the meeting has begun."""

    status = 422
    lao = "ກຳນົດລົງທະບຽນ ຕ້ອງບໍ່ກາຍເວລາເລີ່ມກອງປະຊຸມ"
    english = "Registration must close before the meeting starts."


class DuplicateOrganisation(Refusal):
    """A body stands twice in a list where it may stand once."""

    status = 422
    lao = "ມີອົງການດຽວກັນຊ້ຳກັນ"
    english = "The same organisation is listed twice."


class ReservedBeyondCapacity(Refusal):
    """More seats would be kept for organisations than the meeting has: `reserved` and `capacity` say how many."""

    status = 422
    lao = "ບ່ອນນັ່ງທີ່ສະຫງວນໄວ້ ຫຼາຍກວ່າຈຳນວນບ່ອນນັ່ງທັງໝົດ"
    english = "More seats are reserved than the meeting has."


class GroupUnproven(Refusal):
    """Each person of this meeting must confirm by himself before he has a seat, so that people cannot be a group."""

    lao = "ກອງປະຊຸມນີ້ ແຕ່ລະຄົນຕ້ອງຢືນຢັນດ້ວຍຕົນເອງກ່ອນ ຈຶ່ງລົງທະບຽນເປັນກຸ່ມບໍ່ໄດ້"
    english = "Each person must confirm by himself before he has a seat; register one by one."


class NotRequested(Refusal):
    """The registration is no request that waits for a decision; `state` tells what it is."""

    lao = "ການລົງທະບຽນນີ້ ບໍ່ໄດ້ລໍຖ້າການອະນຸມັດ"
    english = "This registration does not wait for a decision."


class NotWaiting(Refusal):
    """The registration does not wait for a seat; `state` tells what it is."""

    lao = "ຜູ້ນີ້ ບໍ່ຢູ່ໃນບັນຊີລໍຖ້າ"
    english = "This person is not on the waiting list."


class NoPromotion(Refusal):
    """The seats of a meeting by invitation belong to the invited: nobody moves up."""

    lao = "ກອງປະຊຸມສະເພາະຜູ້ຖືກເຊີນ ບໍ່ມີການເລື່ອນຈາກບັນຊີລໍຖ້າ"
    english = "Nobody moves up from a waiting list in a meeting by invitation."


class RepresentativesRefused(Refusal):
    """Nobody may send another person to this meeting."""

    lao = "ກອງປະຊຸມນີ້ ບໍ່ຮັບຜູ້ຕາງໜ້າ"
    english = "This meeting takes no representatives."


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
    """The rank of a participant or representative is lower than the meeting allows: its number is above `floor`."""

    status = 422
    lao = "ຕຳແໜ່ງຂອງຜູ້ເຂົ້າຮ່ວມ ຕ່ຳກວ່າທີ່ກຳນົດ"
    english = "The rank is below what the meeting allows."
