"""One implementation a file of each port in `ports.py`."""
