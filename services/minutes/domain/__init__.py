"""What minutes are: pure rules and texts, no I/O."""
