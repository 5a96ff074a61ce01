"""What is decided at the desks and in the session: walk-ins, blocked people, who was there for which item."""
