"""Registration reacts to nobody: what it hears of messages is only shown (`store/projection.py`)."""
