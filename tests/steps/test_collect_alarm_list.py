"""The alarm list of nmc.cn on its way to the fast track: over real sockets, into a real store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from fast_track_sample import hazards
from loopback import Site
from sqlmodel import select

from content_store import sources
from content_store.tables import Alert, Article, Event, Source
from steps.collect import Counts, collect_source
from steps.newsroom import Newsroom

SNOW = "22010041600000_20261126113000"
PAGE = '<html><body><div id="alarmtext">长春市气象台11时30分发布暴雪黄色预警信号：预计未来12小时有暴雪。</div></body></html>'


def entry(identifier: str, title: str, url: str = "", issued: str = "2026/11/26 11:30") -> dict[str, str]:
    return {"alertid": identifier, "issuetime": issued, "title": title, "url": url, "pic": ""}


def put(site: Site, *entries: dict[str, str]) -> str:
    answer = {"msg": "success", "code": 0, "data": {"page": {"list": list(entries)}}}
    return site.put("/rest/findAlarm", json.dumps(answer, ensure_ascii=False))


def visit(newsroom: Newsroom, url: str, after_minutes: int = 0) -> Counts:
    room = replace(newsroom, hazards=hazards())
    with room.store.session() as session:
        row = sources.put(session, "nmc", {"kind": "cap", "url": url, "settings": {"codes": ["22"]}}, now=room.now())
        assert row.id is not None
        number = row.id
    return collect_source(room, number, room.now() + timedelta(minutes=after_minutes))


def test_an_alarm_becomes_an_event_with_hazard_level_and_area(newsroom: Newsroom, site: Site) -> None:
    site.put("/publish/alarm/1.html", PAGE)
    url = put(site, entry(SNOW, "吉林省长春市气象台发布暴雪黄色预警信号", "/publish/alarm/1.html"))
    assert visit(newsroom, url)["new"] == 1
    with newsroom.store.reading() as session:
        event = session.exec(select(Event)).one()
        alert = session.exec(select(Alert)).one()
    assert (event.hazard, event.level, event.areas) == ("snowstorm", "yellow", ["220100"])
    assert event.sender_name == "吉林省长春市气象台"
    assert "预计未来12小时有暴雪" in alert.description
    assert alert.expires_is_own


def test_an_alarm_that_leaves_the_list_still_stands(newsroom: Newsroom, site: Site) -> None:
    url = put(site, entry(SNOW, "吉林省长春市气象台发布暴雪黄色预警信号"))
    visit(newsroom, url)
    put(site)
    assert visit(newsroom, url, 1) == {"new": 0, "revised": 0, "same": 0, "bad": 0}
    with newsroom.store.reading() as session:
        assert session.exec(select(Event)).one().end_kind == ""


def test_the_word_that_something_is_lifted_ends_nothing_by_itself(newsroom: Newsroom, site: Site) -> None:
    first = entry(SNOW, "吉林省长春市气象台发布暴雪黄色预警信号")
    visit(newsroom, put(site, first))
    lifted = entry("22010041600000_20261126115000", "吉林省长春市气象台解除暴雪黄色预警信号", issued="2026/11/26 11:50")
    visit(newsroom, put(site, lifted, first), 1)
    with newsroom.store.reading() as session:
        assert session.exec(select(Event)).one().end_kind == ""
        notes = [note for alert in session.exec(select(Alert)) for note in alert.place_notes]
    assert any("人工核对" in note for note in notes)


def test_a_page_that_cannot_be_had_does_not_hold_up_the_alarm_and_is_told_of(newsroom: Newsroom, site: Site) -> None:
    url = put(site, entry(SNOW, "吉林省长春市气象台发布暴雪黄色预警信号", "/publish/alarm/gone.html"))
    assert visit(newsroom, url) == {"new": 1, "revised": 0, "same": 0, "bad": 1}
    with newsroom.store.reading() as session:
        assert session.exec(select(Event)).one().hazard == "snowstorm"
        assert "正文没有取到" in session.exec(select(Source)).one().last_error


def test_what_is_not_understood_or_from_elsewhere_becomes_no_alarm(newsroom: Newsroom, site: Site) -> None:
    site.put("/elsewhere.html", PAGE)
    url = put(
        site,
        entry("22010041600000_20261126080000", "长春今天有雪"),
        entry("", "吉林省长春市气象台发布大风蓝色预警信号"),
        entry("22010041600000_20261126090000", "吉林省长春市气象台发布大风蓝色预警信号", issued="昨晚"),
        entry("44010041600000_20261126080000", "广东省广州市气象台发布暴雨红色预警信号", "/elsewhere.html"),
    )
    assert visit(newsroom, url) == {"new": 0, "revised": 0, "same": 0, "bad": 3}
    assert site.times("/elsewhere.html") == 0
    with newsroom.store.reading() as session:
        assert session.exec(select(Alert)).all() == []
        assert session.exec(select(Article)).all() == []


def test_an_alarm_is_asked_for_once_while_it_stays_on_the_list(newsroom: Newsroom, site: Site) -> None:
    site.put("/publish/alarm/1.html", PAGE)
    first = entry(SNOW, "吉林省长春市气象台发布暴雪黄色预警信号", "/publish/alarm/1.html")
    visit(newsroom, put(site, first))
    wind = entry("22010041600000_20261126114000", "吉林省长春市气象台发布大风蓝色预警信号")
    assert visit(newsroom, put(site, wind, first), 1)["new"] == 1
    assert site.times("/publish/alarm/1.html") == 1
