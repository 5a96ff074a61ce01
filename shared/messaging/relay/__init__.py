"""The relay: what carries committed facts from the outbox to Kafka. `relay.py` is where to begin reading."""
