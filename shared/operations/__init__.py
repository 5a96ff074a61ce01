"""What operators do: dead letters, dead jobs, parked keys, redrive, maintenance; and the API for it."""
