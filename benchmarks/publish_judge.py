"""The judgement over one run of the publishing benchmark: what our record says beside what the ledger says. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from content_store.tables import DeliveryState as State

WRONG = {
    "lost": "丢失",
    "doubled": "重复",
    "stuck": "卡住",
    "wrongly live": "假已发布",
    "wrongly withdrawn": "假已撤回",
    "wrongly failed": "假发布失败",
    "wrong work": "认错作品",
    "took another": "误删旁帖",
    "wish forgotten": "撤回落空",
    "unexplained": "没有说明",
    "forged": "假回调被当真",
    "leaked": "凭证外泄",
    "crashed": "程序出错",
}
DEFECT = "程序出错"
"""How the queue begins its reason where a defect of its own stopped a row."""
SECRET = "fake-"
"""All credentials of the played accounts begin so."""


@dataclass(frozen=True)
class End:
    """What stands in our record, and in the ledger."""

    state: State
    reason: str
    remedy: str
    times: int
    """How often it became public."""
    standing: int
    """How many are public now."""
    may_fail: bool = False
    """The platform refused it by the script."""
    called_off: bool = False
    """Somebody wanted it back, or gave it up, and was not refused."""
    confirmed: int = 0
    """How often people published it on the phone."""
    names_another: bool = False
    """Our record gives the address or the number of somebody else's work, or of another delivery's."""
    took_another: bool = False
    """A post or a draft that is not this delivery's was taken away."""


def judged(end: End) -> str:
    """One of WRONG, or empty."""
    if end.took_another:
        return "took another"
    if end.times > max(end.confirmed, 1) or (end.standing > 1 and end.state is State.LIVE):
        return "doubled"
    if end.standing and end.state in _SAYS_NOT_OUT:
        return _SAYS_NOT_OUT[end.state]
    if not end.standing and end.state is State.LIVE:
        return "wrongly live"
    if end.names_another:
        return "wrong work"
    if end.called_off and end.state is State.LIVE:
        return "wish forgotten"
    if not end.times and not _may_be_nowhere(end):
        return "lost"
    return "" if told_plainly(end.state, end.reason, end.remedy) else "unexplained"


def judged_beside(end: End) -> str:
    """The same of another delivery, which is not played to its end: only what is said of it counts, not that it is over."""
    if end.times > 1:
        return "doubled"
    if end.standing and end.state in _SAYS_NOT_OUT:
        return _SAYS_NOT_OUT[end.state]
    if not end.standing and end.state is State.LIVE:
        return "wrongly live"
    return "wrong work" if end.names_another else ""


def told_plainly(state: State, reason: str, remedy: str) -> bool:
    """Whether somebody who is asked to act is told why, and what to do."""
    return state not in _ASKS or bool(reason and remedy)


_SAYS_NOT_OUT = {State.WITHDRAWN: "wrongly withdrawn", State.FAILED: "wrongly failed"}
_ASKS = {State.NEEDS_PERSON, State.FAILED}


def _may_be_nowhere(end: End) -> bool:
    refused = end.state is State.FAILED and end.may_fail and bool(end.reason)
    return refused or (end.state is State.WITHDRAWN and end.called_off)
