"""Who has answered for the people who register without a link."""
