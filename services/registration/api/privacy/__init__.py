"""What people are told of their data, and with what they are recorded."""
