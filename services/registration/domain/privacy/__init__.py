"""What people are told of their data, and what is recorded of how these were collected."""
