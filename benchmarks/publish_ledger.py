"""What the stand-ins' ledger and our record say at the end of a run, put side by side for the judgement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.publish_judge import SECRET, End, judged, judged_beside
from benchmarks.publish_neighbours import still_drafted
from benchmarks.publish_played import SECOND, Played
from content_store import deliveries, log, queue
from content_store.deliveries import Line
from content_store.tables import DeliveryState as State

Rows = Sequence[Mapping[str, Any]]


def judge(played: Played) -> None:
    """Writes the judgement into the run's verdict."""
    verdict, row = played.verdict, played.line().delivery
    ledger, mine = played.ledger(), played.public()
    verdict.ended, verdict.public = row.state, len(mine)
    verdict.standing = sum(one["removed_at"] is None for one in mine)
    verdict.wrong = verdict.wrong or _wrong(played, ledger)
    if not verdict.wrong and (wrong := _wrong_beside(played, ledger)):
        verdict.wrong, verdict.note = wrong, f"the other delivery; {verdict.note}"
    if verdict.wrong:
        found = f"{verdict.public} times public, {verdict.standing} standing"
        verdict.note = f"{row.state}; {row.reason}; {found}; {verdict.note}"


def _wrong(played: Played, ledger: Rows) -> str:
    verdict, row = played.verdict, played.line().delivery
    if _leaked(played):
        return "leaked"
    others = [one for one in ledger if one["id"] in played.beside.rows or _of_the_other(played, one)]
    return judged(
        End(
            state=State(row.state),
            reason=row.reason,
            remedy=row.remedy,
            times=verdict.public,
            standing=verdict.standing,
            may_fail=played.plan.may_fail,
            called_off=played.called_off,
            confirmed=played.confirmed,
            names_another=_names(played.receipt(played.delivery), others),
            took_another=_took(played, others),
        )
    )


def _wrong_beside(played: Played, ledger: Rows) -> str:
    """The other delivery of ours, which nobody touches: wherever it stands by now, what is said of it must be so."""
    if not played.beside.delivery:
        return ""
    row = _line(played, played.beside.delivery).delivery
    own = [one for one in ledger if _of_the_other(played, one)]
    own = [one for one in own if played.kit.kind in ("", one["kind"])]
    strangers = [one for one in ledger if not _of_the_other(played, one)]
    standing = sum(one["removed_at"] is None for one in own)
    names_another = _names(played.receipt(played.beside.delivery), strangers)
    end = End(State(row.state), row.reason, row.remedy, times=len(own), standing=standing, names_another=names_another)
    return judged_beside(end)


def _of_the_other(played: Played, row: Mapping[str, Any]) -> bool:
    other = played.beside
    if not other.delivery or row["id"] in other.rows:
        return False
    return other.marker in row["marker"] + row["text"] or row["title"] == f"{played.title}{SECOND}"


def _names(named: Sequence[str], rows: Rows) -> bool:
    """Whether our record calls one of these works its own, by address or by number."""
    told = {str(value) for row in rows for name, value in row["ids"].items() if name != "idx" and value}
    return bool({*named} & {*told, *(row["url"] for row in rows)})


def _took(played: Played, others: Rows) -> bool:
    """Whether a post or a draft of somebody else is gone. Nobody in these runs takes them away."""
    world, drafts = played.stage.world, played.beside.drafts
    return any(row["removed_at"] is not None for row in others) or not all(
        still_drafted(world, each) for each in drafts
    )


def _line(played: Played, delivery: int) -> Line:
    with played.stage.room.store.reading() as session:
        found = deliveries.one(session, delivery)
    assert found is not None
    return found


def _leaked(played: Played) -> bool:
    """Whether a credential stands in what people see of the delivery, or in its record."""
    with played.stage.room.store.reading() as session:
        entries = log.of(session, "delivery", played.delivery)
        attempts = queue.attempts(session, played.delivery)
        receipt = queue.receipt(session, played.delivery)
        row = played.line().delivery
        told = [
            row.reason,
            row.remedy,
            *(f"{entry.why}{json.dumps(entry.detail)}" for entry in entries),
            *(f"{each.raw_code}{each.raw_message}{json.dumps(each.external_ids)}" for each in attempts),
            json.dumps([receipt.external_ids, receipt.raw_message]) if receipt is not None else "",
        ]
    return any(SECRET in text for text in told)
