"""A place on the cluster for one run: Ray's scheduler chooses the machine, and keeps there what the run needs.

A placement group of one bundle: unlike a task or an actor it needs no process of its own. Knows nothing of what runs.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import Container, Mapping, Sequence

from ray.util.placement_group import PlacementGroup, placement_group, placement_group_table, remove_placement_group

from .threads import apart

KEPT_S, OLDEST_S = 1.0, 5.0
"""How long a lease is kept for the next run, and how old it may get by that."""
LOOK_S = 1.0
"""How often a lease that waits sees whether it was given up."""


class Unplaced(RuntimeError):
    """There will be no place: it was given up, or the cluster can't be asked."""


class Lease:
    """A place asked for: `needs` are Ray's resources, `machines` the ids of those it may be on."""

    def __init__(self, needs: Mapping[str, float], machines: Sequence[str]) -> None:
        self.needs = dict(needs)
        self.machine: str | None = None
        """The id of the machine, once there is room on one."""
        self.asked = time.monotonic()
        self._machines = machines
        self._group: PlacementGroup | None = None
        self._lock = threading.Lock()
        self._given_up = False

    async def placed(self) -> str:
        """The machine's id, once there is room on one. Raises: Unplaced."""
        self.machine = await apart(self._place)
        return self.machine

    def give_up(self) -> None:
        """Lets the place go, also one that is still waited for."""
        with self._lock:
            self._given_up = True
            group, self._group = self._group, None
        if group is not None:
            threading.Thread(target=_remove, args=[group], name="lease", daemon=True).start()

    def _place(self) -> str:
        try:
            return self._ask()
        except Exception as error:  # Ray raises just that where a group is gone
            raise Unplaced(str(error)) from error

    def _ask(self) -> str:
        label = {"ray.io/node-id": f"in({','.join(self._machines)})"}
        group = placement_group([self.needs], strategy="SPREAD", bundle_label_selector=[label])
        with self._lock:
            self._group = None if self._given_up else group
        while not self._given_up:
            if group.wait(LOOK_S):
                return str(placement_group_table(group)["bundles_to_node_id"][0])
        _remove(group)
        raise Unplaced("the place was given up")


class Leases:
    """Leases that were given back, kept for a moment: the next run of the same kind need not ask.

    None is kept long, nor used again and again: other servers wait for the same room.
    """

    def __init__(self) -> None:
        self._kept: dict[Lease, asyncio.TimerHandle] = {}

    def find(self, needs: Mapping[str, float], machines: Container[str]) -> Lease | None:
        """One of just these needs, on one of these machines."""
        for lease in self._kept:
            if lease.needs == needs and lease.machine in machines and time.monotonic() - lease.asked < OLDEST_S:
                self._kept.pop(lease).cancel()
                return lease
        return None

    def keep(self, lease: Lease) -> None:
        """Takes one back."""
        self._kept[lease] = asyncio.get_running_loop().call_later(KEPT_S, self._drop, lease)

    def drop(self) -> None:
        """Gives all of them up."""
        for lease in list(self._kept):
            self._drop(lease)

    def _drop(self, lease: Lease) -> None:
        self._kept.pop(lease).cancel()
        lease.give_up()


def _remove(group: PlacementGroup) -> None:
    with contextlib.suppress(Exception):  # it is gone, or the cluster is
        remove_placement_group(group)
