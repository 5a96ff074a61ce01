"""Meetings that take place again and again."""
