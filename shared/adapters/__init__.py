"""Implementations of ports of the kernel, which knows none; only the `main.py` of a service chooses one."""
