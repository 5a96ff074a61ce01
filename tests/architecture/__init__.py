"""The architecture rules: what linters and type checkers cannot know of this project, read from its source."""
