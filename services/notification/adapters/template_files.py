"""Reads the files of the templates, which ship with the service; what they mean is the domain's (`template_source`)."""

from functools import cache
from pathlib import Path
from typing import Final

from services.notification.domain.template_source import TemplateSet

FOLDER: Final = Path(__file__).parents[1] / "templates"


@cache
def read_templates() -> TemplateSet:
    """All templates, read once a process; blocks while it reads."""
    return TemplateSet({path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir() if path.is_file()})
