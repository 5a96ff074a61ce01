"""The rules of registration, pure: no clock, no chance, no database."""
