"""Tools for operators: dead letters, dead jobs, parked keys, redrive, audit log, pruning; and the HTTP API for them."""
