"""Start-up, readiness and shutdown of real processes: each fault is made, told, and over by itself."""
