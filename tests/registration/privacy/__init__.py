"""Tests of what people are told of their data, and of what is recorded of how these were collected."""
