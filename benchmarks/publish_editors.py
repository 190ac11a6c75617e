"""What an editor does on a platform's own site: presses 发表 or 群发 on a draft of ours, deletes it, uploads a package.

What comes after it is pressed on our desk, by the same person or by another who knows nothing of it.
"""

from __future__ import annotations

from benchmarks.publish_acts import DELETES, GIVES_UP, MASS_SENDS, REGISTERS, TAKES_BACK, UPLOADS
from benchmarks.publish_buttons import gives_up, pressed, registers, takes_back
from benchmarks.publish_neighbours import article
from benchmarks.publish_played import Played
from sandbox.store import Doc, Tx
from sandbox.wechat import public
from sandbox.wechat.publish import next_msg_data_id


def finishes(played: Played) -> None:
    """The delivery waits for somebody who finishes it on the platform's site."""
    there, then = played.plan.editor
    if not played.edited:
        played.edited = True
        if _does(played, there):
            played.verdict.did(f"{there}，{then}")
        _presses(played, then)
    elif rows := played.standing():
        # whoever did it there brings the link, sooner or later
        pressed(played, registers(played, rows[0]["url"]))
    else:
        pressed(played, gives_up(played))


def _presses(played: Played, then: str) -> None:
    played.verdict.by_person += 1
    rows = played.standing()
    if then == REGISTERS and rows:
        pressed(played, registers(played, rows[0]["url"]))
    elif then == GIVES_UP:
        pressed(played, gives_up(played))
    elif then == TAKES_BACK:
        pressed(played, takes_back(played))


def _does(played: Played, there: str) -> bool:
    """False where the editor finds nothing to do it with."""
    key = played.kit.key(played.plan.number)
    with played.stage.world.tx() as tx:
        if there == UPLOADS:
            number = article(tx, played.kit.platform, key, played.title, tx.now)
            played.uploaded.add(number)
            return True
        draft = _draft(tx, key, played.title)
        if draft is None:
            return False
        tx.drop("wechat.draft", draft["media_id"])
        if there != DELETES:
            notified = there == MASS_SENDS
            public.make_public(tx, key, draft["articles"], next_msg_data_id(tx), tx.now, notified=notified)
    return True


def _draft(tx: Tx, key: str, title: str) -> Doc | None:
    """Ours, as a person knows it: by its title, among those of the account."""
    drafts = tx.find("wechat.draft", key)
    return next((draft for draft in drafts if draft["articles"][0]["title"] == title), None)
