"""The house rules: what linters and type checkers cannot know of this house, read from its source."""
