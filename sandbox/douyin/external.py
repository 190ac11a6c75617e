"""Daily series of works and of the account. Contract: douyin.md §4: yesterday is there from 10:00."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sandbox.calls import Call, Platform, Refused
from sandbox.clock import beijing, day_end, day_of, day_start, days_between
from sandbox.douyin.works import GONE, figure, own_works, plays
from sandbox.figures import between, followers
from sandbox.store import Doc

READY_HOUR = 10
WINDOW = 30 * 86_400.0
NAMES = {"like": "digg_count", "comment": "comment_count", "share": "share_count"}


def last_day(call: Call) -> date:
    today = beijing(call.now)
    return today.date() - timedelta(days=1 if today.hour >= READY_HOUR else 2)


def series_days(call: Call) -> list[date]:
    """The last 7, 15 or 30 days, without those before the account joined: figures begin on the day after consent."""
    if call.query.get("date_type") not in ("7", "15", "30"):
        raise Refused(28001007)
    last = last_day(call)
    first = max(last - timedelta(days=int(call.query["date_type"]) - 1), day_of(call.account["since"]))
    return days_between(first, last) if first <= last else []


def institution_only(call: Call) -> None:
    if not call.account["institution"]:
        raise Refused(28001014)


# ---------------------------------------------------------------- one work


def work_of(call: Call) -> Doc:
    institution_only(call)
    row = call.tx.get("douyin.item", call.query.get("item_id", ""))
    work = call.tx.get("douyin.work", row["video_id"]) if row else None
    if work is None or work["open_id"] != call.account_key or work["state"] == GONE:
        raise Refused(28001007)
    if call.now - work["created"] > WINDOW:
        raise Refused(28001007, "只支持查询30天内发布的作品")
    return work


def amount(call: Call, work: Doc, name: str, moment: float) -> int:
    return plays(call.tx, work, moment) if name == "play" else figure(call.tx, work, NAMES[name], moment)


def item_base(call: Call) -> Doc:
    work, moment = work_of(call), day_end(last_day(call))
    sums = {f"total_{name}": amount(call, work, name, moment) for name in ("play", "like", "comment", "share")}
    seconds = round(between(6, 38, call.tx.seed, work["video_id"], "duration"), 2)
    return {"result": sums | {"avg_play_duration": seconds}}


def item_series(name: str) -> Callable[[Call], Doc]:
    def series(call: Call) -> Doc:
        work = work_of(call)
        rows = [
            {
                "date": day.isoformat(),
                name: amount(call, work, name, day_end(day)) - amount(call, work, name, day_start(day)),
            }
            for day in series_days(call)
            if day >= day_of(work["created"])
        ]
        return {"result_list": rows}

    return series


# ---------------------------------------------------------------- the account


def fans_at(call: Call, moment: float) -> int:
    return followers(call.tx.seed, call.account_key, call.account["followers"], moment - call.account["since"])


def fans_row(call: Call, day: date) -> Doc:
    total = fans_at(call, day_end(day))
    return {"total_fans": total, "new_fans": total - fans_at(call, day_start(day))}


def item_row(call: Call, day: date) -> Doc:
    born = [day_of(work["created"]) for work in own_works(call)]
    return {"new_issue": born.count(day), "total_issue": sum(one <= day for one in born)}


def sum_row(name: str) -> Callable[[Call, date], Doc]:
    def row(call: Call, day: date) -> Doc:
        works = own_works(call)
        grown = sum(amount(call, work, name, day_end(day)) - amount(call, work, name, day_start(day)) for work in works)
        return {f"new_{name}": grown}

    return row


def profile_row(call: Call, day: date) -> Doc:
    share = between(0.001, 0.01, call.tx.seed, call.account_key, "profile", day)
    return {"profile_uv": round(fans_at(call, day_end(day)) * share)}


def user_series(row: Callable[[Call, date], Doc]) -> Callable[[Call], Doc]:
    def series(call: Call) -> Doc:
        institution_only(call)
        days = series_days(call) if call.account["followers"] >= 1000 else []
        return {"result_list": [{"date": day.isoformat(), **row(call, day)} for day in days]}

    return series


def fans_data(call: Call) -> Doc:
    ages = {"1-23": 0.16, "24-30": 0.22, "31-40": 0.31, "41-50": 0.19, "51-": 0.12}
    total = fans_at(call, call.now)
    rows = [{"item": name, "value": round(total * share)} for name, share in ages.items()]
    return {"fans_data": {"all_fans_num": total, "age_distributions": rows}}


def register(platform: Platform) -> None:
    platform.on("GET", "/data/external/item/base/", "scope:data.external.item")(item_base)
    for name in ("like", "comment", "play", "share"):
        platform.on("GET", f"/data/external/item/{name}/", "scope:data.external.item")(item_series(name))
    rows: dict[str, Callable[[Call, date], Doc]] = {"item": item_row, "fans": fans_row, "profile": profile_row}
    rows |= {name: sum_row(name) for name in ("like", "comment", "share")}
    for name, row in rows.items():
        platform.on("GET", f"/data/external/user/{name}/", "scope:data.external.user")(user_series(row))
    platform.on("GET", "/api/douyin/v1/user/fans_data/", "scope:fans.data.bind")(fans_data)
