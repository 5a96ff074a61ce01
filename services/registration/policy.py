"""Registration reacts to nobody: what it consumes of messages is only shown (`store/projection.py`)."""

from typing import Final

from shared.kernel import service_actor

SERVICE: Final = service_actor("registration")
"""Who acts where no person does: in answers of jobs, and when the shipped organisations are loaded."""
