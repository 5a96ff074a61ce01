"""Notification: SMS and e-mail about meetings and their minutes, each message accounted for until its end.

Owns      messages, the attempts to hand them over, and the receipts that came back.
Publishes eoffice.notification.message.v1
Consumes  eoffice.registration.organisation.v1 · eoffice.registration.person.v1 · eoffice.registration.meeting.v1 ·
          eoffice.minutes.minutes.v1
"""
