"""The demonstration: the consultation of 19 September 2022, run through the public interfaces of the services."""
