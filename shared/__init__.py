"""The kernel: what every service uses. It knows no service."""
