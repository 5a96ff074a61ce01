"""The tests; `tests.stack` says what they stand on."""
