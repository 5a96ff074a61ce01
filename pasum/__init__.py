"""The command line `pasum`; it uses only the public interfaces of the services."""
