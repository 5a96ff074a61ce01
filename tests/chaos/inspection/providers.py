"""What the SMS gateway and the mailbox were given, asked of them over HTTP."""

from collections import Counter
from collections.abc import Mapping, Sequence

import httpx

from tests.chaos.history import Gateway


async def providers(urls: Mapping[str, str]) -> Sequence[Gateway]:
    """One record for each message that a provider has; `urls` names `sms` and `mailbox`."""
    async with httpx.AsyncClient(timeout=300.0, trust_env=False) as client:
        taken = (await client.get(f"{urls['sms']}/messages")).raise_for_status().json()
        mails = (await client.get(f"{urls['mailbox']}/messages/references")).raise_for_status().json()
    # The gateway knows a repetition by its key; a mailbox keeps what it is given.
    sms = [Gateway(channel="sms", key=row["key"], requests=row["requests"], accepted=1) for row in taken]
    copies = Counter(mail.partition("@")[0] for mail in mails)
    return [*sms, *(Gateway(channel="email", key=key, requests=n, accepted=n) for key, n in copies.items())]
