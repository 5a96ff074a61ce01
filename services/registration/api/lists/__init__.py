"""Import and export of participants."""
