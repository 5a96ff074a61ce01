"""Volumes for documents and packages: folders that all nodes of our own cluster see; else the cluster's own class."""

import json
import os
from typing import Final

from tests.cluster.cluster import GIVEN
from tests.cluster.place import Place

_CLASS: Final = "pasum-test"
_NAMES: Final = ("documents", "objects", "archive")
_UID: Final = 10001


class Volumes:
    """`storage_class` goes into the release's values."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.storage_class = "" if os.environ.get(GIVEN) else _CLASS

    def create(self) -> None:
        """Make the volumes, where the cluster is ours."""
        if not self.storage_class:
            return
        items = [self._volume(name) for name in _NAMES]
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        self._place.kubectl("apply", "--server-side", "--filename=-", given=text)

    def _volume(self, name: str) -> dict[str, object]:
        folder = self._place.folder / "volumes" / name
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, _UID, _UID)
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name},
            "spec": {
                "storageClassName": _CLASS,
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteMany"],
                "hostPath": {"path": str(folder), "type": "Directory"},
            },
        }
