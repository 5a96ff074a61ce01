"""What a process has logged."""

import io
import json
from typing import Any


class Lines(io.StringIO):
    """Written to as to standard output, read line by line."""

    def all(self) -> list[dict[str, Any]]:
        """Every line, without its time."""
        lines = [json.loads(line) for line in self.getvalue().splitlines()]
        return [{name: value for name, value in line.items() if name != "timestamp"} for line in lines]
