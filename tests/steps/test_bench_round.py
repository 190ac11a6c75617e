"""`kepu bench round` over a handful of made-up files: every kind of source is served, visited twice and counted."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, Setting, Table
from benchmarks.round import run

TEXT = "长白山天池是松花江、图们江和鸭绿江的源头，火山监测站常年记录地震、形变和气体，科研人员据此判断岩浆活动的变化。"
OTHER = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
FEED = "<rss version='2.0'><channel><item><guid>{0}</guid><title>{0}</title><description>{1}</description></item></channel></rss>"


def _files(data: Path) -> None:
    packed = io.BytesIO()
    feed = FEED.format("天池的水位", TEXT).encode()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("account.xml")
        member.size = len(feed)
        archive.addfile(member, io.BytesIO(feed))
    page = f"<html><head><title>雾凇是怎样形成的</title></head><body><p>{OTHER}</p><p>{OTHER}</p></body></html>"
    topics = [{"date": "2026-11-25", "title": topic, "hot": 3} for topic in ("雾凇", "极光")]
    group = {"items": [["某某号", "雾凇的样子", "2026-11-20 08:00", "http://127.0.0.1/s/1"]]}
    bodies: dict[str, bytes] = {
        "feeds/wechat_feeds.tar.gz": packed.getvalue(),
        "feeds/own/good.xml": FEED.format("雾凇", OTHER).encode(),
        "feeds/own/broken.xml": b"no feed at all",
        "extraction/own/page.html": page.encode("gb18030"),
        "local/dxy_news_province.jsonl": _line({"id": 1, "title": "山里的雪", "summary": OTHER, "pubDate": 1795132800}),
        "emergency/dxy_rumors.jsonl": _line({"id": 1, "title": "喝醋能防感冒吗", "mainSummary": "不能", "body": TEXT}),
        "emergency/weibo21.jsonl": _line({"content": "江边的雾凇真好看"}),
        "emergency/cec/own/fire.xml": f"<a><Title>山火</Title><Content>{TEXT}</Paragraph></Content></a>".encode(),
        "dedup/wechat_same_title_groups.jsonl.gz": gzip.compress(_line(group)),
        "hot/own.jsonl.gz": gzip.compress(b"".join(map(_line, topics))),
    }
    for name, body in bodies.items():
        path = data / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def test_two_rounds_over_a_source_of_every_kind_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    _files(tmp_path)
    told = list(run(Setting(data=tmp_path)))
    figures = {each.what: each for each in told if isinstance(each, Figure)}
    tables = {each.title: each for each in told if isinstance(each, Table)}
    first = {row[0]: row[1:] for row in tables["第一轮"].rows}
    # sources, new, revised, same, bad, failed
    assert first["feeds/own"] == (2, 1, 0, 0, 0, 1)
    assert first["feeds/wechat_feeds"] == (1, 1, 0, 0, 0, 0)
    assert first["extraction/own"] == (1, 1, 0, 0, 0, 0)
    assert first["emergency/weibo21"] == (1, 1, 0, 0, 0, 0)
    assert first["dedup/wechat_same_title_groups"] == (1, 1, 0, 0, 0, 0)
    # topics are no articles; of the files in the drop folder one is of the old format and one is cut
    assert first["hot"] == (1, 0, 0, 0, 0, 0)
    assert first["（Word 投稿：emergency/cec）"] == (1, 1, 0, 0, 2, 0)
    assert figures["第一轮新增"].ours == first["合计"][1]
    assert [row[0] for row in tables["第一轮的原因"].rows] == ["失败", "没能读取"]
    for what in ("第二轮新增或更新", "程序自己的错", "两轮走完的来源"):
        assert figures[what].reached, what
