"""Seats of people: registering, answers, one's own view, the waiting list, the plain pages."""
