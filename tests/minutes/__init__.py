"""Minutes: their texts, their documents, and their signatures."""
