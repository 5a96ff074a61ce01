"""The diagrams of packages in docs/architecture/README.md, drawn from the imports of the source.

python -m tests.architecture.diagrams        writes them; `make format` does so too

An arrow means "imports". An import that also follows from other arrows is left out.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, TypeAlias

from shared.contracts import SERVICE_NAMES
from tests.architecture.source import ROOT, sources

FILE = ROOT / "docs" / "architecture" / "README.md"
Graph: TypeAlias = Mapping[str, frozenset[str]]

# Name of the diagram → the packages whose direct members are its nodes; several packages are drawn as one.
CONTAINERS: Final[Mapping[str, Sequence[str]]] = {
    "project": ("",),
    "service": [f"services.{name}" for name in SERVICE_NAMES],
    "kernel": ("shared",),
    "messaging": ("shared.messaging",),
}
NOT_DRAWN: Final = frozenset({"tests"})
_PLACE: Final = re.compile(r"(<!-- imports of the (\w+), written by `make format` -->\n).*?(<!-- end -->\n)", re.DOTALL)


def written(page: str) -> str:
    """The page with its diagrams as they should be; raises ValueError where one has no place."""
    if {match[2] for match in _PLACE.finditer(page)} != CONTAINERS.keys():
        message = f"docs/architecture/README.md has lost the lines between which its diagrams stand: {_PLACE.pattern}"
        raise ValueError(message)
    return _PLACE.sub(lambda match: f"{match[1]}\n{drawn(imports(CONTAINERS[match[2]]))}\n{match[3]}", page)


def drawn(graph: Graph) -> str:
    """Mermaid; without the arrows that follow from others."""
    arrows = (
        f"    {node} --> {' & '.join(sorted(direct))}" for node, direct in sorted(reduced(graph).items()) if direct
    )
    alone = (f"    {node}" for node in sorted(graph) if not graph[node] and node not in {*chain(*graph.values())})
    return "\n".join(("```mermaid", "flowchart TD", *arrows, *alone, "```", ""))


def reduced(graph: Graph) -> Graph:
    """The graph without the edges that a longer way replaces."""
    return {
        node: frozenset(direct - {far for near in direct for far in _reachable(graph, near)})
        for node, direct in graph.items()
    }


def imports(containers: Sequence[str]) -> Graph:
    """Which direct members of the containers import which other ones."""
    nodes: dict[str, set[str]] = {}
    for source in sources():
        module = source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for container in containers:
            node = _member(module, container)
            if node:
                found = {_member(target, container) for target in _targets(source.imports())}
                nodes.setdefault(node, set()).update(found - {node, ""})
    return {node: frozenset(found & nodes.keys()) for node, found in nodes.items()}


def _targets(found: Iterable[tuple[int, str, str]]) -> Iterator[str]:
    for _, module, name in found:
        yield f"{module}.{name}" if name else module


def _member(module: str, container: str) -> str:
    """The direct member of the container that `module` is, or lies in; empty where there is none."""
    prefix = f"{container}." if container else ""
    member = module.removeprefix(prefix).partition(".")[0] if module.startswith(prefix) else ""
    return "" if member in NOT_DRAWN else member


def _reachable(graph: Graph, node: str) -> frozenset[str]:
    direct = graph.get(node, frozenset())
    return direct.union(*(_reachable(graph, next_) for next_ in direct))


def main() -> int:
    """Write the diagrams; the exit code."""
    FILE.write_text(written(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
