"""The archive: records, packages, the log, and their proofs."""
