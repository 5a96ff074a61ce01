"""Handing messages over: an attempt is committed, the provider asked with no transaction open, its answer ends the job.

A message that no provider can take now comes again as a new job, for three days: an attempt that was throttled costs
nothing, and no message is lost without a status. After a crash between question and answer the next attempt asks with
the same key: a gateway that knows it takes nothing twice; an e-mail may arrive twice, with one Message-ID.
"""

from services.notification.effects.sending import effects

__all__ = ["effects"]
