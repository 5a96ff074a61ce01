"""Where the archive meets storage: one implementation a file."""
