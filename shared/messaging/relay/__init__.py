"""The relay: publishes committed facts from the outbox to Kafka. Begin with `relay.py`."""
