"""Outbox, relay, inbox, consumer, jobs and dead letters: every committed fact takes effect exactly once (`docs/architecture/messaging.md`)."""
