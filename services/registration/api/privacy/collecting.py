"""With what a request records people: who tells of them and for what, which privacy notice holds, where SMS may go."""

from dataclasses import dataclass

from services.registration.domain.privacy.collecting import collected
from services.registration.domain.privacy.notice import PrivacyNotice, check_shown
from shared.contracts.registration import Collected, CollectionPurpose
from shared.kernel import Command
from shared.settings import SmsSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Collecting:
    """One request that records people: `himself` where nobody's account tells of somebody else.

    `notice_needed`: whether people without an account must say which notice was shown.
    """

    by: Command
    sms: SmsSettings
    notice: PrivacyNotice
    notice_needed: bool = False
    purpose: CollectionPurpose = "participation"
    himself: bool = False

    def of_person(self, organisation: str, *, shown: str | None, field: str) -> Collected:
        """What is recorded with a person who was `shown` this version; raises `NoticeMissing` and `NoticeOutdated`."""
        needed = self.notice_needed and not self.by.actor.roles
        check_shown(self.notice, shown, needed=needed, field=field)
        return collected(self.by, organisation, purpose=self.purpose, himself=self.himself, notice=shown)
