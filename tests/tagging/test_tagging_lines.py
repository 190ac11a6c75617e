"""`kepu tag --jsonl`: the contract of its lines, and texts that nobody would write."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.opening import CommandFailed
from cli.streams import BadRecord, run, run_together
from cli.tag import TagLines, title_and_text
from tagging import TaggedText, Tagger

SOME = (
    *(
        "地震",
        "台风",
        "吉林省",
        "长春",
        "朝阳区",
        "暴雨红色预警信号",
        "解除",
        "发布",
        "谣言",
        "老年人",
        "【",
        "】",
        "#",
        "李",
        "长春市",
    ),
    *(
        "吉林",
        "、",
        "北京",
        "。",
        "，",
        "9月",
        "日",
        "死",
        "伤",
        "ＡＢＣ",
        "１２",
        "颱風",
        "長春",
        "\u200b",
        "🙏",
        "全省",
        "我县",
    ),
    *("吉A12345", "重阳节", "大火", "森林", "路", "火车", "着", "坐"),
)
SCRAPS = st.lists(st.sampled_from(SOME), max_size=30).map("".join)
ANY = st.one_of(
    SCRAPS, st.text(max_size=200), st.text(alphabet="长春吉林省市地震灾火大风暴雨预警\u200b\ufeff 、。", max_size=80)
)


def _places(value: Any) -> list[dict[str, Any]]:
    return [each for tags in value["themes"].values() for tag in tags for each in tag.get("evidence", [])]


def test_a_line_has_exactly_the_fields_of_the_contract(tagger: Tagger) -> None:
    item = {
        "id": 7,
        "title": "国际减灾日：长春市中小学生演练地震避险",
        "text": "吉林省气象台发布暴雪橙色预警信号。",
        "published_at": "2026-10-12 08:00:00",
        "source_name": "长春日报",
    }
    line = TagLines(tagger).one(item)
    assert list(line) == ["id", "kind", "science", "themes", "keywords"]
    assert line["id"] == 7
    assert list(line["themes"]) == ["emergency", "hot", "local", "audience", "day"]
    emergency, local = line["themes"]["emergency"][0], line["themes"]["local"][0]
    assert set(emergency) == {"key", "name", "score", "level", "action", "phase", "evidence"}
    assert set(local) == {"code", "name", "score", "evidence"}
    assert set(line["themes"]["audience"][0]) == {"key", "score", "evidence"}
    assert line["themes"]["day"] == [{"key": "disaster_reduction_world", "name": "国际减灾日", "date": "2026-10-13"}]
    assert all(isinstance(word, str) and 0 < weight <= 1 for word, weight in line["keywords"])
    assert json.loads(json.dumps(line, ensure_ascii=False)) == line


def test_explain_adds_the_reasons(tagger: Tagger) -> None:
    line = TagLines(tagger, explain=True).one({"id": 1, "text": "森林防火期开始了"})
    assert line["explain"]["version"] == tagger.version
    assert any("灾害" in reason for reason in line["explain"]["reasons"])


def test_a_bad_line_costs_only_itself(tagger: Tagger) -> None:
    lines = [
        b'{"id": 1, "title": "a"}\n',
        b"{\n",
        b'{"id": 2, "title": 5}\n',
        b'{"id": 3, "text": "b", "published_at": "?"}\n',
    ]
    sink = io.BytesIO()
    assert run(TagLines(tagger).one, lines, sink) == 2
    said = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert [line["id"] for line in said] == [1, None, 2, 3]
    assert said[1]["error"].startswith("第 2 行")
    assert "title 或 text" in said[2]["error"]


def test_a_line_that_cannot_be_read_is_named_by_its_number_in_the_stream(tagger: Tagger) -> None:
    batches = [[b'{"id": 1, "title": "a"}', b""], [b'{"id": 2, "title": "b"}', b"[1]", b"", b'{"id": 3'], [b"x"]]
    sink = io.BytesIO()
    run_together(TagLines(tagger).all, batches, sink)
    errors = [json.loads(line).get("error", "") for line in sink.getvalue().splitlines()]
    assert [error.partition(" 行")[0] for error in errors] == ["", "", "第 4", "第 6", "第 7"]


def test_neither_title_nor_text_is_refused(tagger: Tagger) -> None:
    with pytest.raises(BadRecord):
        TagLines(tagger).one({"id": 1, "body": "x"})


def test_evidence_points_into_the_text_as_it_came(tagger: Tagger) -> None:
    text = "\u200b【快讯】Ｍ５.２級地\u200b震！吉林省長春市有震感"
    result = tagger.tag(TaggedText("1", "長春　地震", text))
    found = {(each.word, each.field): each.offset for tag in result.local for each in tag.evidence}
    assert found[("長春", "title")] == 0
    assert text[found[("長春市", "text")] :].startswith("長春市")
    quake = next(each for each in result.emergency[0].evidence if each.field == "text")
    assert quake.word == "級地\u200b震"
    assert result.emergency[0].key == "earthquake"


@pytest.mark.parametrize(
    "text",
    [
        "地震发生在吉林省长春市，" * 400_000,
        "震" * 5_000_000,
        "【" * 100_000,
        "#" * 100_000,
        "红色预警" * 50_000,
        "北京、吉林、长春、" * 50_000,
        "😀" * 100_000,
        "\u200b" * 100_000,
        "\ud83d\udc00\x00",
        "",
    ],
    ids=["5MB", "one char", "brackets", "hashes", "warnings", "places", "emoji", "zero width", "surrogates", "empty"],
)
def test_a_monstrous_text_gets_a_result_soon(tagger: Tagger, text: str) -> None:
    began = time.monotonic()
    json.dumps(tagger.tag(TaggedText("1", text, text)).as_json())
    assert time.monotonic() - began < 8


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=ANY, text=ANY)
def test_any_text_gets_scores_in_range_and_evidence_that_is_there(tagger: Tagger, title: str, text: str) -> None:
    value = tagger.tag(TaggedText("1", title, text)).as_json()
    for each in _places(value):
        own = {"title": title, "text": text}[each["field"]]
        assert each["word"]
        assert own[each["offset"] :].startswith(each["word"])
    for theme in ("emergency", "local", "audience"):
        assert all(0 < tag["score"] <= 1 and tag["evidence"] for tag in value["themes"][theme])
    assert 0 <= value["science"] <= 1


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=SCRAPS)
def test_tagging_twice_gives_the_same(tagger: Tagger, text: str) -> None:
    assert tagger.tag(TaggedText("1", "", text)) == tagger.tag(TaggedText("1", "", text))


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=SCRAPS)
def test_no_area_stands_beside_one_that_contains_it(tagger: Tagger, text: str) -> None:
    codes = [tag.code for tag in tagger.tag(TaggedText("1", "", text)).local]
    for code in codes:
        assert not {code[:2] + "0000", code[:4] + "00"} - {code} & set(codes)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=SCRAPS.filter(lambda text: "\u200b" not in text))
def test_zero_width_marks_between_characters_change_no_tag(tagger: Tagger, text: str) -> None:
    plain = tagger.tag(TaggedText("1", "", text))
    marked = tagger.tag(TaggedText("1", "", "\u200b".join(text)))
    assert [(tag.key, tag.score) for tag in plain.emergency] == [(tag.key, tag.score) for tag in marked.emergency]
    assert [(tag.code, tag.score) for tag in plain.local] == [(tag.code, tag.score) for tag in marked.local]
    assert plain.keywords == marked.keywords


def test_two_taggers_share_no_dictionary(tagger: Tagger) -> None:
    import jieba

    assert "国家预警信息发布中心" not in jieba.dt.FREQ
    assert not jieba.dt.initialized


def test_a_text_file_is_read_by_its_first_line_and_in_the_encodings_of_windows() -> None:
    text = "长春一仓库起火\n三人受伤。"
    for page in (text.encode(), text.encode("utf-8-sig"), text.encode("gb18030")):
        assert title_and_text(page) == {"title": "长春一仓库起火", "text": "三人受伤。"}
    with pytest.raises(CommandFailed, match="另存为 UTF-8"):
        title_and_text(b"\xff\xfe\xfd")


def test_one_endless_line_is_a_text_and_no_title(tagger: Tagger) -> None:
    page = title_and_text(("今天说说别的。" * 20 + "长春一仓库起火，三人受伤。").encode())
    assert page["title"] == ""
    assert [tag.key for tag in tagger.tag(TaggedText("", page["title"], page["text"])).emergency] == ["fire"]
