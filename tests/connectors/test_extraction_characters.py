"""Characters that nobody sees break no word; raised figures, readings above characters and lines set by hand."""

from __future__ import annotations

import pytest

from connectors.extraction import Extracted, extract
from connectors.sources.entries import content_of, plain_text

FIRST = "入冬以后，松花江畔的雾凇一天比一天浓，气象台的值班员每天清晨都要到江边去看一看，记下温度和风向。"
SECOND = "专家介绍，雾凇并不是冰，也不是雪，它是过冷的水滴碰到物体后冻结而成的，风小的时候最容易出现。"
UNSEEN = ["\u200b", "\ufeff", "\u200c", "\u200d", "\xad", "\u2060", "\u200e", "\u202a", "\u2066"]


def read(content: str, title: str = "雾凇是怎样形成的") -> Extracted:
    return extract(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div class=content>{content}</div></body></html>",
        "http://www.example.cn/a/1.html",
    )


@pytest.mark.parametrize("mark", UNSEEN, ids=ascii)
def test_what_nobody_sees_breaks_no_word(mark: str) -> None:
    for written in (mark, f"&#{ord(mark)};"):
        found = read(f"<p>{written.join(FIRST)}</p><p>{SECOND}</p>", title=f"雾{written}凇是怎样形成的")
        assert found.text == f"{FIRST}\n{SECOND}"
        assert found.title == "雾凇是怎样形成的"
        assert found.html == f"<div><p>{FIRST}</p><p>{SECOND}</p></div>"


@pytest.mark.parametrize("mark", [*UNSEEN, "\x00", "\x08"], ids=ascii)
def test_nor_does_it_in_the_texts_and_titles_of_feeds(mark: str) -> None:
    assert plain_text(f"雾{mark}凇") == "雾凇"
    assert content_of(f"雾{mark}凇", "")[:2] == ("雾凇", "<div>雾凇</div>")
    assert content_of(f"<p>雾{mark}凇</p>", "")[:2] == ("雾凇", "<div><p>雾凇</p></div>")


@pytest.mark.parametrize("text", ["一家👨\u200d👩\u200d👧去看雾凇", "می\u200cخواهم"])
def test_a_mark_that_joins_or_parts_letters_and_emoji_stays(text: str) -> None:
    assert read(f"<p>{text}</p><p>{FIRST}</p>").text == f"{text}\n{FIRST}"


def test_powers_stay_raised_and_notes_do_not() -> None:
    found = read(
        f"<p>10<sup>3</sup>帕、5 m<sup>2</sup>、10<sup>-6</sup>米，CO<sub>2</sub>，雾凇<sup>2</sup>。</p><p>{FIRST}</p>"
    )
    assert found.text.splitlines()[0] == "10³帕、5 m²、10⁻⁶米，CO2，雾凇2。"
    assert "10<sup>3</sup>帕" in found.html


def test_how_a_character_is_read_is_no_part_of_the_text() -> None:
    found = read(f"<p>雾<ruby>凇<rp>(</rp><rt>sōng</rt><rp>)</rp></ruby>很美，人人爱看。</p><p>{FIRST}</p>")
    assert found.text.splitlines()[0] == "雾凇很美，人人爱看。"
    assert "<rt>sōng</rt>" in found.html


def test_lines_that_were_set_by_hand_stay_lines() -> None:
    found = read(f"<pre>{FIRST}\n\n  {SECOND}</pre>")
    assert found.text == f"{FIRST}\n{SECOND}"
    assert found.html == f"<div><pre>{FIRST}\n\n  {SECOND}</pre></div>"
