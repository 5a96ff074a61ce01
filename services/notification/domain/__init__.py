"""The pure rules of notification: segments, templates, messages."""
