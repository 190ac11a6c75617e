"""kepu source check, as a person or a script would use it: what would be taken, what would become of it, and why not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from docx import Document
from kepu_command import Command
from loopback import Site

TEXT = "长白山天池火山监测站今天公布了观测结果：地震活动处于背景水平，山体形变也在正常范围内，专家说不必担心。"
OTHER = "入冬以来，取暖设备多了起来，线路老化和超负荷是引起火灾的主要原因，消防部门提醒大家睡前关掉电暖器。"
ALERT = """<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>a1</identifier><sender>cma</sender>
<sent>2026-11-26T08:00:00+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info>
<language>zh-CN</language><category>Met</category><event>暴雪</event><urgency>Expected</urgency><severity>Severe</severity>
<certainty>Likely</certainty><headline>长春市气象台发布暴雪橙色预警信号</headline></info></alert>"""


def feed(*entries: tuple[str, str, str]) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{key}</guid><title>{title}</title><link>http://a.example/{key}</link>"
        f"<pubDate>2026-11-20 08:30</pubDate><description>{text}</description></item>"
        for key, title, text in entries
    )
    return f"<rss version='2.0'><channel><title>天池站</title>{items}</channel></rss>"


def test_each_piece_says_what_would_become_of_it_and_nothing_is_stored(kepu: Command, site: Site) -> None:
    url = site.put("/feed", feed(("1", "天池火山活跃吗", TEXT), ("2", "取暖用电要当心", OTHER)))
    kepu("source", "add", "tianchi", "--url", url)
    kepu("collect", "--source", "tianchi")
    changed = feed(
        ("1", "天池火山活跃吗", TEXT),
        ("2", "取暖用电要当心", OTHER + "插座也要查一查。"),
        ("3", "新的一篇", "雪天路滑。"),
    )
    site.put("/feed", changed)
    code, out, _ = kepu("source", "check", "tianchi", "--json")
    found = json.loads(out)
    assert code == 0
    assert [item["fate"] for item in found["items"]] == ["same", "revised", "new"]
    assert (found["ok"], found["area"], found["reprint"]) == (True, "", "ask")
    assert found["items"][0] | {"article": 0} == {
        "title": "天池火山活跃吗",
        "url": "http://a.example/1",
        "published_at": "2026-11-20T00:30:00+00:00",
        "author": "",
        "source_name": "",
        "chars": len(TEXT),
        "pictures": 0,
        "attachments": 0,
        "alert": False,
        "fate": "same",
        "article": 0,
    }
    assert len(kepu("articles", "--jsonl")[1].splitlines()) == 2, "a check writes nothing"


def test_a_check_leaves_the_cursor_where_it_is(kepu: Command, site: Site) -> None:
    url = site.put("/feed", feed(("1", "天池火山活跃吗", TEXT)))
    kepu("source", "add", "tianchi", "--url", url)
    kepu("source", "check", "tianchi")
    result = json.loads(kepu("collect", "--source", "tianchi", "--json")[1])
    assert result["new"] == 1


def test_a_reprint_is_told_with_the_article_that_it_repeats(kepu: Command, site: Site) -> None:
    kepu("source", "add", "first", "--url", site.put("/feed", feed(("1", "天池火山活跃吗", TEXT))))
    kepu("collect", "--source", "first")
    other = site.put("/other", feed(("9", "转载：天池火山到底活不活跃", TEXT)))
    code, out, err = kepu("source", "check", "--url", other)
    assert code == 0
    assert "与素材 1“天池火山活跃吗”同题" in out
    assert "判断为 rss" in err
    assert f"--url '{other}'" in err


def test_a_pasted_page_is_checked_as_the_feed_that_it_declares(kepu: Command, site: Site) -> None:
    site.put("/feed.xml", feed(("1", "天池火山活跃吗", TEXT)))
    page = site.put("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>')
    found = json.loads(kepu("source", "check", "--url", page, "--json")[1])
    assert (found["kind"], found["url"], len(found["items"])) == ("rss", site.base + "/feed.xml", 1)
    assert "订阅源" in found["why"]


def test_an_alert_is_told_as_one_and_not_handed_on(kepu: Command, site: Site) -> None:
    code, out, _ = kepu("source", "check", "--url", site.put("/alert.xml", ALERT))
    assert code == 0
    assert "预警，会进入应急快发" in out
    assert kepu("articles", "--jsonl")[1] == ""


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("/gone", "rss", "没有这个网页"),
        ("/page", "rss", "普通网页"),
        ("/page", "webpage", "没有找到文章链接"),
        ("/page", "fax", "没有名为“fax”的来源类型"),
        ("/file.pdf", "", "PDF 文件"),
    ],
)
def test_a_source_that_gives_nothing_ends_with_1_and_one_sentence(
    kepu: Command, site: Site, path: str, kind: str, said: str
) -> None:
    site.put("/page", "<html><body>维护中</body></html>")
    site.put("/file.pdf", b"%PDF-1.7")
    words = ("source", "check", "--url", site.base + path, *(("--kind", kind) if kind else ()))
    code, out, err = kepu(*words)
    assert (code, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1
    code, out, err = kepu(*words, "--json")
    found = json.loads(out)
    assert (code, err, found["ok"], found["items"]) == (1, "", False, [])
    assert said in found["error"]


def test_each_piece_that_cannot_be_read_is_named_with_its_reason(kepu: Command, site: Site) -> None:
    links = "".join(f"<a href='/news/{n}.html'>长春科协发布第{n}条冬季科普提示</a>" for n in (1, 2))
    site.put("/news/1.html", f"<html><body><h1>冬季科普提示</h1><p>{TEXT}</p></body></html>")
    code, out, err = kepu("source", "check", "--url", site.put("/list", f"<html><body>{links}</body></html>"))
    assert code == 0
    assert f"没能读取 {site.base}/news/2.html：" in out
    assert "只试采前几篇" in err


def test_where_every_piece_fails_the_source_as_a_whole_fails(kepu: Command, site: Site) -> None:
    links = "".join(f"<a href='/news/{n}.html'>长春科协发布第{n}条冬季科普提示</a>" for n in (1, 2))
    code, out, err = kepu("source", "check", "--url", site.put("/list", f"<html><body>{links}</body></html>"))
    assert (code, out) == (1, "")
    assert "一条也没有取到" in err


def test_a_drop_folder_is_checked_by_its_path_from_the_home(kepu: Command, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "投稿" / "桦甸市"
    folder.mkdir(parents=True)
    document = Document()
    document.add_heading("冬季用电怎样才安全", 1)
    document.add_paragraph(OTHER)
    document.save(str(folder / "稿.docx"))
    os.utime(folder / "稿.docx", (1, 1))
    code, out, err = kepu("source", "check", "--url", "投稿", "--kind", "word")
    assert code == 0
    assert "冬季用电怎样才安全（正文" in out
    assert "--kind word" in err
    assert kepu("source", "add", "drop", "--kind", "word", "--url", "投稿")[0] == 0
    assert json.loads(kepu("source", "list", "--json")[1])[0]["url"] == (tmp_path / "home" / "投稿").as_uri()


def test_what_a_source_is_trusted_with_is_said_when_it_is_added(kepu: Command, site: Site) -> None:
    url = site.put("/feed", feed(("1", "天池火山活跃吗", TEXT)))
    words = ("--area", "222400", "--trust", "5", "--reprint", "allowed")
    assert kepu("source", "add", "tianchi", "--url", url, *words)[0] == 0
    assert "地区 延边朝鲜族自治州，转载许可 已授权转载，可信度 5" in kepu("source", "check", "tianchi")[1]
    kepu("source", "add", "tianchi", "--url", url)
    [row] = json.loads(kepu("source", "list", "--json")[1])
    assert (row["area"], row["trust"], row["reprint"]) == ("222400", 5, "allowed"), "what is not said stays"
    assert "没有代码为 990000 的地区" in kepu("source", "add", "x", "--url", url, "--area", "990000")[2]


@pytest.mark.parametrize("words", [(), ("x", "--url", "http://a.example/")])
def test_either_a_key_or_an_address_is_checked(kepu: Command, words: tuple[str, ...]) -> None:
    code, _, err = kepu("source", "check", *words)
    assert code == 1
    assert "二者选一" in err
