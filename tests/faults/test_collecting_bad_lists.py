"""What can be wrong with a sitemap, a JSON interface or a hot list: a named failure of that source, and the round goes on.

docs/collecting.md lists the faults by the names they have here.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from loopback import Site, serving
from misbehaving import Behaviour, bomb, misbehaving, saying
from sqlmodel import select
from test_collecting_bad_answers import FEED, add, newsroom_of, stored

from connectors.errors import ConnectorError, FormatChanged, RetryLater
from content_store.database import Store
from content_store.tables import Article, HotTopic
from steps.collect import collect_each

PAGE = "<!doctype html><html><body><p>维护中</p></body></html>"
ENTITY = "<?xml version='1.0'?><!DOCTYPE urlset [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><urlset><url><loc>&b;</loc></url></urlset>"
FAN_OUT = (
    "<sitemapindex>" + "".join(f"<sitemap><loc>/m{n}.xml</loc></sitemap>" for n in range(20_000)) + "</sitemapindex>"
)
FULL = gzip.compress(b"<urlset>" + b" " * 17_000_000 + b"</urlset>")


@dataclass(frozen=True)
class Fault:
    kind: str
    behave: Behaviour
    error: type[ConnectorError]
    said: str
    settings: dict[str, object] = field(default_factory=dict)


def api(behave: Behaviour, error: type[ConnectorError], said: str) -> Fault:
    return Fault("json_api", behave, error, said, {"items": "list"})


FAULTS = {
    "a sitemap that breaks off": Fault("sitemap", saying("<urlset><url><loc>http://a."), FormatChanged, "不完整"),
    "a web page instead of a sitemap": Fault("sitemap", saying(PAGE), FormatChanged, "普通网页"),
    "a feed instead of a sitemap": Fault("sitemap", saying(FEED), FormatChanged, "不是站点地图"),
    "entities in a sitemap": Fault("sitemap", saying(ENTITY), FormatChanged, "实体"),
    "an index of 20,000 indexes": Fault("sitemap", saying(FAN_OUT), FormatChanged, "没有找到文章网址"),
    "a packed sitemap that unpacks without end": Fault("sitemap", saying(FULL), FormatChanged, "解压后超过"),
    "a packed sitemap that is cut": Fault("sitemap", saying(bomb(9000)[:-9]), FormatChanged, "不完整"),
    "a sitemap of U+0000": Fault("sitemap", saying(bytes(1000)), FormatChanged, "空白"),
    "a JSON interface that breaks off": api(saying('{"list": [{"title": "'), FormatChanged, "JSON 不完整"),
    "a JSON interface nested without end": api(saying('{"list":' + "[" * 50_000), FormatChanged, "JSON 不完整"),
    "a JSON interface of countless pieces": api(saying('{"list":[' + "{}," * 200_000 + "{}]}"), FormatChanged, "碎片"),
    "a listing of countless tags": Fault("webpage", saying("<html>" + "<p>" * 100_000), FormatChanged, "碎片"),
    "a JSON number of 10,000 digits": api(saying('{"list":' + "9" * 10_000 + "}"), FormatChanged, "JSON 不完整"),
    "a web page instead of JSON": api(saying(PAGE), FormatChanged, "普通网页"),
    "a JSON interface without its list": api(saying('{"rows": []}'), FormatChanged, "不是列表"),
    "a JSON interface of U+0000": api(saying(bytes(1000)), FormatChanged, "空白"),
    "a hot list that breaks off": Fault("hotlist", saying('{"items": [{"title": "'), FormatChanged, "JSON 不完整"),
    "a web page instead of a hot list": Fault("hotlist", saying(PAGE), FormatChanged, "普通网页"),
    "entities in a hot list": Fault("hotlist", saying(ENTITY), FormatChanged, "实体"),
    "a hot list without topics": Fault(
        "hotlist", saying('{"items": [{"title": "\\u0000"}]}'), FormatChanged, "一条话题"
    ),
    "a hot list whose interface failed": Fault("hotlist", saying('{"code": 500}'), RetryLater, "自己出错"),
}


@pytest.fixture
def good() -> Iterator[Site]:
    with serving() as site:
        site.put("/feed", FEED)
        yield site


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_named_failure_of_its_source_and_the_round_goes_on(
    name: str, sqlite_store: Store, tmp_path: Path, good: Site
) -> None:
    fault = FAULTS[name]
    newsroom = newsroom_of(sqlite_store, tmp_path)
    with misbehaving(fault.behave) as bad:
        add(newsroom, "bad", f"{bad.base}/x", fault.kind, **fault.settings)
        add(newsroom, "good", f"{good.base}/feed")
        visits = {visit.key: visit for visit in collect_each(newsroom, newsroom.now(), ["bad", "good"])}
        assert len(bad.asked) < 30
        connector = newsroom.source(stored(newsroom, "bad"))
        with pytest.raises(fault.error, match=r"。$"):
            connector.parse(connector.fetch(None))
    assert fault.said in visits["bad"].error
    assert stored(newsroom, "bad").last_error == visits["bad"].error
    assert (visits["good"].error, visits["good"].counts["new"]) == ("", 1)


HOSTILE = "<script>alert(1)</script>天池\x00的\ud800来历" + "长" * 20_000


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("json_api", {"list": [{"title": HOSTILE, "date": "9999-12-31", "body": HOSTILE}, {"title": 10**400}, None]}),
        (
            "hotlist",
            {"items": [{"title": HOSTILE, "hot": 1e300, "url": "javascript:alert(1)"}], "updatedTime": "9999-12-31"},
        ),
    ],
)
def test_what_is_hostile_inside_an_entry_is_kept_without_its_sting(
    kind: str, answer: object, store: Store, tmp_path: Path
) -> None:
    newsroom = newsroom_of(store, tmp_path)
    settings = {"items": "list", "date": "date", "body": "body"} if kind == "json_api" else {}
    with misbehaving(saying(json.dumps(answer))) as server:
        add(newsroom, "odd", f"{server.base}/x", kind, **settings)
        [visit] = collect_each(newsroom, newsroom.now(), ["odd"])
    assert visit.error == ""
    with newsroom.store.reading() as session:
        articles, topics = session.exec(select(Article)).all(), session.exec(select(HotTopic)).all()
    if kind == "json_api":
        [article] = articles
        assert article.title.startswith("天池的来历长")
        assert (len(article.title), article.published_at) == (300, None)
        assert "script" not in article.html
    else:
        [topic] = topics
        assert topic.topic.startswith("天池的来历长")
        assert (topic.heat, topic.url, topic.last_seen_at) == (None, "", newsroom.now())
        assert not articles


def test_the_documentation_lists_every_fault() -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "collecting.md").read_text("utf-8")
    assert [name for name in FAULTS if f"| {name} |" not in text] == []
