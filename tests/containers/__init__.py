"""Kafka and PostgreSQL from images, for `PASUM_TEST_STACK=containers`, and how to make such images without a registry."""
