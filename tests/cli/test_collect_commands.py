"""kepu source, collect and articles, as a person or a script would use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from kepu_command import Command
from loopback import Site

from config.settings import load
from flows import plain
from flows.opening import open_newsroom
from steps.newsroom import utcnow

TEXT = "长白山天池火山监测站今天公布了观测结果：地震活动处于背景水平，山体形变也在正常范围内，专家说不必担心。"
FEED = (
    f"<rss version='2.0'><channel><item><guid isPermaLink='false'>1</guid><title>天池火山活跃吗</title>"
    f"<link>http://a.example/1</link><pubDate>2026-11-20 08:30</pubDate><description>{TEXT}</description></item>"
    "<item/></channel></rss>"
)


def test_sources_of_a_file_are_registered_and_collected_and_listed(kepu: Command, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    good, bad = site.put("/feed", FEED), site.put("/page", "<html><body>维护中</body></html>")
    file.write_text(
        f'[[source]]\nkey = "good"\nkind = "rss"\nurl = "{good}"\n\n[[source]]\nkey = "bad"\nkind = "rss"\nurl = "{bad}"\n',
        "utf-8",
    )
    code, out, _ = kepu("collect", "--sources", str(file), "--json")
    assert code == 0
    result = json.loads(out)
    rows = {row["key"]: row for row in result["sources"]}
    assert rows["good"] == {"key": "good", "ok": True, "error": None, "new": 1, "revised": 0, "same": 0, "bad": 1}
    assert rows["bad"]["ok"] is False
    assert "普通网页" in rows["bad"]["error"]
    assert (result["new"], result["failed"]) == (1, 1)
    code, out, _ = kepu("articles", "--jsonl")
    (line,) = [json.loads(line) for line in out.splitlines()]
    assert line == {
        "source": "good",
        "external_id": "1",
        "title": "天池火山活跃吗",
        "url": "http://a.example/1",
        "published_at": "2026-11-20T00:30:00+00:00",
        "cluster": line["cluster"],
    }
    assert kepu("articles", "--since", "2099-01-01", "--jsonl")[1] == ""
    assert "看不懂时间" in kepu("articles", "--since", "昨天")[2]


def test_a_source_is_added_checked_and_removed(kepu: Command, site: Site) -> None:
    url = site.put("/feed", FEED)
    assert kepu("source", "add", "tianchi", "--url", url, "--name", "天池站")[0] == 0
    code, out, err = kepu("source", "check", "tianchi")
    assert code == 0
    assert "天池火山活跃吗（正文" in out
    assert "没能读取" in err
    assert kepu("articles", "--jsonl")[1] == "", "a check writes nothing"
    assert json.loads(kepu("source", "list", "--json")[1])[0]["name"] == "天池站"
    assert "已移除" in kepu("source", "remove", "tianchi")[2]
    kepu("source", "add", "tianchi", "--url", url)
    kepu("collect", "--source", "tianchi")
    assert "素材保留" in kepu("source", "remove", "tianchi")[2]
    assert json.loads(kepu("source", "list", "--json")[1])[0]["enabled"] is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("collect", "--source", "nobody"), "没有名为 nobody 的来源"),
        (("source", "check", "nobody"), "没有名为 nobody 的来源"),
        (("source", "add", "x", "--url", "http://a.example", "--kind", "fax"), "fax"),
        (
            ("source", "add", "x", "--url", "http://a.example", "--kind", "webpage", "--setting", "item=a["),
            "来源“x”的设置：选择器写错了",
        ),
        (("source", "add", "x", "--url", "http://a.example", "--setting", "max_items"), "名称=值"),
        (("source", "add", "坏 名", "--url", "http://a.example"), "代号"),
        (("source", "add", "x"), "--url"),
        (("source", "add", "UPPER", "--url", "http://a.example"), "小写"),
        (("source", "add", "x", "--url", "http://[::1"), "网址写错了"),
        (("source", "add", "x", "--url", "ftp://a.example/x"), "http://"),
        (("source", "add", "x", "--url", "http://127.0.0.1:99999/x"), "端口"),
        (("collect", "--sources", "/nowhere.toml"), "nowhere.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(kepu: Command, words: tuple[str, ...], said: str) -> None:
    code, out, err = kepu(*words)
    assert code == 1
    assert said in err
    assert out == ""
    assert err.count("\n") == 1


def entry(key: str, url: str, kind: str = "rss", settings: str = "") -> str:
    return f'[[source]]\nkey = "{key}"\nkind = "{kind}"\nurl = "{url}"\nsettings = {{ {settings} }}\n\n'


def test_a_name_that_is_not_in_the_list_collects_nothing(kepu: Command, site: Site, tmp_path: Path) -> None:
    kepu("source", "add", "due", "--url", site.put("/due", FEED))
    file = tmp_path / "one.toml"
    file.write_text(entry("one", site.put("/one", FEED)), "utf-8")
    code, _, err = kepu("collect", "--source", "typo", "--sources", str(file))
    assert code == 1
    assert "没有 typo" in err
    assert site.asked == []
    assert kepu("collect", "--source", "one", "--sources", str(file))[0] == 0
    assert (site.times("/due"), site.times("/one")) == (0, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有来源"),
        ("[[sources]]\nkey = 'x'\nkind = 'rss'\nurl = 'http://a.example'", "不认识 sources"),
        ("source = []", "没有来源"),
    ],
)
def test_a_list_without_sources_collects_nothing(
    kepu: Command, site: Site, tmp_path: Path, text: str, said: str
) -> None:
    kepu("source", "add", "due", "--url", site.put("/due", FEED))
    file = tmp_path / "empty.toml"
    file.write_text(text, "utf-8")
    code, _, err = kepu("collect", "--sources", str(file))
    assert code == 1
    assert said in err
    assert site.asked == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"kind": "fax"}, "fax"),
        ({"settings": "foo = 1"}, "没有“foo”这一项"),
        ({"kind": "webpage", "settings": "item = 'a['"}, "选择器写错了"),
    ],
)
def test_a_list_with_one_source_that_cannot_work_registers_none(
    kepu: Command, site: Site, tmp_path: Path, bad: dict[str, str], said: str
) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(entry("good", site.put("/f", FEED)) + entry("bad", "http://a.example/f", **bad), "utf-8")
    for words in (("collect", "--sources"), ("source", "add", "--file")):
        code, out, err = kepu(*words, str(file))
        assert (code, out, err.count("\n")) == (1, "", 1)
        assert "来源“bad”不能用" in err
        assert said in err
    assert json.loads(kepu("source", "list", "--json")[1]) == []
    assert site.asked == []


def test_a_round_in_which_everything_asked_for_failed_fails(kepu: Command, site: Site, tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(entry("bad", site.put("/bad", "维护中")), "utf-8")
    code, out, _ = kepu("collect", "--sources", str(file), "--json")
    assert code == 1
    assert json.loads(out)["failed"] == 1
    assert kepu("collect", "--source", "bad")[0] == 1
    file.write_text(entry("bad", site.base + "/bad") + entry("good", site.put("/good", FEED)), "utf-8")
    assert kepu("collect", "--sources", str(file))[0] == 0


def test_the_clock_reads_this_machine_only_with_leave_and_a_command_typed_on_it_always(
    kepu: Command, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kepu("source", "add", "own", "--url", site.put("/feed", FEED))

    def round_of_the_clock() -> dict[str, Any]:
        settings = load(tmp_path / "home")
        return plain.collect(open_newsroom(settings), settings, utcnow())

    assert round_of_the_clock()["failed"] == 1
    assert "内部网络" in kepu("source", "list")[1]
    assert site.asked == []
    assert kepu("source", "check", "own")[0] == 0
    assert kepu("collect", "--source", "own")[0] == 0
    monkeypatch.setenv("KEPU_ALLOW_LOOPBACK", "true")
    kepu("source", "add", "other", "--url", site.put("/other", FEED))
    assert round_of_the_clock()["failed"] == 0


def test_an_answer_nobody_understood_can_be_taken_out_as_it_came(kepu: Command, site: Site, tmp_path: Path) -> None:
    broken = "<html><head><meta charset='gbk'></head><body>维护中</body></html>".encode("gbk")
    kepu("source", "add", "moved", "--url", site.put("/feed", FEED))
    assert kepu("source", "page", "moved")[0] == 1
    site.put("/feed", broken)
    assert kepu("collect", "--source", "moved")[0] == 1
    code, _, said = kepu("source", "page", "moved", "-o", str(tmp_path / "page.html"))
    assert code == 0
    assert (tmp_path / "page.html").read_bytes() == broken
    assert "普通网页" in said
    assert kepu("source", "page", "moved", "-o", str(tmp_path / "none" / "page.html"))[0] == 1


def test_a_rhythm_is_the_persons_own_where_it_is_fixed_in_words_or_in_a_file(
    kepu: Command, site: Site, tmp_path: Path
) -> None:
    kepu("source", "add", "own", "--url", site.put("/own", FEED), "--rhythm", "240", "--fixed")
    kepu("source", "add", "free", "--url", site.put("/free", FEED))
    file = tmp_path / "sources.toml"
    file.write_text(entry("filed", site.put("/filed", FEED)) + "adaptive = false\n", "utf-8")
    kepu("source", "add", "--file", str(file))
    rows = {row["key"]: row["adaptive"] for row in json.loads(kepu("source", "list", "--json")[1])}
    assert rows == {"own": False, "free": True, "filed": False}
