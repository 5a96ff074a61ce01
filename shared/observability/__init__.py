"""Metrics, logs and traces of a process; none of them ever contains personal data."""
