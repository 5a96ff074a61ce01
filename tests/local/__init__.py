"""Tests of the stack without containers."""
