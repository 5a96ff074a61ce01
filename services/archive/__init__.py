"""Archive: records of meetings, sealed into packages and proven by a transparency log.

Owns      records, the list of facts heard, packages with their proofs, the log, legal holds, and who has viewed what.
Publishes eoffice.archive.record.v1
Consumes  eoffice.registration.organisation.v1 · eoffice.registration.meeting.v1 · eoffice.notification.message.v1 ·
          eoffice.minutes.minutes.v1
"""
