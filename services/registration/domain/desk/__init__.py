"""What is decided at the desks: people who have not registered."""
