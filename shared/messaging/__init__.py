"""Outbox, relay, inbox, consumer, jobs, dead letters: every committed fact takes effect exactly once.

See `docs/architecture/messaging.md`.
"""
