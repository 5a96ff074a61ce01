"""The kernel: what every service stands on."""
