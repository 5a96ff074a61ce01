"""How each kind of fault is done and undone: entering breaks, leaving mends, whatever happened in between."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final, TypeAlias

from tests.chaos.faults import network, processes, servers
from tests.chaos.faults.poison import poison
from tests.chaos.schedule import Planned
from tests.chaos.testbed import Testbed

Break: TypeAlias = Callable[[Testbed, Planned], AbstractAsyncContextManager[None]]

BREAKS: Final[Mapping[str, Break]] = {
    **processes.BREAKS,
    **servers.BREAKS,
    **network.BREAKS,
    "poison": poison,
}
