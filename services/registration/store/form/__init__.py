"""The rows of forms, and of the answers to them."""
