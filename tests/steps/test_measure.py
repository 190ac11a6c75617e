"""Measuring: snapshots that are never overwritten, and accounts that fail alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from measured_newsroom import TellingChannel, a_live_post, a_story, an_account, telling
from sqlalchemy.exc import DatabaseError

from connectors.base import Figures, Post
from connectors.errors import FormatChanged, RetryLater
from content_store import accounts, readings
from content_store.tables import Delivery, DeliveryState, Reading
from ranking.weeks import BEIJING
from sandbox.serve import in_thread
from steps.measure import FOLLOWED_DAYS, for_date, measure
from steps.newsroom import Newsroom

DAY = date(2026, 11, 25)
YESTERDAY_NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def told(now: datetime, **figures: Any) -> dict[str, Any]:
    return {"taken_at": now, "for_date": DAY, "input_kind": "api_persons", "raw": {"as": "answered"}} | figures


def change(newsroom: Newsroom, reading_id: int | None, **values: Any) -> None:
    with newsroom.store.session() as session:
        row = session.get(Reading, reading_id)
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)


@pytest.fixture
def post(newsroom: Newsroom, now: datetime) -> int:
    """One post, out since yesterday noon, on account `jl`."""
    with newsroom.store.session() as session:
        account = an_account(session, "jl", now=now)
        version = a_story(session, "雪是怎样形成的", now=now)
        return a_live_post(session, version, account, YESTERDAY_NOON, ids={"msg_data_id": "77"})


def test_figures_are_written_down_with_the_platforms_own_answer(newsroom: Newsroom, post: int, now: datetime) -> None:
    channel = TellingChannel(
        posts={str(post): told(now, reads=120, likes=3, looks=0)}, own=told(now, followers=900, new_followers=-4)
    )
    counts = measure(telling(newsroom, jl=channel), DAY, now)
    assert counts == {"day": "2026-11-25", "accounts": 1, "posts": 1, "readings": 2, "unread": 0, "failed": []}
    with newsroom.store.reading() as session:
        row = readings.of_post(session, post)[0]
        own = readings.of_account_days(session, since=DAY, until=DAY)[row.account_id][0]
    assert (row.reads, row.likes, row.looks, row.shares) == (120, 3, 0, None), "0 stays 0 and unknown stays unknown"
    assert (row.taken_at, row.for_date, row.input_kind, row.raw) == (now, DAY, "api_persons", {"as": "answered"})
    assert (own.followers, own.new_followers, own.delivery_id) == (900, -4, None)


def test_the_platform_is_asked_with_its_own_ids_and_the_local_date_of_publication(
    newsroom: Newsroom, post: int, now: datetime
) -> None:
    channel = TellingChannel()
    measure(telling(newsroom, jl=channel), DAY, now)
    assert channel.asked == [({str(post): {"msg_data_id": "77", "published_on": "2026-11-25"}}, DAY)]


def test_measuring_again_adds_a_snapshot_and_changes_none(newsroom: Newsroom, post: int, now: datetime) -> None:
    channel = TellingChannel(posts={str(post): told(now, reads=120, final=False)})
    room = telling(newsroom, jl=channel)
    measure(room, DAY, now)
    channel.posts[str(post)] = told(now + timedelta(hours=4), reads=130)
    measure(room, DAY, now + timedelta(hours=4))
    with newsroom.store.reading() as session:
        rows = readings.of_post(session, post)
        last = readings.last_of_posts(session, [post], until=DAY)[post]
    assert [(row.reads, row.final) for row in rows] == [(120, False), (130, True)]
    assert last.reads == 130
    with pytest.raises(DatabaseError, match="never"):
        change(newsroom, rows[0].id, reads=1)


@pytest.mark.parametrize(
    "error", [RetryLater("网络不通，请稍后再试。"), FormatChanged("数据接口的回答变了样。")], ids=["network", "format"]
)
def test_an_account_that_fails_is_one_line_and_the_others_are_measured(
    newsroom: Newsroom, post: int, now: datetime, error: Exception
) -> None:
    with newsroom.store.session() as session:
        an_account(session, "aa", now=now)
        an_account(session, "bb", now=now)
    good = TellingChannel(posts={str(post): told(now, reads=5)})
    counts = measure(telling(newsroom, aa=TellingChannel(own_error=error), jl=good), DAY, now)
    assert counts["readings"] == 1
    assert counts["failed"] == [
        {"account": "aa", "name": "AA", "reason": str(error)},
        {"account": "bb", "name": "BB", "reason": "账号“BB”的密钥没有填，请在设置中补上。"},
    ]


def test_a_defect_in_an_adapter_costs_only_its_own_account(newsroom: Newsroom, post: int, now: datetime) -> None:
    with newsroom.store.session() as session:
        an_account(session, "aa", now=now)
    broken = TellingChannel(own_error=ZeroDivisionError("secret in the text"))
    good = TellingChannel(posts={str(post): told(now, reads=5)})
    counts = measure(telling(newsroom, aa=broken, jl=good), DAY, now)
    assert counts["readings"] == 1
    assert counts["failed"][0]["reason"].startswith("程序出错")
    assert "secret" not in str(counts)


def test_what_an_account_gave_before_it_failed_is_kept(newsroom: Newsroom, post: int, now: datetime) -> None:
    channel = TellingChannel(posts={str(post): told(now, reads=5)}, own_error=RetryLater("网络不通，请稍后再试。"))
    counts = measure(telling(newsroom, jl=channel), DAY, now)
    assert (counts["readings"], len(counts["failed"])) == (1, 1)


def test_a_post_that_the_platform_is_silent_about_gets_no_reading_and_no_zero(
    newsroom: Newsroom, post: int, now: datetime
) -> None:
    counts = measure(telling(newsroom, jl=TellingChannel()), DAY, now)
    assert (counts["posts"], counts["readings"], counts["unread"]) == (1, 0, 1)
    with newsroom.store.reading() as session:
        assert readings.of_post(session, post) == []


@pytest.mark.parametrize(
    ("metrics", "ids", "looked_at"),
    [
        ("snapshot", {"status_id": "51"}, True),
        ("snapshot", {}, False),
        ("daily", {"msg_data_id": "77"}, False),
    ],
)
def test_a_post_left_out_of_running_totals_is_looked_at_in_the_next_round_if_its_number_is_known(
    newsroom: Newsroom, now: datetime, metrics: str, ids: dict[str, str], looked_at: bool
) -> None:
    with newsroom.store.session() as session:
        account, version = an_account(session, "jl", now=now), a_story(session, "雪是怎样形成的", now=now)
        other = a_story(session, "冰是怎样形成的", now=now)
        gone = a_live_post(session, version, account, YESTERDAY_NOON, ids=ids)
        there = a_live_post(session, other, account, YESTERDAY_NOON, ids={"status_id": "52"})
    channel = TellingChannel(metrics=metrics, posts={str(there): told(now, likes=3)})
    counts = measure(telling(newsroom, jl=channel), DAY, now)
    assert counts["unread"] == 1
    with newsroom.store.reading() as session:
        due = [row.next_try_at is not None for row in (session.get(Delivery, key) for key in (gone, there)) if row]
    assert due == [looked_at, False]


def test_a_figure_for_a_post_nobody_asked_about_is_left_out(newsroom: Newsroom, post: int, now: datetime) -> None:
    channel = TellingChannel(posts={str(post): told(now, reads=5), str(post + 1000): told(now, reads=6)})
    assert measure(telling(newsroom, jl=channel), DAY, now)["readings"] == 1


def test_only_posts_that_are_out_and_not_too_old_are_asked_for(newsroom: Newsroom, now: datetime) -> None:
    end = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
    with newsroom.store.session() as session:
        account = an_account(session, "jl", now=now)
        moments = {
            "oldest": end - timedelta(days=FOLLOWED_DAYS),
            "too_old": end - timedelta(days=FOLLOWED_DAYS, seconds=1),
            "last": end - timedelta(seconds=1),
            "today": end,
        }
        made = {
            name: a_live_post(session, a_story(session, name, now=now), account, moment)
            for name, moment in moments.items()
        }
        gone = a_story(session, "withdrawn", now=now)
        a_live_post(session, gone, account, end - timedelta(days=1), state=DeliveryState.WITHDRAWN)
    channel = TellingChannel()
    measure(telling(newsroom, jl=channel), DAY, now)
    assert set(channel.asked[0][0]) == {str(made["oldest"]), str(made["last"])}


@pytest.mark.parametrize("metrics", ["none", "import"])
def test_accounts_without_an_interface_for_figures_are_passed_over(
    newsroom: Newsroom, post: int, now: datetime, metrics: str
) -> None:
    channel = TellingChannel(metrics=metrics, own=told(now, followers=1))
    counts = measure(telling(newsroom, jl=channel), DAY, now)
    assert (counts["accounts"], counts["readings"], channel.asked) == (0, 0, [])


def test_a_disabled_account_is_not_asked(newsroom: Newsroom, post: int, now: datetime) -> None:
    with newsroom.store.session() as session:
        accounts.put(session, "jl", {"enabled": False}, now=now)
    assert measure(telling(newsroom), DAY, now)["failed"] == []


def test_days_that_were_missed_are_asked_for_again_where_there_is_a_daily_series(
    newsroom: Newsroom, post: int, now: datetime
) -> None:
    later = DAY + timedelta(days=3)
    days = {DAY + timedelta(days=number): 100 + number for number in (0, 1, 2, 3)}
    del days[DAY + timedelta(days=1)]
    channel = TellingChannel(posts={str(post): told(now)}, own=told(now), series=days)
    room = telling(newsroom, jl=channel)
    assert measure(room, later, now)["readings"] == 6, "posts and account of three days"
    with newsroom.store.reading() as session:
        of_post = [(row.for_date, row.reads) for row in readings.of_post(session, post)]
        own = readings.of_account_days(session, since=DAY, until=later)
    assert sorted(of_post) == sorted(days.items())
    assert [(row.for_date, row.followers) for rows in own.values() for row in rows] == sorted(days.items())
    assert measure(room, later, now)["readings"] == 2, "nothing is missing any more but what the platform never had"


def test_a_running_total_is_not_written_down_for_a_day_gone_by(newsroom: Newsroom, post: int, now: datetime) -> None:
    snapshot = told(now, reads=5) | {"for_date": None}
    channel = TellingChannel(metrics="daily", posts={str(post): snapshot}, own=None)
    measure(telling(newsroom, jl=channel), DAY + timedelta(days=2), now)
    with newsroom.store.reading() as session:
        assert len(readings.of_post(session, post)) == 1


@pytest.mark.parametrize(
    ("said", "taken", "day", "counts_for"),
    [
        (date(2026, 11, 20), datetime(2026, 11, 26, 1, tzinfo=UTC), date(2026, 11, 25), date(2026, 11, 20)),
        (None, datetime(2026, 11, 26, 1, tzinfo=UTC), date(2026, 11, 25), date(2026, 11, 25)),
        (None, datetime(2026, 11, 26, 1, tzinfo=UTC), date(2026, 11, 26), date(2026, 11, 26)),
        (None, datetime(2026, 11, 26, 1, tzinfo=UTC), date(2026, 11, 2), date(2026, 11, 25)),
        (None, datetime(2026, 11, 25, 16, 30, tzinfo=UTC), date(2026, 11, 25), date(2026, 11, 25)),
    ],
    ids=["as the platform says", "yesterday", "today", "never a day long past", "after midnight in Beijing"],
)
def test_a_snapshot_counts_for_the_day_it_can_speak_of(
    said: date | None, taken: datetime, day: date, counts_for: date
) -> None:
    figures = Figures(of="post", taken_at=taken, for_date=said, input_kind="public_count")
    assert for_date(figures, day) == counts_for


# ---------------------------------------------------------------- a real adapter and a stand-in of its platform


@pytest.fixture(scope="module")
def platform() -> Iterator[str]:
    with in_thread(seed=7) as address:
        yield address


class OpenBook:
    """Fits connectors.base.Journal: makes every call and remembers its ids."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.open: dict[str, datetime] = {}

    def call(self, name: str, fingerprint: str, act: Callable[[], dict[str, str]]) -> dict[str, str]:
        ids = act()
        self.known |= ids
        return ids


def test_weibo_is_measured_through_its_real_adapter_while_an_expired_account_fails_alone(
    newsroom: Newsroom, platform: str
) -> None:
    now = datetime.now(UTC)
    room = replace(newsroom, now=lambda: now)
    with room.store.session() as session:
        for uid, token in (("7700000001", "fake-token-weibo-7700000001"), ("7700000002", "expired")):
            settings = {"base_url": f"{platform}/weibo", "bound_domain": "127.0.0.1"}
            row = accounts.put(session, uid, {"platform": "weibo", "name": uid, "settings": settings}, now=now)
            secrets = {"app_key": "1234500000", "app_secret": "fake-secret-weibo", "access_token": token, "uid": uid}
            assert row.id is not None
            accounts.keep_credentials(session, row.id, secrets, room.vault, now=now)
    with room.store.reading() as session:
        account = accounts.by_key(session, "7700000001")
    assert account is not None
    assert account.id is not None
    journal = OpenBook()
    link = "http://127.0.0.1/s/1?m=wbmeasure"
    outcome = room.channel(account).publish(
        Post(marker="wbmeasure", text=f"结冰路面慢行{now.microsecond}。全文 {link}", link=link), journal
    )
    assert outcome.state in {"accepted", "done"}, outcome
    with room.store.session() as session:
        version = a_story(session, "结冰路面慢行", now=now)
        delivery = a_live_post(session, version, account.id, now, ids=journal.known)
    day = now.astimezone(BEIJING).date()
    counts = measure(room, day, now)
    assert [failed["account"] for failed in counts["failed"]] == ["7700000002"]
    assert "expired" not in str(counts)
    assert counts["readings"] == 2
    with room.store.reading() as session:
        row = readings.of_post(session, delivery)[0]
    assert row.input_kind == "public_count"
    assert row.reads is None, "Weibo gives no reads: unknown, not zero"
    assert row.likes is not None
    assert row.raw["reposts"] is not None
