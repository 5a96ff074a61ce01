"""The form of a meeting: what people are asked when they register, which answers fit, and how it may change."""
