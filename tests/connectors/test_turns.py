"""Whose turn it is at a host, with a clock, sleep and chance of our own."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from loopback import serving

from connectors.errors import RetryLater
from connectors.http import HttpClient
from connectors.statuses import retry_after, silence_asked
from connectors.traffic import Traffic
from connectors.turns import Turns, pause_between, place_of

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
A, B = "http://a.cn/1", "http://b.cn/1"


class Time:
    """Passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.at = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.at += seconds

    def turns(self, **values: float) -> Turns:
        return Turns(clock=self.clock, sleep=self.sleep, chance=lambda: 0.5, **{"pause": 1.0, "jitter": 0.5} | values)


def ask(turns: Turns, *urls: str, at_once: bool = False, now: datetime = NOW) -> None:
    for url in urls:
        with turns.turn(url, now, at_once=at_once):
            pass


def test_between_two_questions_to_one_host_lies_the_pause_and_some_chance() -> None:
    time_ = Time()
    ask(time_.turns(), A, "http://A.cn:8080/2", B, "https://a.cn./3")
    assert time_.slept == [1.25, 1.25]


def test_time_that_passed_anyway_is_not_waited_for_again() -> None:
    time_ = Time()
    turns = time_.turns()
    ask(turns, A)
    time_.at += 1.0
    ask(turns, A)
    time_.at += 10
    ask(turns, A)
    assert time_.slept == [0.25]


def test_a_crawl_delay_is_obeyed_within_a_bound_even_by_those_asked_at_once() -> None:
    time_ = Time()
    turns = time_.turns()
    turns.slow(A, 4)
    ask(turns, A, A, at_once=True)
    turns.slow(A, 3600)
    ask(turns, A, A)
    assert time_.slept == [4, 4, 10]
    assert pause_between(1.2, 0.5) == 1.2


def test_stand_ins_on_this_machine_are_asked_at_once_each_port_for_itself() -> None:
    time_ = Time()
    ask(time_.turns(), "http://127.0.0.1:1/", "http://127.0.0.1:1/", at_once=True)
    assert time_.slept == []
    assert place_of("http://127.0.0.1:1/") != place_of("http://127.0.0.1:2/")
    assert place_of("http://a.cn:1/") == place_of("https://a.cn/")


def test_a_host_that_asked_for_silence_is_left_alone_until_then() -> None:
    turns = Time().turns()
    turns.silence(A, 90, NOW)
    with pytest.raises(RetryLater, match="约 2 分钟后") as caught:
        ask(turns, "http://a.cn/other")
    assert caught.value.after == 90
    ask(turns, B)
    ask(turns, A, now=NOW + timedelta(seconds=91))
    turns.silence(A, 1e12, NOW)
    ask(turns, A, now=NOW + timedelta(hours=24))


def test_threads_ask_one_host_one_after_the_other_and_other_hosts_meanwhile() -> None:
    turns = Turns(pause=0, jitter=0)
    inside: dict[str, int] = {A: 0, B: 0}
    most: dict[str, int] = {A: 0, B: 0, "both": 0}
    count = threading.Lock()

    def visit(url: str) -> None:
        for _ in range(5):
            with turns.turn(url, NOW):
                with count:
                    inside[url] += 1
                    most[url] = max(most[url], inside[url])
                    most["both"] = max(most["both"], sum(inside.values()))
                time.sleep(0.005)
                with count:
                    inside[url] -= 1

    threads = [threading.Thread(target=visit, args=(url,)) for url in (A, B) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == {A: 1, B: 1, "both": 2}


def test_many_hosts_do_not_fill_the_memory_and_silence_is_not_forgotten() -> None:
    time_ = Time()
    turns = time_.turns()
    turns.silence(A, 600, NOW)
    for number in range(10_000):
        ask(turns, f"http://{number}.cn/")
        time_.at += 1
    assert len(turns._hosts) < 5000
    with pytest.raises(RetryLater):
        ask(turns, A)


def test_clients_that_share_their_traffic_share_silence_and_connections() -> None:
    traffic = Traffic()
    one, other = (HttpClient(now=lambda: NOW, traffic=traffic) for _ in range(2))
    with serving() as site:
        busy = site.put("/busy", "", status=503, headers={"Retry-After": "120"})
        with pytest.raises(RetryLater, match="503"):
            one.fetch(busy)
        with pytest.raises(RetryLater, match="暂缓访问"):
            other.fetch(site.put("/page", "天池"))
        assert site.times("/page") == 0
        assert HttpClient(now=lambda: NOW + timedelta(seconds=121), traffic=traffic).fetch(site.base + "/page").body


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Thu, 26 Nov 2026 04:02:00 GMT", 120),
        ("Thursday, 26-Nov-26 04:02:00 GMT", 120),
        ("Thu Nov 26 04:02:00 2026", 120),
        ("Thu, 26 Nov 2026 03:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("99999999999999999999", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, NOW) == seconds


def test_a_date_is_measured_by_the_clock_of_who_sent_it() -> None:
    headers = {"retry-after": "Thu, 26 Nov 2026 09:02:00 GMT", "date": "Thu, 26 Nov 2026 09:00:00 GMT"}
    assert retry_after(headers, NOW) == 120


def test_only_who_is_overloaded_asks_for_silence() -> None:
    assert silence_asked(429, {}, NOW) == 60
    assert silence_asked(503, {}, NOW) is None
    assert silence_asked(503, {"retry-after": "9"}, NOW) == 9
    assert silence_asked(200, {"retry-after": "9"}, NOW) is None
