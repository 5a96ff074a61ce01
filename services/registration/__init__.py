"""Registration: meetings, invitations, registrations and check-ins.

Owns      organisations, persons, meetings with their invitations, registrations, tickets and check-ins.
Publishes eoffice.registration.organisation.v1 · eoffice.registration.person.v1 (personal data, compacted)
          eoffice.registration.meeting.v1
Consumes  eoffice.notification.message.v1
"""
