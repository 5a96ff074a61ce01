"""Tickets, desks, scans and the printed papers of the day."""
