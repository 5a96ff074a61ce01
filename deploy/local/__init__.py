"""The stack without containers: real Kafka and real PostgreSQL from packages, as strict as in production."""
