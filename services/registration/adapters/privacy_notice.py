"""The privacy notice as a file: TOML, as `data/privacy-notice.toml` is written."""

import tomllib
from pathlib import Path
from typing import Final, get_args

from services.registration.domain.privacy.notice import PrivacyNotice
from shared.contracts.registration import CollectionPurpose

SHIPPED: Final = Path(__file__).parents[1] / "data" / "privacy-notice.toml"


def read_notice(content: bytes) -> PrivacyNotice:
    """The notice of a file; raises `ValueError` where it says less than the API promises, or each purpose not once."""
    notice = PrivacyNotice.model_validate(tomllib.loads(content.decode()))
    told = sorted(each.purpose for each in notice.purposes)
    if told != sorted(get_args(CollectionPurpose)):
        raise ValueError("the purposes must be " + ", ".join(sorted(get_args(CollectionPurpose))))
    return notice
