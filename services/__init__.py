"""The services: each owns its data and its words, and meets the others on the bus only."""
