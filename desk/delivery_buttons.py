"""What may be done with a delivery now, each button by the words that say what will happen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connectors.base import Capabilities
from content_store.tables import Attempt, Delivery
from content_store.tables import DeliveryState as State

BUTTONS: dict[str, frozenset[State]] = {
    "resend": frozenset({State.FAILED, State.NEEDS_PERSON}),
    "look": frozenset({State.UNKNOWN, State.ACCEPTED, State.HANDED_OVER, State.WITHDRAWING}),
    "withdraw": frozenset(
        {State.LIVE, State.ACCEPTED, State.HANDED_OVER, State.NEEDS_PERSON, State.UNKNOWN, State.SENDING}
    ),
    "cancel": frozenset({State.HELD, State.QUEUED, State.FAILED}),
    "give_up": frozenset({State.NEEDS_PERSON, State.HANDED_OVER}),
}
"""Which button stands beside which state; the step checks it again."""
_UNDER_WAY = (State.SENDING, State.UNKNOWN)
_MAY_BE_THERE = ("done", "open", "unknown")


@dataclass(frozen=True)
class Situation:
    """What of a delivery decides on its buttons beside its state."""

    can: Capabilities | None
    """None where the account's settings are wrong: then nothing can be asked of its platform."""
    by_package: bool = False
    """A person uploads what we packed."""
    package_waits: bool = False
    """It was handed over, and its link has not come back."""
    wished: bool = False
    """Somebody wants it taken back, and it is not yet."""
    draft: bool = False
    """A draft of it lies in the platform's box."""

    @property
    def takes_back(self) -> bool:
        return self.can is not None and self.can.can_withdraw


def buttons(row: Delivery, now: Situation) -> dict[str, str]:
    """Act → label (Chinese), in the order of the page."""
    state = State(row.state)
    labels = {"resend": _resend, "look": _look, "withdraw": _withdraw, "cancel": _cancel, "give_up": _give_up}
    shown = [key for key, states in BUTTONS.items() if state in states and _fits(key, row, now)]
    return {key: labels[key](state, now) for key in shown}


_QUOTED = {"重新发送": "resend", "放弃": "give_up", "撤回": "withdraw"}


def as_labelled(remedy: str, labels: Mapping[str, str]) -> str:
    """The remedy with each button named as it is labelled here."""
    for word, key in _QUOTED.items():
        remedy = remedy.replace(f"“{word}”", f"“{labels.get(key, word)}”")
    return remedy


def draft_left(attempts: Iterable[Attempt]) -> bool:
    """Whether a draft was put into the platform's box and not deleted there, as far as our calls tell."""
    outcomes: Mapping[str, set[str]] = {"draft_add": set(), "draft_delete": set()}
    for attempt in attempts:
        outcomes.get(attempt.call, set()).add(attempt.outcome)
    return not outcomes["draft_add"].isdisjoint(_MAY_BE_THERE) and "done" not in outcomes["draft_delete"]


def wish_said(state: State) -> str:
    """What becomes of a row under way that somebody wants back (Chinese); empty in the states that say it themselves."""
    return "已有人要求撤回：查清以后，发出的马上撤回，没有发出的不再发。" if state in _UNDER_WAY else ""


def link_said(state: State, *, wished: bool) -> tuple[str, str]:
    """A hint and the button's label for registering a link."""
    if state is State.LIVE:
        return "平台说已经发布，但没有给出链接。请在平台上打开这一条，把链接粘贴到这里。", "登记链接"
    if wished and state is State.UNKNOWN:
        return "已有人要求撤回：登记以后，这一条马上进入撤回。", "登记链接，随后撤回"
    if wished:
        return "撤下的待办还没有办：登记链接只说明它还在线上，仍要撤下。", "登记链接，待办保留"
    return "", "登记链接"


def _fits(key: str, row: Delivery, now: Situation) -> bool:
    """Whether the act makes sense there at all."""
    state, was_live = State(row.state), row.live_at is not None
    if key == "resend":
        # what was handed over is downloaded again, and what was out is not uploaded a second time
        return not now.package_waits and not (now.by_package and was_live)
    if key == "look":
        return not now.by_package
    if key == "withdraw":
        if now.wished and state in _UNDER_WAY:
            return False
        # nothing is public yet: it is given up; the steps of a person stand in the card below
        return not (now.by_package and state is State.HANDED_OVER) and (
            now.takes_back or state is not State.NEEDS_PERSON
        )
    return not (key == "give_up" and state is State.NEEDS_PERSON and was_live)


def _resend(_state: State, now: Situation) -> str:
    again = "重新交出资料包" if now.by_package else "重新发送"
    return f"不撤了，{again}" if now.wished else again


def _look(state: State, _now: Situation) -> str:
    return "马上再试撤回" if state is State.WITHDRAWING else "立即核对"


def _withdraw(state: State, now: Situation) -> str:
    back = "撤回" if now.takes_back else "安排人工撤下"
    if state is State.SENDING:
        return f"停发，发出的{back}"
    if state is State.UNKNOWN:
        return f"查清后{back}"
    if state is State.HANDED_OVER:
        return "撤回，发表了也删" if now.takes_back else f"已发布，{back}"
    return "再试撤回" if now.wished and state is State.NEEDS_PERSON else back


def _cancel(state: State, now: Situation) -> str:
    end = "不再重发" if state is State.FAILED else "取消发布"
    return f"{end}，删掉草稿" if now.draft else end


def _give_up(state: State, now: Situation) -> str:
    if now.draft:
        return "放弃，删掉草稿"
    return "没有发出，放弃" if now.wished and state is State.NEEDS_PERSON else "放弃"
