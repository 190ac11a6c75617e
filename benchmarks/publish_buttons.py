"""The buttons of the desk, and the app, as people press them in a run of the publishing benchmark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from benchmarks.publish_played import Played
from connectors.errors import ConnectorError
from content_store import log
from content_store.tables import DeliveryState as State
from content_store.tables import LogEntry
from steps import by_hand
from steps.errors import Refused
from steps.giving_up import GIVING_UP

Press = Callable[[], object]


def pressed(played: Played, act: Press) -> bool:
    """Whether it was taken. A refusal says what is missing, and where that is the consent, the owner gives it."""
    try:
        act()
    except Refused as refused:
        played.verdict.note = str(refused)
        if "授权" in str(refused):
            played.consents_anew()
        return False
    except ConnectorError as error:
        played.verdict.note = error.message
        return False
    return True


def sends_again(played: Played) -> Press:
    return lambda: by_hand.resend(*who(played))


def registers(played: Played, url: str) -> Press:
    return lambda: by_hand.register_live(played.stage.room, played.delivery, url, None, played.stage.now())


def takes_back(played: Played) -> Press:
    def act() -> None:
        by_hand.withdraw(*who(played))
        played.called_off = True

    return act


def code_shown(played: Played) -> str:
    """What the desk shows to be scanned; empty where it is refused."""
    shown: list[str] = []
    stage = played.stage
    pressed(played, lambda: shown.append(by_hand.show_hand_off(stage.room, played.delivery, stage.now())))
    return shown[0] if shown else ""


def gives_up(played: Played) -> Press:
    def act() -> None:
        if by_hand.give_up(*who(played)) in (State.LIVE, State.ACCEPTED):
            # the desk answers that it is out there and was not given up
            return
        played.called_off = True
        _looks_after_giving_up(played)

    return act


def _looks_after_giving_up(played: Played) -> None:
    """A page that was opened while it was being sent shows no 需要人工处理: who gave up what the platform had half taken by
    then looks there, as the desk asks, and deletes it."""
    with played.stage.room.store.reading() as session:
        history = log.of(session, "delivery", played.delivery)
    # none where the draft could not be deleted: a person is asked then
    if _given_up_from(history) == State.NEEDS_PERSON:
        for row in played.standing():
            played.remove(row)


def _given_up_from(history: Sequence[LogEntry]) -> str:
    """The state in which it was given up; empty where it was not. A row that may have a draft is stopped first."""
    if not any(entry.act == State.WITHDRAWN for entry in history):
        return ""
    last = max(number for number, entry in enumerate(history) if entry.act == State.WITHDRAWN)
    stopped = last > 0 and history[last - 1].why == GIVING_UP
    return str(history[last - 1 if stopped else last].detail.get("from", ""))


def taps(played: Played, code: str) -> Press:
    """Scans the code and taps on 发布."""

    def act() -> None:
        asked = {"schema": code, "open_id": played.kit.key(played.plan.number)}
        said: dict[str, Any] = played.stage.control("/douyin/open", asked)
        if said["ok"]:
            played.tapped = True
            played.confirmed += 1
        elif played.clock_off:
            # the phone calls the code expired; the log of the system says that our clock is off
            played.set_clock_off(0.0)
            played.verdict.by_person += 1
        else:
            raise RuntimeError(f"the phone refused: {said}")

    return act


def who(played: Played) -> tuple[Any, int, None, datetime]:
    return played.stage.room, played.delivery, None, played.stage.now()
