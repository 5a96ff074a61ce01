"""One implementation a file for each outside system that notification speaks to."""
