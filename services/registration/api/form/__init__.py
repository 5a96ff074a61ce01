"""The form of a meeting over HTTP: defined by the organiser, read by whoever may register, answered."""
