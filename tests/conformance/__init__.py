"""One suite for each outside system, run against the fake and whatever else there is."""
