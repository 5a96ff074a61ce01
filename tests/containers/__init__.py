"""Kafka and PostgreSQL from images, for `PASUM_TEST_STACK=containers`; `build.sh` makes them without a registry."""
