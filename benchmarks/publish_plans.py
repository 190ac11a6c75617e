"""What happens in one run of the publishing benchmark: drawn from its seed and number alone. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.publish_acts import ACTS
from benchmarks.publish_kits import KITS, Kit, Rule
from benchmarks.publish_line import LINE, LISTS_FAIL, LOST
from benchmarks.publish_stage import BOUNDARIES, CALL, Crash

KILL_EVERY = 10
"""One run in so many has a real process that is killed by SIGKILL."""
NOTHING = "无"
TWO: dict[str, str] = {
    "两人都重新发送": "late or lost",
    "一人重新发送，一人放弃": "late",
    "一人重新发送，一人撤回": "late or lost",
    "两人都撤回": "",
    "一人登记链接，一人撤回": "lost",
    "两人都登记链接": "lost",
    "发送时有人放弃": "",
    "发送时有人撤回": "",
    "一人扫码，一人撤回": "handed over",
    "两人都扫码": "handed over",
}
"""What two people do with one delivery at the same time → what has to happen before."""
CALLBACKS = ("重放", "很久以后重放", "倒序", "伪造签名", "改动内容")
"""What is done with the platform's call-backs beside what its own faults do to them."""
DAY_HOURS = 26.0
"""How long a platform, or its lists, are down: longer than anything of ours waits."""
CLOCK_OFF = 600.0
_CRASHES = (0, 1, 1, 1, 2)
_FAULTS = (0, 1, 1, 1, 2, 2, 3)
_LAST_CALL = 9
_STALLED = 0.12
_BACK = 0.3
_RIVALS = 0.08
_EMERGENCY = 0.2
_LOST = 0.12
_TWO = 0.2
_CALLBACK = 0.3
_DOWN = 0.06
_CLOCK = 0.08
_REVOKED = 0.06
_NEIGHBOURS = 0.5
_ANOTHER = 0.25


@dataclass(frozen=True)
class Fault:
    name: str
    rule: Rule
    refuses: bool = False


@dataclass(frozen=True)
class Outage:
    """From this round on the rules hold for DAY_HOURS."""

    name: str
    rules: tuple[Rule, ...]
    from_round: int


@dataclass(frozen=True)
class Plan:
    """One delivery on an account of its own, and what goes wrong on its way."""

    number: int
    platform: str
    faults: tuple[Fault, ...] = ()
    crashes: tuple[Crash, ...] = ()
    killed: bool = False
    """The crashes happen in real processes, by SIGKILL."""
    random_kill: float | None = None
    """Seconds after which a killed process ends; None: at its crash point."""
    back_from: str = ""
    """The state in which somebody wants it back; one that it never comes to is replaced by where it ends. Empty: nobody."""
    rivals: bool = False
    """Two workers make each round at the same time."""
    emergency: bool = False
    two: str = ""
    """One of TWO."""
    late: bool = False
    """It was due days ago, so that a person is asked first."""
    outage: Outage | None = None
    clock_off: float = 0.0
    """Seconds by which our clock is ahead of the platform's."""
    revoked_in: int | None = None
    """The round before which the account's owner takes the consent back."""
    callbacks: str = ""
    """One of CALLBACKS."""
    neighbours: int = 0
    """Posts of people that stood on the account before, of the same title."""
    joined_in: int | None = None
    """The round before which somebody posts a similar one there; None: nobody."""
    another: bool = False
    """Another delivery of ours is under way on the account, with almost the same text."""
    editor: tuple[str, str] = ("", "")
    """What somebody does on the platform's own site, and then presses on the desk: one of publish_acts.ACTS."""

    @property
    def may_fail(self) -> bool:
        return any(fault.refuses for fault in self.faults)

    @property
    def garbled(self) -> bool:
        """An answer of another shape may leave us with a wrong number: then it fails openly, and a person sends it again."""
        rules = [*(fault.rule for fault in self.faults), *(self.outage.rules if self.outage else ())]
        return any(rule["kind"] == "wrong_json" and "value" in rule for rule in rules)


def plan_of(seed: int, number: int, platforms: Sequence[str] = tuple(KITS)) -> Plan:
    """Run `number` of this seed, whatever ran before it."""
    chance = random.Random(f"{seed}:{number}")
    platform = platforms[number % len(platforms)]
    killed = number % KILL_EVERY == KILL_EVERY - 1
    crashes = tuple(_crash(chance, killed) for _ in range(chance.choice(_CRASHES) or int(killed)))
    kit = KITS[platform]
    plan = Plan(
        number=number,
        platform=platform,
        faults=tuple(_fault(chance, kit) for _ in range(chance.choice(_FAULTS))),
        crashes=crashes,
        killed=killed,
        random_kill=chance.uniform(0.0, 0.2) if killed and chance.random() < 0.4 else None,
        rivals=not killed and chance.random() < _RIVALS,
        emergency=chance.random() < _EMERGENCY,
        clock_off=chance.choice((CLOCK_OFF, -CLOCK_OFF)) if chance.random() < _CLOCK else 0.0,
        revoked_in=chance.randint(1, 3) if kit.revocable and chance.random() < _REVOKED else None,
        callbacks=chance.choice(CALLBACKS) if kit.calls_back and chance.random() < _CALLBACK else "",
    )
    return _with_neighbours(chance, kit, _with_people(chance, kit, plan))


def _with_neighbours(chance: random.Random, kit: Kit, plan: Plan) -> Plan:
    if chance.random() < _NEIGHBOURS:
        plan = replace(plan, neighbours=chance.randint(1, 6), joined_in=chance.choice((None, 1, 1, 2, 3)))
    if not kit.one_a_day and chance.random() < _ANOTHER:
        plan = replace(plan, another=True)
    return replace(plan, editor=chance.choice(ACTS[kit.finishes])) if kit.finishes in ACTS else plan


def _with_people(chance: random.Random, kit: Kit, plan: Plan) -> Plan:
    """Somebody wants it back, or two people are at it, or a day's outage comes: one of these at most."""
    drawn = chance.random()
    if drawn < _BACK:
        states = ("queued", "sending", "needs_person", "live", *kit.passes)
        return _led_to(chance, kit, replace(plan, back_from=chance.choice(states)))
    if drawn < _BACK + _TWO:
        return _two(chance, kit, plan)
    if drawn < _BACK + _TWO + _DOWN:
        rule = chance.choice(({"kind": "reset_before_effect"}, {"kind": "http_500_before"}))
        outage = Outage("平台停一天", ({"platform": kit.platform, **rule},), chance.randint(1, 3))
        return replace(plan, outage=outage)
    return _lost(chance, kit, plan) if kit.makes and drawn < _BACK + _TWO + _DOWN + _LOST else plan


def _led_to(chance: random.Random, kit: Kit, plan: Plan) -> Plan:
    """What brings a post to the state in which it is wanted back."""
    if plan.back_from == "needs_person":
        return replace(plan, late=True) if chance.random() < 0.5 or not kit.makes else _lost(chance, kit, plan)
    if plan.back_from == "unknown":
        return _lost(chance, kit, plan)
    if plan.back_from == "sending":
        return replace(plan, crashes=(Crash(CALL, "after", chance.randint(1, 5)),), random_kill=None)
    return plan


def _two(chance: random.Random, kit: Kit, plan: Plan) -> Plan:
    fit = [name for name, before in TWO.items() if _can_come(before, kit)]
    two = chance.choice(fit)
    before = TWO[two]
    if before == "late or lost":
        before = "late" if chance.random() < 0.5 or not kit.makes else "lost"
    if before == "late":
        return replace(plan, two=two, late=True)
    return _lost(chance, kit, replace(plan, two=two)) if before == "lost" else replace(plan, two=two)


def _can_come(before: str, kit: Kit) -> bool:
    return {"lost": bool(kit.makes), "handed over": kit.finishes == "phone"}.get(before, True)


def _lost(chance: random.Random, kit: Kit, plan: Plan) -> Plan:
    """Nobody knows whether it is out, and the lists fail: a few times, or for longer than we wait."""
    rule = {"platform": kit.platform, "path": kit.makes, "nth": [1], "times": 1, **chance.choice(LOST)}
    name = chance.choice(list(LISTS_FAIL))
    failing = {"platform": kit.platform, **LISTS_FAIL[name]}
    if failing["kind"] == "error":
        failing["code"] = kit.spent
    lost = Fault("发布没有答复", rule)
    if chance.random() < 0.4:
        rules = tuple({**failing, "path": path} for path in kit.lists)
        return replace(plan, faults=(*plan.faults, lost), outage=Outage(f"核对一天不成：{name}", rules, 0))
    times = chance.randint(1, 5)
    vain = [Fault(f"核对不成：{name}", {**failing, "path": path, "times": times}) for path in kit.lists]
    return replace(plan, faults=(*plan.faults, lost, *vain))


def _crash(chance: random.Random, killed: bool) -> Crash:
    point, nth = chance.choice(BOUNDARIES), chance.choice((1, 1, 1, 2, 2, 3, 4, 5))
    if not killed and chance.random() < _STALLED:
        # a worker that holds the database open cannot stall: the others would wait for it
        return Crash(point, "before" if point == CALL else "after", nth, "stall")
    return Crash(point, chance.choice(("before", "after")), nth)


def _fault(chance: random.Random, kit: Kit) -> Fault:
    name = chance.choice([*LINE, *kit.answers])
    rule = dict(LINE.get(name) or kit.answers[name])
    refuses = bool(rule.pop("refuses", False))
    if "event" not in rule and "nth" not in rule:
        rule["nth"] = [chance.randint(1, _LAST_CALL)]
    return Fault(name, {"platform": kit.platform, "times": 1, **rule}, refuses)
