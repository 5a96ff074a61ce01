"""The restore drill: a backup taken from a running system, everything destroyed, restored into an empty system."""
