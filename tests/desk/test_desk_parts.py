"""The desk's pure parts."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape

from desk import bodies
from desk.changes import LONGEST, difference, parts
from desk.figures import spark
from desk.pages.accounts import silence
from desk.parts import whole_number
from desk.words import from_form_time, when

HOSTILE = "<script>alert(1)</script>"


def test_bodies_load_pictures_from_here_only() -> None:
    kept = "a" * 64
    html = f'<p onclick="x()">字<img src="http://evil.example/p.png"><img src="http://k/1.jpg"><img src="media:{kept}"></p>'
    shown = bodies.shown(html, {"http://k/1.jpg": "b" * 64})
    assert "evil.example" not in shown
    assert "onclick" not in shown
    assert f'src="/media/{kept}"' in shown
    assert f'src="/media/{"b" * 64}"' in shown
    assert bodies.from_editor(bodies.to_editor(f'<img src="media:{kept}">')) == f'<img src="media:{kept}">'


def test_differences_are_escaped() -> None:
    assert "<script>" not in difference("甲", HOSTILE)
    assert difference("甲乙", "甲丙") == "甲<del>乙</del><ins>丙</ins>"


def test_differences_go_by_sentences_and_by_words_only_where_a_sentence_stayed_much_the_same() -> None:
    old = "最高气温 5 ℃，傍晚转雪。请减少外出。\n路面结冰时慢行。"
    new = "最高气温 -12 ℃，傍晚转雪。\n路面结冰时慢行。"
    changed = difference(old, new)
    assert "<del>请减少外出。</del>" in changed
    assert "最高气温 <del>5</del>" in changed
    assert "路面结冰时慢行。" in changed
    # nothing in common: one gone, one new, no patchwork of single characters
    assert difference("月亮绕着地球转。", "萝卜要在霜降前收。") == (
        "<del>月亮绕着地球转。</del><ins>萝卜要在霜降前收。</ins>"
    )


def test_a_difference_of_long_texts_is_quick_and_loses_nothing() -> None:
    old = "".join(f"第{number}句没有变化的话。" for number in range(3000))
    new = old.replace("第1500句", "第一千五百句")
    begun = time.process_time()
    changed = difference(old, new)
    assert time.process_time() - begun < 2
    assert unescape(re.sub(r"<del>.*?</del>|</?ins>", "", changed)) == new[:LONGEST]


def test_paragraphs_without_a_change_are_counted_apart() -> None:
    found = parts("甲段。\n乙段。\n丙段旧的说法。", "甲段。\n乙段。\n丙段新的说法。\n丁段。")
    assert [(part.changed, part.paragraphs) for part in found] == [(False, 2), (True, 2)]
    assert "丙段<del>旧</del><ins>新</ins>的说法" in found[1].shown


def test_silence_is_said_louder_towards_the_red_line() -> None:
    assert [silence(days)[0] for days in (0, 6, 7, 10, 12, 14, 40)] == [
        "good",
        "good",
        "warn",
        "warn",
        "bad",
        "bad",
        "bad",
    ]


def test_times_are_said_as_people_say_them(now) -> None:
    assert when(now, now) == "今天 12:00"
    assert when(now - timedelta(hours=13), now) == "昨天 23:00"
    assert when(now - timedelta(days=400), now).startswith("2025-")


def test_a_time_in_a_form_is_beijing_time_unless_it_says_otherwise() -> None:
    assert from_form_time("2026-11-27T08:30") == datetime(2026, 11, 27, 0, 30, tzinfo=UTC)
    assert from_form_time("2026-11-27T08:30+09:00") == datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    for wrong in ("", "2026-13-40T99:00", "0001-01-01T00:00", "9999-12-31T23:59-23:59", "²"):
        assert from_form_time(wrong) is None, wrong


def test_a_number_of_the_store_is_written_in_plain_digits() -> None:
    assert [whole_number(each) for each in ("7", "2147483647")] == [7, 2**31 - 1]
    for wrong in ("", "²", "٣", "0", "-1", "2147483648", "9" * 5000, None):
        assert whole_number(wrong) is None, wrong


def test_a_spark_line_needs_two_known_values() -> None:
    assert spark([None, 5, None]) == ""
    assert spark([0, None, 10]).startswith("2.0,32.0")


def test_search_hits_are_marked_and_nothing_else_becomes_markup() -> None:
    assert bodies.with_hits("长春暴雪<b>", "暴雪 长春") == "<mark>长春</mark><mark>暴雪</mark>&lt;b&gt;"
    assert bodies.with_hits("a(b", "(") == "a<mark>(</mark>b"
