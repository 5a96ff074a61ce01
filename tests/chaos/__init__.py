"""Chaos: the whole system under load and faults, and what must be true of it afterwards."""
