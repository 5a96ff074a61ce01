"""What a process tells about itself: metrics, logs and traces, none of which ever carries personal data."""
