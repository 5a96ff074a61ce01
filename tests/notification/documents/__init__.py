"""What people are told of the documents of a meeting."""
