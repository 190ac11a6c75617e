"""What happens in one run of the publishing benchmark: drawn from its seed and number alone. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.publish_kits import KITS, LINE, Rule
from benchmarks.publish_stage import BOUNDARIES, CALL, Crash

KILL_EVERY = 10
"""One run in so many has a real process that is killed by SIGKILL."""
NOTHING = "无"
_CRASHES = (0, 1, 1, 1, 2)
_FAULTS = (0, 1, 1, 1, 2, 2, 3)
_LAST_CALL = 9
_STALLED = 0.12
_BACK = 0.15
_RIVALS = 0.08
_EMERGENCY = 0.2


@dataclass(frozen=True)
class Fault:
    name: str
    rule: Rule
    refuses: bool = False


@dataclass(frozen=True)
class Plan:
    """One delivery on an account of its own, and what goes wrong on its way."""

    number: int
    platform: str
    faults: tuple[Fault, ...]
    crashes: tuple[Crash, ...]
    killed: bool
    """The crashes happen in real processes, by SIGKILL."""
    random_kill: float | None
    """Seconds after which a killed process ends; None: at its crash point."""
    withdraws: bool
    rivals: bool
    """Two workers make each round at the same time."""
    emergency: bool

    @property
    def may_fail(self) -> bool:
        return any(fault.refuses for fault in self.faults)


def plan_of(seed: int, number: int, platforms: Sequence[str] = tuple(KITS)) -> Plan:
    """Run `number` of this seed, whatever ran before it."""
    chance = random.Random(f"{seed}:{number}")
    platform = platforms[number % len(platforms)]
    killed = number % KILL_EVERY == KILL_EVERY - 1
    crashes = tuple(_crash(chance, killed) for _ in range(chance.choice(_CRASHES) or int(killed)))
    return Plan(
        number=number,
        platform=platform,
        faults=tuple(_fault(chance, platform) for _ in range(chance.choice(_FAULTS))),
        crashes=crashes,
        killed=killed,
        random_kill=chance.uniform(0.0, 0.2) if killed and chance.random() < 0.4 else None,
        withdraws=chance.random() < _BACK,
        rivals=not killed and chance.random() < _RIVALS,
        emergency=chance.random() < _EMERGENCY,
    )


def _crash(chance: random.Random, killed: bool) -> Crash:
    point, nth = chance.choice(BOUNDARIES), chance.choice((1, 1, 1, 2, 2, 3, 4, 5))
    if not killed and chance.random() < _STALLED:
        # a worker that holds the database open cannot stall: the others would wait for it
        return Crash(point, "before" if point == CALL else "after", nth, "stall")
    return Crash(point, chance.choice(("before", "after")), nth)


def _fault(chance: random.Random, platform: str) -> Fault:
    kit = KITS[platform]
    name = chance.choice([*LINE, *kit.answers])
    rule = dict(LINE.get(name) or kit.answers[name])
    refuses = bool(rule.pop("refuses", False))
    if "event" not in rule and "nth" not in rule:
        rule["nth"] = [chance.randint(1, _LAST_CALL)]
    return Fault(name, {"platform": kit.platform, "times": 1, **rule}, refuses)
