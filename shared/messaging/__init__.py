"""Messaging between services: outbox, relay, consumer, inbox, dead letters and jobs.

Each committed fact takes effect exactly once in each service that reads it. See `docs/architecture/messaging.md`.
"""
