"""Runs the system locally without containers: real Kafka and PostgreSQL, with the same rights as in production."""
