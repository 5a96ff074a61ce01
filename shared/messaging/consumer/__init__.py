"""The consumer: processes batches of events, each in one transaction, exactly once. Begin with `consumer.py`."""
