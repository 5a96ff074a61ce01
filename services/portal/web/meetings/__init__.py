"""What the pages about one meeting share: its description, its documents, a person, and the questions of its form."""
