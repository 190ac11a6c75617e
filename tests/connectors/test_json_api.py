"""JSON interfaces over a real server: paths, turning pages, and where it ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from loopback import Site
from pydantic import ValidationError

from connectors.base import Cursor, Parsed, RawPage
from connectors.errors import FormatChanged
from connectors.http import HttpClient
from connectors.sources.json_api import JsonApi, JsonApiSettings
from connectors.sources.json_paths import guessed, reach

AT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def listing(*numbers: int, **beside: object) -> str:
    entries = [{"id": number, "title": f"第{number}篇天池的故事", "u": f"/a/{number}.html"} for number in numbers]
    return json.dumps({"list": entries} | beside)


def visit(site: Site, cursor: Cursor | None = None, **settings: object) -> tuple[RawPage, Parsed]:
    wanted = {"url": f"{site.base}/api", "items": "list", "id": "id", "link": "u"} | settings
    source = JsonApi(JsonApiSettings.model_validate(wanted), HttpClient(now=lambda: AT))
    page = source.fetch(cursor)
    return page, source.parse(page)


def ids(parsed: Parsed) -> list[str]:
    return [item.external_id for item in parsed.items]


def test_pages_are_turned_by_number_until_one_is_empty(site: Site) -> None:
    site.put("/api?c=3&p=1", listing(6, 5))
    site.put("/api?c=3&p=2", listing(4, 3))
    site.put("/api?c=3&p=3", listing())
    parsed = visit(site, url=f"{site.base}/api?c=3&p=1", page_param="p")[1]
    assert ids(parsed) == ["6", "5", "4", "3"]
    assert [path for path, _ in site.asked] == ["/api?c=3&p=1", "/api?c=3&p=2", "/api?c=3&p=3"]


def test_pages_are_turned_by_offset_and_no_further_than_was_set(site: Site) -> None:
    site.put("/api", listing(6, 5))
    for offset in (2, 4, 6):
        site.put(f"/api?offset={offset}", listing(100 - offset, 99 - offset))
    parsed = visit(site, page_param="offset", first_page=0, page_step=2, max_pages=3)[1]
    assert ids(parsed) == ["6", "5", "98", "97", "96", "95"]
    assert site.times("/api?offset=6") == 0


def test_pages_are_turned_by_the_address_that_the_answer_gives_but_never_to_another_site(site: Site) -> None:
    site.put("/api", listing(2, paging={"next": "/more"}))
    site.put("/more", listing(1, paging={"next": "http://other.example/api"}))
    page, parsed = visit(site, next="paging.next")
    assert ids(parsed) == ["2", "1"]
    assert len(page.parts) == 1


def test_a_page_that_is_not_there_is_the_end(site: Site) -> None:
    site.put("/api", listing(2))
    page, parsed = visit(site, page_param="p")
    assert (ids(parsed), parsed.bad) == (["2"], ())
    assert visit(site, page.cursor, page_param="p")[0].not_modified


def test_a_circle_of_pages_ends(site: Site) -> None:
    site.put("/api", listing(1, next="/b"))
    site.put("/b", listing(2, next="/api"))
    assert ids(visit(site, next="next", max_pages=50)[1]) == ["1", "2"]


def test_turning_stops_where_everything_on_a_page_is_known(site: Site) -> None:
    site.put("/api", listing(4, 3))
    site.put("/api?p=2", listing(2, 1))
    page, _ = visit(site, page_param="p")
    site.put("/api", listing(5, 4, 3))
    page, parsed = visit(site, page.cursor, page_param="p")
    assert ids(parsed) == ["5", "4", "3", "2", "1"]
    site.put("/api", listing(5, 4, 3, n=1))
    assert ids(visit(site, page.cursor, page_param="p")[1]) == ["5", "4", "3"]
    assert site.times("/api?p=2") == 2


def test_a_later_page_that_fails_is_named_and_asked_for_again(site: Site) -> None:
    site.put("/api", listing(4))
    site.put("/api?p=2", '{"list": [', status=200)
    page, parsed = visit(site, page_param="p")
    assert ids(parsed) == ["4"]
    assert "不完整" in parsed.bad[0].reason
    site.put("/api?p=2", listing(3))
    assert ids(visit(site, page.cursor, page_param="p")[1]) == ["4", "3"]


def test_the_pages_of_new_articles_are_opened_once_where_that_is_wanted(site: Site) -> None:
    text = "天池是松花江的源头，冬天湖面的冰可以厚达一米以上，科考队每年都来测量冰的厚度，记录气候的变化。"
    site.put("/api", listing(1))
    site.put("/a/1.html", f"<html><h1>第1篇天池的故事</h1><p>{text}</p><p>{text}</p></html>")
    page, parsed = visit(site, full_text=True)
    assert text in parsed.items[0].text
    site.put("/api", listing(1, n=2))
    assert visit(site, page.cursor, full_text=True)[0].parts == ()


def test_an_article_whose_page_was_taken_does_not_come_again_as_the_little_that_the_list_says(site: Site) -> None:
    text = "天池是松花江的源头，冬天湖面的冰可以厚达一米以上，科考队每年都来测量冰的厚度，记录气候的变化。"
    for number in (1, 2):
        site.put(f"/a/{number}.html", f"<html><h1>第{number}篇天池的故事</h1><p>{text}</p><p>{text}</p></html>")
    site.put("/api", listing(1))
    page, _ = visit(site, full_text=True)
    site.put("/api", listing(2, 1))
    parsed = visit(site, page.cursor, full_text=True)[1]
    assert ids(parsed) == ["2"]
    assert text in parsed.items[0].text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("items", "data..list", "路径写错了"),
        ("title", ".title", "路径写错了"),
        ("date", "a b", "路径写错了"),
        ("url_template", "https://a.example/1.html", "url_template"),
        ("url_template", "/detail/{id}", "url_template"),
        ("url_template", "https://a.example/{a..b}", "路径写错了"),
    ],
)
def test_a_setting_that_is_written_wrong_is_refused_when_it_is_loaded(field: str, value: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        JsonApiSettings.model_validate({"url": "https://a.example/api", field: value})


@pytest.mark.parametrize(
    ("path", "found"),
    [("", {"a": [{"c": 1}]}), ("a.0.c", 1), ("a.1.c", None), ("a.x", None), ("a.0.c.d", None), ("b", None)],
)
def test_a_path_leads_through_objects_and_lists_or_nowhere(path: str, found: object) -> None:
    assert reach({"a": [{"c": 1}]}, path) == found


@pytest.mark.parametrize(
    "body", ["[1, null, [], {}]", '[{"title": null}]', '[{"title": {"a": 1}}]', '[{"title": true}]']
)
def test_entries_that_are_none_are_named_one_by_one(site: Site, body: str) -> None:
    site.put("/api", body)
    parsed = visit(site, items="")[1]
    assert parsed.items == ()
    assert len(parsed.bad) == len(json.loads(body))


@pytest.mark.parametrize("body", ["null", "5", '"x"', '{"list": {"a": 1}}', "{}"])
def test_an_answer_without_the_list_is_another_shape(site: Site, body: str) -> None:
    site.put("/api", body)
    with pytest.raises(FormatChanged, match="不是列表"):
        visit(site)


def test_the_fields_of_an_unknown_interface_are_guessed_by_their_names() -> None:
    entries = [{"docid": 1, "biaoti": "天池", "pub_time": "2026-11-26", "Link_URL": "/1", "hits": 3}] * 3
    said = {"menu": [{"name": "首页"}], "data": {"rows": entries, "total": 3}}
    assert guessed(said) == {
        "items": "data.rows",
        "title": "biaoti",
        "link": "Link_URL",
        "date": "pub_time",
        "id": "docid",
    }
    assert guessed({"a": [{"x": 1}]}) == {}
