"""Figures, always of whole days gone by. Contract: wechat.md §4."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sandbox.calls import Call, Platform, Refused
from sandbox.clock import beijing, day_end, day_of, day_start, days_between
from sandbox.figures import between, followers, heat, reach, split, total
from sandbox.store import Doc
from sandbox.wechat.public import post_key
from sandbox.wechat.reading import json_body

FIRST_DAY = date(2025, 11, 1)
READY_HOUR = 8
SCENES = ["公众号消息", "聊天会话", "朋友圈", "推荐", "搜一搜", "公众号主页", "其他"]
FOLLOW_SOURCES = ["1", "17", "30", "57", "161", "200", "0"]
RATIOS = {
    "share_user": (0.02, 0.09),
    "zaikan_user": (0.003, 0.012),
    "like_user": (0.006, 0.025),
    "comment_count": (0.001, 0.006),
    "collection_user": (0.003, 0.015),
}


def asked_days(call: Call, most: int) -> list[date]:
    """The days of the request. 61500: not a date; 61501: too many, turned round, or not over yet."""
    fields = json_body(call)
    try:
        first, last = (_iso_day(fields.get(name)) for name in ("begin_date", "end_date"))
    except ValueError as error:
        raise Refused(61500) from error
    if first > last or (last - first).days + 1 > most or last >= day_of(call.now):
        raise Refused(61501)
    return days_between(first, last)


def _iso_day(text: object) -> date:
    if not isinstance(text, str) or len(text) != 10:
        raise ValueError(text)
    return date.fromisoformat(text)


def is_ready(call: Call, day: date) -> bool:
    """Yesterday's figures are there from 08:00."""
    yesterday = day_of(call.now) - timedelta(days=1)
    return day < yesterday or beijing(call.now).hour >= READY_HOUR


def answered(call: Call, days: list[date], rows: Callable[[date], list[Doc]]) -> Doc:
    late = call.fault_is("is_delay") or not all(is_ready(call, day) for day in days)
    shown = [row for day in days if day >= FIRST_DAY and is_ready(call, day) for row in rows(day)]
    return {"list": shown, "is_delay": late}


# ---------------------------------------------------------------- one article


def people(call: Call, publication: Doc, item: Doc, name: str, moment: float) -> int:
    """A cumulative figure of one article; it stands still once the article is gone."""
    end = min(moment, item["removed_at"] or moment)
    key, text = post_key(publication, item), item["title"] + item.get("digest", "")
    base = followers(call.tx.seed, call.account_key, call.account["followers"], 0)
    final = reach(call.tx.seed, key, base, text) * (1.0 if publication["notified"] else 0.45)
    if name != "read_user":
        low, high = RATIOS[name]
        warm = 1.0 + 0.1 * (heat(text) - 1.0)
        final *= between(low, high, call.tx.seed, key, name) * warm
    return total(call.tx.seed, key, name, final, end - publication["at"])


def on_day(call: Call, publication: Doc, item: Doc, name: str, day: date) -> int:
    """People on one day. Somebody who reads on two days counts on both, so the days add up to more than the total."""
    fresh = people(call, publication, item, name, day_end(day)) - people(call, publication, item, name, day_start(day))
    again = between(0.0, 0.12, call.tx.seed, post_key(publication, item), name, day)
    return round(fresh * (1 + again))


def articles(call: Call, day: date, published_on: bool = False) -> Iterator[tuple[Doc, Doc]]:
    """Articles that were public by the end of the day, or were published on it."""
    for publication in call.tx.find("wechat.publication", call.account_key):
        born = day_of(publication["at"])
        if born == day if published_on else born <= day:
            yield from ((publication, item) for item in publication["items"])


def _scenes(call: Call, amount: int, key: str) -> list[Doc]:
    return [{"user_count": share, "scene_desc": name} for name, share in split(amount, SCENES, call.tx.seed, key)]


def getarticleread(call: Call) -> Doc:
    def rows(day: date) -> list[Doc]:
        found = []
        for publication, item in articles(call, day):
            if amount := on_day(call, publication, item, "read_user", day):
                key = post_key(publication, item)
                detail = {"read_user": amount, "read_user_source": _scenes(call, amount, key)}
                found.append({"ref_date": day.isoformat(), "msgid": key, "detail": detail})
        return found

    return answered(call, asked_days(call, 1), rows)


def getarticleshare(call: Call) -> Doc:
    def rows(day: date) -> list[Doc]:
        return [
            {"ref_date": day.isoformat(), "msgid": post_key(publication, item), "detail": {"share_user": amount}}
            for publication, item in articles(call, day)
            if (amount := on_day(call, publication, item, "share_user", day))
        ]

    return answered(call, asked_days(call, 1), rows)


def getarticletotaldetail(call: Call) -> Doc:
    """The day asked for is the day of publication; each row of detail_list is cumulative."""

    def rows(day: date) -> list[Doc]:
        last = day_of(call.now) - timedelta(days=1)
        last = last if is_ready(call, last) else last - timedelta(days=1)
        stats = days_between(day, min(last, day + timedelta(days=29)))
        return [
            {
                "ref_date": day.isoformat(),
                "msgid": post_key(publication, item),
                "publish_type": 0 if publication["notified"] else 1,
                "title": item["title"],
                "content_url": call.world.base + item["path"],
                "detail_list": [_detail(call, publication, item, stat) for stat in stats],
            }
            for publication, item in articles(call, day, published_on=True)
        ]

    return answered(call, asked_days(call, 1), rows)


def _detail(call: Call, publication: Doc, item: Doc, stat: date) -> Doc:
    key, moment = post_key(publication, item), day_end(stat)
    reads = people(call, publication, item, "read_user", moment)
    figures = {name: people(call, publication, item, name, moment) for name in RATIOS}
    finish = between(0.25, 0.6, call.tx.seed, key, "finish")
    jumps = [{"position": place * 20, "rate": round((1 - finish) / 5, 4)} for place in range(1, 6)]
    return {
        "stat_date": stat.isoformat(),
        "read_user": reads,
        "read_user_source": _scenes(call, reads, key),
        **figures,
        "praise_money": 0,
        "read_subscribe_user": round(reads * between(0.3, 0.8, call.tx.seed, key, "subscribed")),
        "read_delivery_rate": round(between(0.01, 0.09, call.tx.seed, key, "delivery"), 4),
        "read_finish_rate": round(finish, 4),
        "read_avg_activetime": round(between(0.4, 2.5, call.tx.seed, key, "active"), 2),
        "read_jump_position": jumps,
    }


# ---------------------------------------------------------------- the account


def getbizsummary(call: Call) -> Doc:
    def rows(day: date) -> list[Doc]:
        sums = dict.fromkeys(("read_user", *RATIOS), 0)
        for publication, item in articles(call, day):
            for name in sums:
                sums[name] += on_day(call, publication, item, name, day)
        sent = sum(1 for _ in articles(call, day, published_on=True))
        detail = sums | {
            "read_user_source": _scenes(call, sums["read_user"], day.isoformat()),
            "redirect_ori_page_user": round(sums["read_user"] * 0.02),
            "send_page_count": sent,
        }
        return [{"ref_date": day.isoformat(), "detail": detail}] if sums["read_user"] or sent else []

    return answered(call, asked_days(call, 30), rows)


def follower_count(call: Call, moment: float) -> int:
    return followers(call.tx.seed, call.account_key, call.account["followers"], moment - call.account["since"])


def getusersummary(call: Call) -> Doc:
    def rows(day: date) -> list[Doc]:
        net = follower_count(call, day_end(day)) - follower_count(call, day_start(day))
        lost = max(-net, round(call.account["followers"] * between(0, 0.0004, call.tx.seed, call.account_key, day)))
        gained = dict(split(net + lost, FOLLOW_SOURCES, call.tx.seed, call.account_key, day))
        sources = [source for source in FOLLOW_SOURCES if source in gained or (source == "0" and lost)]
        return [
            {
                "ref_date": day.isoformat(),
                "user_source": int(source),
                "new_user": gained.get(source, 0),
                "cancel_user": lost if source == "0" else 0,
            }
            for source in sources
        ]

    return {"list": answered(call, asked_days(call, 7), rows)["list"]}


def getusercumulate(call: Call) -> Doc:
    def rows(day: date) -> list[Doc]:
        amount = follower_count(call, day_end(day))
        return [{"ref_date": day.isoformat(), "user_source": 0, "cumulate_user": amount}]

    return {"list": answered(call, asked_days(call, 7), rows)["list"]}


def retired(call: Call) -> Doc:
    """The old calls, 已停止维护: they keep silent about everything that was published without notifying followers."""
    asked_days(call, 1)
    return {"list": []}


def register(platform: Platform) -> None:
    new = (getarticleread, getarticleshare, getarticletotaldetail, getbizsummary, getusersummary, getusercumulate)
    for run in new:
        platform.on("POST", f"/datacube/{run.__name__}", "verified")(run)
    for name in ("getarticlesummary", "getarticletotal", "getuserread", "getusershare"):
        platform.on("POST", f"/datacube/{name}", "verified")(retired)
