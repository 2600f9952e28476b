"""What nobody has here: a cluster of any size under any number of learners, simulated from figures measured here.

Learners type and train at random times. What is typed passes a front (a web process and its agent), then waits for a
slot on any node, as Ray places it, and shares a node's cores with the trainings that run there. `python -m
bench.simulator` prints sites for 10^2 to 10^6 learners; `make bench-cluster` holds its predictions against a real
cluster of two nodes. Source: SimPy (discrete events); the queue that a test compares with is Erlang's, M/M/c.
"""

import argparse
import json
import random
import statistics
import sys
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

import simpy

MIX = Path(__file__).with_name("mix.json")
MOST_ARRIVALS = 60_000
"""Expressions of one simulation: enough for a steady 95th percentile."""
LOADED = 0.6
"""How busy a node may be on average: beyond, waits grow quickly."""


@dataclass(frozen=True)
class Mix:
    """What programs take on a node, and the server for each: recorded, one number for each program.

    Units: `expression_ms` and `training_s` are the wall time of a program alone on a core, `after_ms` what its node
    works once it has answered (the process is cleared away, the next one made ready), `front_ms` what the web process
    and the agent of its host work for an expression, `away_ms` what passes besides without work on either.
    """

    expression_ms: tuple[float, ...]
    training_s: tuple[float, ...]
    front_ms: float
    after_ms: float = 0.0
    away_ms: float = 0.0

    @property
    def busy_ms(self) -> float:
        """What an expression keeps a core busy, on average."""
        return statistics.fmean(self.expression_ms) + self.after_ms

    @staticmethod
    def recorded(path: Path = MIX) -> "Mix":
        """The mix that was recorded here."""
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        lists = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
        return Mix(**(told | lists))

    def keep(self, path: Path = MIX) -> None:
        """Writes it down."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")


@dataclass(frozen=True)
class Site:
    """A cluster: `nodes` of so many `cores`, and so many `fronts`, each a web process with its agent."""

    nodes: int
    cores: int
    fronts: int


@dataclass(frozen=True)
class Crowd:
    """How often a learner at work sends what is typed, and presses Run. Units: per minute."""

    learners: float
    expressions: float = 6.0
    trainings: float = 0.2

    @property
    def expressions_s(self) -> float:
        """Expressions that come in a second."""
        return self.learners * self.expressions / 60

    @property
    def trainings_s(self) -> float:
        """Trainings that come in a second."""
        return self.learners * self.trainings / 60


@dataclass
class Told:
    """What a simulation saw: the milliseconds until each expression's answer, and how long each training waited."""

    answer_ms: list[float] = field(default_factory=list)
    queued_s: list[float] = field(default_factory=list)

    def answered(self, of_100: int) -> float:
        """The milliseconds that so many of 100 answers stay under."""
        return statistics.quantiles(self.answer_ms, n=100)[of_100 - 1]

    @property
    def waited_s(self) -> float:
        """What 95 of 100 trainings wait at most for their slot."""
        return statistics.quantiles(self.queued_s, n=20)[-1] if len(self.queued_s) > 1 else 0.0


class _World:
    """One simulation: a front, slots for what is typed and slots for trainings, over the same cores."""

    def __init__(self, mix: Mix, site: Site, crowd: Crowd, seed: int) -> None:
        self.mix, self.site, self.crowd = mix, site, crowd
        self.told = Told()
        self.dice = random.Random(seed)
        self.env = simpy.Environment()
        self.front = simpy.Resource(self.env, site.fronts)
        self.typing = simpy.Resource(self.env, site.nodes * site.cores)
        self.training = simpy.Resource(self.env, site.nodes * site.cores)

    def run(self, seconds: float) -> Told:
        """What is seen in so many seconds, after trainings have become as many as they will be."""
        going = round(self.crowd.trainings_s * statistics.fmean(self.mix.training_s))
        for _ in range(min(going, int(self.training.capacity))):
            self.env.process(self._train(self.dice.random()))
        self.env.process(self._come(self.crowd.expressions_s, self._type))
        self.env.process(self._come(self.crowd.trainings_s, self._train))
        self.env.run(until=seconds)
        return self.told

    def _come(self, rate: float, begin: Any) -> Generator[simpy.Event, None, None]:
        while rate > 0:
            yield self.env.timeout(self.dice.expovariate(rate))
            self.env.process(begin())

    def _type(self) -> Generator[simpy.Event, None, None]:
        began = self.env.now
        with self.front.request() as turn:
            yield turn
            yield self.env.timeout(self.mix.front_ms / 1000)
        with self.typing.request() as slot:
            yield slot
            yield self.env.timeout(self.dice.choice(self.mix.expression_ms) / 1000 * self._shared())
            self.told.answer_ms.append((self.env.now - began) * 1000 + self.mix.away_ms)
            yield self.env.timeout(self.mix.after_ms / 1000 * self._shared())

    def _train(self, left: float = 1.0) -> Generator[simpy.Event, None, None]:
        """A training, or what is `left` of one that was there before."""
        asked = self.env.now
        with self.training.request() as slot:
            yield slot
            if left == 1.0:
                self.told.queued_s.append(self.env.now - asked)
            yield self.env.timeout(self.dice.choice(self.mix.training_s) * left)

    def _shared(self) -> float:
        """How much longer a program takes now: where trainings and it are more than the cores, they take turns."""
        busy = self.training.count + self.typing.count
        return max(1.0, busy / self.typing.capacity)


def simulate(mix: Mix, site: Site, crowd: Crowd, *, seed: int = 0, arrivals: int = MOST_ARRIVALS) -> Told:
    """What learners at that site see."""
    return _World(mix, site, crowd, seed).run(arrivals / crowd.expressions_s)


def sized(mix: Mix, crowd: Crowd, cores: int) -> Site:
    """The smallest site whose nodes and fronts are busy no more than they should be."""
    typing = crowd.expressions_s * mix.busy_ms / 1000
    training = crowd.trainings_s * statistics.fmean(mix.training_s)
    fronts = crowd.expressions_s * mix.front_ms / 1000
    return Site(max(1, ceil((typing + training) / LOADED / cores)), cores, max(1, ceil(fronts / LOADED)))


def main(arguments: Sequence[str]) -> int:
    """Prints for each number of learners the site it needs, with the arithmetic, and what they would see there."""
    asked = argparse.ArgumentParser(prog="python -m bench.simulator")
    asked.add_argument("--learners", type=int, nargs="+", default=[50, 100, 500, 1000, 5000, 10**4, 10**5, 10**6])
    asked.add_argument("--cores", type=int, default=8, help="of a node")
    asked.add_argument("--expressions", type=float, default=Crowd.expressions, help="a learner sends in a minute")
    asked.add_argument("--trainings", type=float, default=Crowd.trainings, help="a learner runs in a minute")
    chosen = asked.parse_args(arguments)
    mix = Mix.recorded()
    training_s = statistics.fmean(mix.training_s)
    print(
        f"recorded: an expression {mix.busy_ms:.0f} ms of a core, answered after {mix.busy_ms - mix.after_ms:.0f} ms; "
    )
    print(f"a training {training_s:.2f} s, the server {mix.front_ms:.1f} ms for each expression\n")
    print(
        f"{'learners':>9} {'expr/s':>9} {'cores busy':>10} {'nodes':>6} {'fronts':>6} {'p50':>7} {'p95':>7} {'wait':>7}"
    )
    for learners in chosen.learners:
        crowd = Crowd(learners, chosen.expressions, chosen.trainings)
        site = sized(mix, crowd, chosen.cores)
        told = simulate(mix, site, crowd)
        busy = crowd.expressions_s * mix.busy_ms / 1000 + crowd.trainings_s * training_s
        print(
            f"{learners:>9,} {crowd.expressions_s:>9,.1f} {busy:>10,.1f} {site.nodes:>6,} {site.fronts:>6,} "
            f"{told.answered(50):>4.0f} ms {told.answered(95):>4.0f} ms {told.waited_s:>5.1f} s",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
