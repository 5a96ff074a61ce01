"""What notification does with more than one message at a time: runs of facts, and receipts that find their message."""
