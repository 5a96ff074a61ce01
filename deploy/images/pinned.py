"""Takes the time of the build out of an image, where the engine is too old to do it (before Docker 23)."""

import io
import json
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from deploy.images.engine import Engine

_MANIFEST: Final = "manifest.json"


def pin(engine: Engine, image: str, *, moment: datetime) -> None:
    """Replace `image` by the same that was made at `moment`; its layers stay as they are."""
    if _whole_seconds(engine.run("image", "inspect", "--format", "{{.Created}}", image)) == _text(moment):
        return
    with tempfile.TemporaryDirectory(prefix="pasum-image-") as folder:
        saved, loaded = Path(folder, "saved.tar"), Path(folder, "pinned.tar")
        engine.run("image", "save", "--output", str(saved), image)
        _rewrite(saved, loaded, moment)
        engine.run("image", "load", "--input", str(loaded))


def _rewrite(saved: Path, loaded: Path, moment: datetime) -> None:
    with tarfile.open(saved) as source, tarfile.open(loaded, "w") as target:
        for entry in source:
            if entry.isfile() and entry.name == _MANIFEST:
                configs = {one["Config"] for one in json.load(_content(source, _MANIFEST))}
        for entry in source:
            data = source.extractfile(entry) if entry.isfile() else None
            if data is not None and entry.name in configs:
                pinned = json.dumps(pinned_config(json.load(data), moment), sort_keys=True).encode()
                entry.size, data = len(pinned), io.BytesIO(pinned)
            target.addfile(entry, data)


def pinned_config(config: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """An image's configuration whose every time is `moment`: steps that were not carried out anew have older ones."""
    created = _text(moment)
    return {**config, "created": created, "history": [{**one, "created": created} for one in config["history"]]}


def _content(archive: tarfile.TarFile, name: str) -> Any:
    return archive.extractfile(name)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole_seconds(text: str) -> str:
    """Go writes nanoseconds."""
    return f"{text.strip()[:19]}Z"
