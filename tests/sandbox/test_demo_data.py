"""The sources and accounts of the demo fit the sandbox; the emergency packs fit every channel and quote officials unchanged."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import requests
from bs4 import BeautifulSoup
from newsroom_server import OPENED, Served, letters, newsroom_server

from config.entries import SourceEntry, accounts, sources
from config.files import FOLDER, read_toml
from connectors import registry
from connectors.base import Parsed
from connectors.channels.videos import is_video
from connectors.errors import FormatChanged, RetryLater
from connectors.http import HttpClient
from sandbox import defaults
from sandbox.newsroom.listings import TOPICS
from sandbox.newsroom.sites import World
from steps.filling import fill, template_problems

PACKS = sorted((FOLDER / "packs").glob("*.toml"))
LONG_FACTS = {
    "sender": "前郭尔罗斯蒙古族自治县气象台",
    "area": "白城市、松原市、延边朝鲜族自治州",
    "level_name": "Ⅰ级(特别严重)",
    "colour": "红色",
    "hazard_name": "低温雨雪冰冻",
    "sent_time": "12月26日15时30分",
    "effective_time": "12月26日15时30分",
    "expires_time": "12月27日15时30分",
    "headline": "前郭尔罗斯蒙古族自治县气象台发布低温雨雪冰冻红色预警信号",
}


@pytest.fixture(scope="module")
def _server() -> Iterator[Served]:
    with newsroom_server() as served:
        yield served


@pytest.fixture
def site(_server: Served) -> Served:
    """The newsroom with its warning feeds as at the start."""
    _server.now = OPENED
    requests.delete(f"{_server.base}/_sandbox/newsroom/alerts", timeout=5)
    return _server


# ---------------------------------------------------------------- the demo's sources and accounts


def collected(entry: SourceEntry) -> Parsed:
    kind = registry.source_class(entry.kind)
    source = kind(kind.Settings(url=entry.url, **entry.settings), HttpClient(now=lambda: OPENED))
    found: Parsed = source.parse(source.fetch(None))
    return found


def test_every_demo_source_can_be_collected_whole_but_for_the_two_that_are_meant_to_fail(site: Served) -> None:
    world = World(OPENED)
    failing = {"guangbo": FormatChanged, "tingji": RetryLater}
    for entry in sources(FOLDER / "demo/sources.toml", site.base):
        if entry.key in failing:
            with pytest.raises(failing[entry.key]):
                collected(entry)
            continue
        parsed = collected(entry)
        assert not parsed.bad, (entry.key, parsed.bad)
        if entry.kind == "cap":
            assert len(parsed.items) == 1
            continue
        if entry.kind == "hotlist":
            assert [item.title for item in parsed.items] == [topic for topic, _ in TOPICS], entry.key
            continue
        on_first_page = world.pieces_of(entry.key)[: world.sites[entry.key].per_page]
        expected = {piece.title: piece for piece in on_first_page}
        assert {item.title for item in parsed.items} == set(expected), entry.key
        for item in parsed.items:
            assert letters(item.text) >= 0.9 * letters(
                BeautifulSoup(expected[item.title].html, "html.parser").get_text()
            )
            assert len(item.pictures) == len(expected[item.title].pictures), (entry.key, item.title)


def test_the_demo_names_every_site_and_the_accounts_are_those_of_the_stand_ins() -> None:
    keys = {entry.key for entry in sources(FOLDER / "demo/sources.toml", "http://127.0.0.1:1")}
    assert keys == {*World(OPENED).sites, "yujing", "rebang", "redu", "huati"}
    known = {(a["platform"], a.get("appid") or a.get("uid") or a.get("open_id")): a for a in defaults.accounts()}
    entries = accounts(FOLDER / "demo/accounts.toml", "http://127.0.0.1:1")
    numbers = {"wechat": 6, "weibo": 3, "douyin": 3, "kuaishou": 2, "toutiao": 1, "kepuchina": 1}
    assert Counter(entry.platform for entry in entries) == numbers
    for entry in entries:
        registry.channel_class(entry.platform).Settings(**{"mode": entry.mode, **entry.settings})
        if entry.platform in ("toutiao", "kepuchina"):
            assert not entry.credentials, "only people log in there"
            continue
        given = entry.credentials
        stand_in = known.pop((entry.platform, given.get("appid") or given.get("uid") or given.get("open_id")))
        assert (entry.name, entry.unit, entry.area) == (stand_in["name"], stand_in["unit"], stand_in["area"])
        secret = given.get("appsecret") or given.get("app_secret") or given.get("client_secret")
        assert secret == (stand_in.get("secret") or stand_in.get("app_secret") or stand_in.get("client_secret"))
        registry.channel_class(entry.platform).Credentials(**given)
    assert known == {}


def test_the_sample_video_is_one_by_its_first_bytes(site: Served) -> None:
    answer = requests.get(f"{site.base}/sites/videos/day3.mp4", timeout=5)
    assert answer.headers["content-type"] == "video/mp4"
    assert is_video(answer.content)
    assert requests.get(f"{site.base}/sites/videos/a.b.mp4", timeout=5).status_code == 404


# ---------------------------------------------------------------- packs


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_a_pack_fills_from_the_longest_alert_within_the_lengths_of_the_channels(path: Path) -> None:
    pack = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = {name: pack[name] for name in ("title", "digest", "short_text", "video_title", "source_line", "body_html")}
    assert not template_problems(texts.items())
    filled = {name: text or "" for name, text in fill(texts, LONG_FACTS).items()}
    assert len(filled["short_text"]) <= 100
    assert "#" not in filled["short_text"]
    assert len(filled["video_title"]) <= 30
    assert len(filled["title"]) <= 32
    assert len(filled["digest"]) <= 120
    relayed = f"依据{LONG_FACTS['sender']}{LONG_FACTS['sent_time']}发布的"
    assert all(relayed in filled[name] for name in ("digest", "short_text", "body_html")), "we relay, never issue"


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_a_pack_quotes_the_official_line_unchanged_and_keeps_the_advice_apart(path: Path) -> None:
    pack = tomllib.loads(path.read_text(encoding="utf-8"))
    soup = BeautifulSoup(pack["body_html"], "html.parser")
    quotes = soup.find_all("blockquote")
    assert [quote.get_text() for quote in quotes] == ["{headline}"]
    headings = [heading.get_text() for heading in soup.find_all("h2")]
    assert headings[0] in ("预警信息", "提示信息")
    assert headings[1].startswith("科普提示")
    advice = str(soup).split("<h2>", 2)[2]
    assert "{" not in advice, "no field of the alert stands in the advice"
    assert re.search(r"1(?:20|22|19|2379)", advice)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_a_pack_names_what_it_is_for_who_reviews_it_and_a_cover_that_exists(path: Path) -> None:
    pack = tomllib.loads(path.read_text(encoding="utf-8"))
    assert pack["key"] == path.stem
    assert pack["hazard"] in {each["key"] for each in read_toml(FOLDER / "hazards.toml")["hazard"]}
    assert set(pack["levels"]) <= {"blue", "yellow", "orange", "red"}
    assert pack["phase"] in ("before", "during", "after")
    assert pack["audience"] in ("", "农民", "司机")
    assert pack["expires_on"] > date(2026, 11, 26)
    assert pack["reviewers"]
    assert pack["references"]
    assert (path.parent / pack["cover"]).is_file()


def test_snow_ice_and_cold_are_covered_at_every_level_before_and_during_and_afterwards() -> None:
    packs = [tomllib.loads(path.read_text(encoding="utf-8")) for path in PACKS]
    for hazard in ("snowstorm", "road_ice", "cold_wave"):
        for phase in ("before", "during", "after"):
            fitting = [p for p in packs if (p["hazard"], p["phase"], p["audience"]) == (hazard, phase, "")]
            assert {level for pack in fitting for level in pack["levels"]} == {"blue", "yellow", "orange", "red"}
    special = {(pack["hazard"], pack["audience"]) for pack in packs if pack["audience"]}
    assert special == {("snowstorm", "农民"), ("road_ice", "司机")}
