"""The meeting itself: drafts, agenda, changes, life cycle, lists and calendars of meetings."""
