"""The pages for staff of the portal."""
