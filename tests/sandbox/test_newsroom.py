"""The sample newsroom behaves as real sites do, over real HTTP; its content, warnings and packs keep what they promise."""

from __future__ import annotations

import io
import re
import threading
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import pytest
import requests
import uvicorn
from bs4 import BeautifulSoup
from fastapi import FastAPI
from PIL import Image

from config.entries import SourceEntry, accounts, sources
from config.files import FOLDER, read_toml
from connectors import registry
from connectors.base import Parsed
from connectors.cap import CapError, parse
from connectors.errors import FormatChanged, RetryLater
from connectors.http import HttpClient
from sandbox import defaults
from sandbox.newsroom.__main__ import export
from sandbox.newsroom.alerts import AlertBoard
from sandbox.newsroom.content import HERE, Piece, load
from sandbox.newsroom.site import make_router
from sandbox.newsroom.sites import World
from sandbox.serve import listen
from steps.filling import fill, template_problems
from steps.hazards import HazardTable, read_warning
from tagging.sameness import is_same, signature

OPENED = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ALERT_ORDER = ["identifier", "sender", "sent", "status", "msgType", "source", "scope", "note", "references", "info"]
INFO_ORDER = [
    *("language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode"),
    *("effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact"),
    *("parameter", "resource", "area"),
]
"""Elements in the order of the CAP 1.2 schema, as far as they can occur here."""
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


@dataclass
class Served:
    base: str
    now: datetime = OPENED

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(self.base + path, headers=headers, timeout=5)

    def put_alert(self, name: str) -> requests.Response:
        return requests.post(f"{self.base}/_sandbox/newsroom/alerts", json={"name": name}, timeout=5)


@pytest.fixture(scope="module")
def _server() -> Iterator[Served]:
    listener = listen(0)
    served = Served(f"http://127.0.0.1:{listener.getsockname()[1]}")
    app = FastAPI()
    app.include_router(make_router(lambda: served.now))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the newsroom did not start"
        time.sleep(0.01)
    yield served
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def site(_server: Served) -> Served:
    """The newsroom with its warning feeds as at the start."""
    _server.now = OPENED
    requests.delete(f"{_server.base}/_sandbox/newsroom/alerts", timeout=5)
    return _server


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return load(OPENED)


def letters(text: str) -> int:
    return len(re.findall(r"[\u4e00-\u9fff]", text))


# ---------------------------------------------------------------- feeds and conditional requests


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/sites/snow/feed.xml", "rss20"),
        ("/sites/heitu/atom.xml", "atom10"),
        ("/sites/changbai/index.rdf", "rss10"),
        ("/sites/shuzi/rss.xml", "rss20"),
        ("/sites/yujing/atom.xml", "atom10"),
        ("/sites/yujing/rss.xml", "rss20"),
    ],
)
def test_a_good_feed_parses_in_its_own_format_and_every_link_opens(site: Served, path: str, version: str) -> None:
    feed = feedparser.parse(site.base + path)
    assert (feed.bozo, feed.version) == (False, version)
    assert feed.entries
    for entry in feed.entries:
        assert entry.title
        assert entry.get("published_parsed") or entry.get("updated_parsed")
        assert requests.get(entry.links[0].href, timeout=5).status_code == 200


@pytest.mark.parametrize("path", ["/sites/snow/feed.xml", "/sites/heitu/atom.xml", "/sites/changbai/index.rdf"])
def test_full_text_feeds_carry_the_whole_text_and_pictures_that_exist(site: Served, path: str) -> None:
    for entry in feedparser.parse(site.base + path).entries:
        soup = BeautifulSoup(entry.content[0].value, "html.parser")
        assert letters(soup.get_text()) >= 450
        assert soup.img is not None
        assert requests.get(str(soup.img["src"]), timeout=5).headers["content-type"] == "image/jpeg"


def test_the_json_feed_says_its_version_and_gives_html_and_times(site: Served) -> None:
    feed = site.get("/sites/xingkong/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    for item in feed["items"]:
        assert datetime.fromisoformat(item["date_published"]).utcoffset() == timedelta(hours=8)
        assert "<h2>" in item["content_html"]


def test_the_broken_feed_is_no_xml_and_still_gives_up_all_its_entries(site: Served, pieces: list[Piece]) -> None:
    body = site.get("/sites/piyao/feed.xml").content
    with pytest.raises(ElementTree.ParseError):
        ElementTree.fromstring(body)
    feed = feedparser.parse(body)
    assert feed.bozo
    assert [entry.title for entry in feed.entries] == [piece.title for piece in pieces if piece.site == "piyao"]


def test_an_error_page_with_status_200_and_a_steady_500_stand_where_feeds_should_be(site: Served) -> None:
    page = site.get("/sites/guangbo/feed.xml")
    assert (page.status_code, page.text[:15]) == (200, "<!DOCTYPE html>")
    assert site.get("/sites/tingji/feed.xml").status_code == 500


@pytest.mark.parametrize(
    ("path", "etag", "modified"),
    [
        ("/sites/snow/feed.xml", True, True),
        ("/sites/heitu/atom.xml", True, False),
        ("/sites/changbai/index.rdf", False, True),
        ("/sites/kepujilin/", True, True),
        ("/sites/laozhan/", False, False),
        ("/sites/pictures/tick.jpg", True, True),
        ("/sites/yujing/atom.xml", True, True),
        ("/robots.txt", True, True),
    ],
)
def test_whatever_validators_a_site_sends_are_answered_with_304(
    site: Served, path: str, etag: bool, modified: bool
) -> None:
    first = site.get(path)
    assert ("etag" in first.headers, "last-modified" in first.headers) == (etag, modified)
    if etag:
        again = site.get(path, **{"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        other = site.get(path, **{"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
        assert other.status_code == 200, "If-None-Match goes before If-Modified-Since"
    if modified:
        assert site.get(path, **{"If-Modified-Since": first.headers["last-modified"]}).status_code == 304
        assert site.get(path, **{"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}).status_code == 200
        assert site.get(path, **{"If-Modified-Since": "yesterday"}).status_code == 200


def test_head_gives_the_headers_of_get_without_a_body(site: Served) -> None:
    head, got = (requests.request(m, f"{site.base}/sites/snow/feed.xml", timeout=5) for m in ("HEAD", "GET"))
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", got.headers["etag"])


# ---------------------------------------------------------------- pages and their bytes


@pytest.mark.parametrize(
    ("site_key", "link", "encoding", "list_type", "article_type"),
    [
        ("jiankang", ".list dt a", "gb18030", "text/html", "text/html; charset=gb2312"),
        ("nongshi", ".item a", "gbk", "text/html", "text/html"),
        ("kepujilin", ".newslist h3 a", "utf-8", "text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("laozhan", "td.lb a", "utf-8", "text/html; charset=utf-8", "text/html; charset=utf-8"),
        ("weixin", ".album_item a", "utf-8", "text/html; charset=utf-8", "text/html; charset=UTF-8"),
    ],
)
def test_bytes_and_charset_claims_are_as_the_site_list_says(
    site: Served, site_key: str, link: str, encoding: str, list_type: str, article_type: str
) -> None:
    listing = site.get(f"/sites/{site_key}/")
    assert listing.headers["content-type"] == list_type
    links = BeautifulSoup(listing.content.decode(encoding), "html.parser").select(link)
    assert len(links) >= 4
    for anchor in links:
        page = site.get(f"/sites/{site_key}/{anchor['href']}")
        assert (page.status_code, page.headers["content-type"]) == (200, article_type)
        assert anchor.get_text() in BeautifulSoup(page.content.decode(encoding), "html.parser").get_text()


def test_one_author_of_the_gb18030_site_breaks_readers_that_believe_its_claim(
    site: Served, pieces: list[Piece]
) -> None:
    piece = next(piece for piece in pieces if piece.slug == "co-stove")
    body = site.get("/sites/jiankang/" + World(OPENED).sites["jiankang"].link(piece)).content
    assert "李䶮" in body.decode("gb18030")
    for claimed in ("gb2312", "gbk", "utf-8"):
        with pytest.raises(UnicodeDecodeError):
            body.decode(claimed)


def test_the_old_site_leaves_tags_open_and_the_public_account_hides_its_pictures(site: Served) -> None:
    world = World(OPENED)
    old, account = ((world.sites[key], world.pieces_of(key)[0]) for key in ("laozhan", "weixin"))
    broken = site.get(f"/sites/laozhan/{old[0].link(old[1])}").text
    assert broken.count("<P>") > 3
    assert "</p>" not in broken.lower()
    assert re.search(r"&nbsp(?!;)", broken)
    assert broken.lower().count("<td") > 3 * broken.lower().count("</td")
    page = BeautifulSoup(site.get(f"/sites/weixin/{account[0].link(account[1])}").text, "html.parser")
    pictures = page.select("#js_content img")
    assert pictures
    assert all(picture.get("data-src") and not picture.get("src") for picture in pictures)


def test_a_listing_goes_on_to_a_second_page(site: Served) -> None:
    first = BeautifulSoup(site.get("/sites/kepujilin/").text, "html.parser")
    following = first.select_one("a.next")
    assert following is not None
    second = BeautifulSoup(site.get(f"/sites/kepujilin/{following['href']}").text, "html.parser")
    here, there = ({a["href"] for a in page.select(".newslist h3 a")} for page in (first, second))
    assert there
    assert not here & there


def test_the_home_page_lists_every_site_and_robots_txt_closes_one_folder(site: Served) -> None:
    home = BeautifulSoup(site.get("/sites/").text, "html.parser")
    listed = {str(a["href"]) for a in home.select("h2 a")}
    assert len(listed) == 14
    for href in listed:
        assert site.get(f"/sites/{href}").status_code == 200
    assert "Disallow: /sites/kepujilin/neibu/" in site.get("/robots.txt").text


@pytest.mark.parametrize("path", ["nobody/", "snow/nothing.html", "pictures/..%2Falerts.jpg", "yujing/cap/x.xml"])
def test_what_is_not_there_is_a_404(site: Served, path: str) -> None:
    assert site.get(f"/sites/{path}").status_code == 404


# ---------------------------------------------------------------- the texts


def test_science_pieces_have_their_length_headings_lists_and_a_small_picture(pieces: list[Piece]) -> None:
    own = [piece for piece in pieces if not piece.original and piece.kind in ("science", "debunk")]
    assert len(own) >= 30
    for piece in own:
        assert 500 <= letters(piece.text) <= 1200, piece.slug
        assert piece.html.count("<h2>") >= 3, piece.slug
        assert "<li>" in piece.html, piece.slug
        assert 1 <= len(piece.pictures) <= 2, piece.slug
        assert all((piece.author, piece.source, piece.summary, piece.keywords)), piece.slug


def test_no_markup_is_left_over_in_a_text(pieces: list[Piece]) -> None:
    for piece in pieces:
        text = BeautifulSoup(piece.html, "html.parser").get_text()
        assert not re.search(r"\*\*|^#|^- |\]\(", text, re.MULTILINE), piece.slug


def test_every_picture_is_a_small_jpeg_of_the_size_pages_expect() -> None:
    for path in [*(HERE / "pictures").glob("*.jpg"), *(FOLDER / "packs/covers").glob("*.jpg")]:
        assert path.stat().st_size < 60_000, path.name
        with Image.open(io.BytesIO(path.read_bytes())) as picture:
            assert picture.size == ((900, 383) if path.parent.name == "covers" else (800, 450)), path.name


def test_all_other_kinds_of_text_are_there(pieces: list[Piece]) -> None:
    kinds = [piece.kind for piece in pieces]
    assert (kinds.count("news"), kinds.count("advert"), kinds.count("debunk")) == (4, 1, 3)
    assert any("地震" in piece.title for piece in pieces if piece.kind == "news"), "a metaphor in a headline"


def test_dates_go_back_from_the_opening_and_none_lies_in_the_future(pieces: list[Piece]) -> None:
    early = load(datetime(2027, 1, 1, 16, 30, tzinfo=UTC))
    assert max(piece.published for piece in early) < datetime(2027, 1, 1, 16, 30, tzinfo=UTC)
    assert {piece.slug for piece in early} == {piece.slug for piece in pieces}
    assert all(newer.published >= older.published for newer, older in pairwise(pieces))
    assert pieces[0].published.date() == date(2026, 11, 26)


def test_reprints_are_recognised_as_the_same_piece_and_nothing_else_is(pieces: list[Piece]) -> None:
    marks = {piece.slug: signature(piece.title, piece.text) for piece in pieces}
    original = {piece.slug: piece.original or piece.slug for piece in pieces}
    for one in pieces:
        for other in pieces:
            if one.slug < other.slug:
                expected = original[one.slug] == original[other.slug]
                assert is_same(marks[one.slug], marks[other.slug]) == expected, (one.slug, other.slug)


def test_reprints_differ_from_their_original_in_title_site_and_text(pieces: list[Piece]) -> None:
    by_slug = {piece.slug: piece for piece in pieces}
    taken = [piece for piece in pieces if piece.original]
    assert sum(not piece.near for piece in taken) >= 4
    assert sum(piece.near for piece in taken) >= 3
    for piece in taken:
        original = by_slug[piece.original]
        assert piece.title != original.title
        assert piece.site != original.site
        assert piece.text != original.text or piece.note, piece.slug
        assert piece.near == (piece.author != original.author)


# ---------------------------------------------------------------- warnings


def exported(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in export(folder, OPENED)}


def test_every_warning_keeps_the_order_and_values_of_cap(tmp_path: Path) -> None:
    for name, xml in exported(tmp_path).items():
        if name == "external-entity":
            continue
        root = ElementTree.fromstring(xml)
        assert root.tag == f"{CAP}alert"
        for element, order in [(root, ALERT_ORDER), *((info, INFO_ORDER) for info in root.findall(f"{CAP}info"))]:
            places = [order.index(child.tag.removeprefix(CAP)) for child in element]
            assert places == sorted(places), name
        for moment in [root.find(f"{CAP}sent"), *root.iter(f"{CAP}expires"), *root.iter(f"{CAP}effective")]:
            assert moment is not None
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", moment.text or ""), name
        identifier = root.findtext(f"{CAP}identifier") or ""
        assert re.fullmatch(r"22\d{12}_20\d{12}", identifier), name
        assert identifier.split("_")[0] == root.findtext(f"{CAP}sender")


def test_our_own_reader_understands_hazard_level_and_area_of_every_warning(tmp_path: Path) -> None:
    table = HazardTable.model_validate(read_toml(FOLDER / "hazards.toml"))
    expected = {"snow-red": ("snowstorm", "red"), "road-ice-blue-yongji": ("road_ice", "blue")}
    expected |= {"cold-wave-cancel": ("cold_wave", "red"), "gale-blue": ("wind", "blue")}
    for name, xml in exported(tmp_path).items():
        if name == "external-entity":
            continue
        message = parse(xml)
        warning = read_warning(table, message)
        assert message.infos[0].areas[0].geocodes[0].value.startswith("22")
        assert name not in expected or (warning.hazard, warning.level) == expected[name]


def test_the_warning_with_an_external_entity_is_refused(tmp_path: Path) -> None:
    hostile = exported(tmp_path)["external-entity"]
    assert b"SYSTEM" in hostile
    with pytest.raises(CapError):
        parse(hostile)


def test_status_and_end_are_told_apart(tmp_path: Path) -> None:
    messages = {name: parse(xml) for name, xml in exported(tmp_path).items() if name != "external-entity"}
    assert messages["exercise-snow-red"].status == "Exercise"
    assert messages["test-gale-yellow"].status == "Test"
    ended = {name for name, m in messages.items() if (m.infos[0].expires or OPENED) < OPENED}
    assert ended == {"expired-fog-yellow"}


def test_update_and_cancel_name_the_message_before_them_exactly(tmp_path: Path) -> None:
    messages = {name: parse(xml) for name, xml in exported(tmp_path).items() if name != "external-entity"}
    chain = [messages[f"cold-wave-{step}"] for step in ("orange", "red-update", "cancel")]
    assert [message.msg_type for message in chain] == ["Alert", "Update", "Cancel"]
    for earlier, later in pairwise(chain):
        (named,) = later.references
        assert (named.sender, named.identifier, named.sent) == (earlier.sender, earlier.identifier, earlier.sent)
        assert earlier.sent < later.sent
    (bad,) = messages["bad-reference-road-ice"].references
    assert bad.identifier not in {message.identifier for message in messages.values()}


def test_the_feed_starts_with_one_warning_and_takes_more_over_http(site: Served) -> None:
    before = feedparser.parse(f"{site.base}/sites/yujing/atom.xml")
    assert [entry.title for entry in before.entries] == ["永吉县气象台发布道路冰雪蓝色预警信号"]
    etag = site.get("/sites/yujing/atom.xml").headers["etag"]
    site.now = OPENED + timedelta(minutes=5)
    told = site.put_alert("snow-red").json()
    assert told["sent"] == "2026-11-26T12:05:00+08:00"
    assert site.get("/sites/yujing/atom.xml", **{"If-None-Match": etag}).status_code == 200
    for feed in ("atom.xml", "rss.xml"):
        entries = feedparser.parse(f"{site.base}/sites/yujing/{feed}").entries
        assert entries[0].links[0].href == told["url"]
        assert len(entries) == 2
    served = requests.get(told["url"], timeout=5)
    assert served.headers["content-type"] == "application/cap+xml"
    assert parse(served.content).identifier == told["identifier"]


def test_a_warning_once_out_stays_as_it_was_sent_and_no_identifier_comes_twice(site: Served) -> None:
    first, second = site.put_alert("snow-red").json(), site.put_alert("snow-red").json()
    assert first["identifier"] != second["identifier"]
    body = requests.get(first["url"], timeout=5).content
    site.now = OPENED + timedelta(hours=3)
    assert requests.get(first["url"], timeout=5).content == body


def test_an_update_may_come_before_its_alert_and_names_one_that_was_never_in_the_feed() -> None:
    board = AlertBoard(OPENED)
    update = parse(board.put("cold-wave-red-update", OPENED).xml().encode())
    assert update.references[0].sent < update.sent
    assert [alert.name for alert in board.out] == ["road-ice-blue-yongji", "cold-wave-red-update"]
    alert = board.put("cold-wave-orange", OPENED + timedelta(minutes=1))
    cancel = parse(board.put("cold-wave-cancel", OPENED + timedelta(minutes=2)).xml().encode())
    assert alert.identifier != update.references[0].identifier
    assert cancel.references[0].identifier == update.identifier


def test_an_unknown_warning_is_answered_with_the_names_there_are(site: Served) -> None:
    answer = site.put_alert("snow-purple")
    assert answer.status_code == 404
    assert "snow-red" in answer.json()["detail"]
    assert "snow-red" in site.get("/_sandbox/newsroom/alerts").json()["names"]


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
    assert keys == {*World(OPENED).sites, "yujing"}
    known = {(a["platform"], a.get("appid") or a.get("uid") or a.get("open_id")): a for a in defaults.accounts()}
    entries = accounts(FOLDER / "demo/accounts.toml", "http://127.0.0.1:1")
    assert [entry.platform for entry in entries] == ["wechat"] * 6 + ["weibo"] * 3 + ["douyin"] * 3
    for entry in entries:
        given = entry.credentials
        stand_in = known.pop((entry.platform, given.get("appid") or given.get("uid") or given.get("open_id")))
        assert (entry.name, entry.unit, entry.area) == (stand_in["name"], stand_in["unit"], stand_in["area"])
        secret = given.get("appsecret") or given.get("app_secret") or given.get("client_secret")
        assert secret == (stand_in.get("secret") or stand_in.get("app_secret") or stand_in.get("client_secret"))
        registry.channel_class(entry.platform).Credentials(**given)
    assert not known


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
