"""Alerts and service level objectives: their rules are generated, checked, and their runbooks carried out."""
