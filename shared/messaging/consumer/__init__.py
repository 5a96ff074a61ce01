"""The consumer: batches of events into one transaction, exactly once. `consumer.py` is where to begin reading."""
