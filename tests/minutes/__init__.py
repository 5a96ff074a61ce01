"""Minutes: their texts, how they look on paper, and who signed them."""
