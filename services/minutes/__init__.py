"""Minutes: opinions, minutes, decisions, actions, signatures and publications.

Owns      minutes with their opinions, decisions and actions, document numbers, news items.
Publishes eoffice.minutes.minutes.v1
Consumes  eoffice.registration.organisation.v1 · eoffice.registration.person.v1 (names, ranks, gender) ·
          eoffice.registration.meeting.v1 · eoffice.archive.record.v1
"""
