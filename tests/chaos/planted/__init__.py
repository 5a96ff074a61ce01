"""Made-up histories: those of a small simulated system that is correct, and the same with one thing wrong."""
