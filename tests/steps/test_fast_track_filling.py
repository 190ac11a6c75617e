"""Choosing a pack and filling it: only the alert's own facts, every field escaped, no brace left, holes visible."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from fast_track_sample import hazards
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import entries, files
from content_store.tables import Alert
from steps.filling import (
    FIELDS,
    TEMPLATE_FIELDS,
    Candidate,
    Unfillable,
    facts_of,
    fill,
    match,
    phases_for,
    shown_time,
    template_problems,
)
from steps.packs import coverage, line_of
from steps.stories import clean

TODAY = date(2026, 11, 26)
FULL = dict.fromkeys(FIELDS, "某")


def candidate(key: str, **values: object) -> Candidate:
    told = {
        "id": hash(key),
        "key": key,
        "name": key,
        "hazard": "cold_wave",
        "levels": ("orange", "red"),
        "phase": "before",
        "audience": "",
        "expires_on": date(2027, 1, 1),
        "enabled": True,
        "story_id": 1,
        "version_id": 1,
    }
    return Candidate(**(told | values))  # type: ignore[arg-type]  # kwargs of many types


def chosen(*packs: Candidate, level: str = "orange", audience: str = "", state: str = "active") -> str:
    found = match(packs, hazard="cold_wave", level=level, phases=phases_for(state), audience=audience, on=TODAY)
    return found.pack.key if found.pack else found.hole


def test_the_pack_for_few_levels_goes_before_the_one_for_all() -> None:
    assert chosen(candidate("all", levels=()), candidate("grave")) == "grave"
    assert chosen(candidate("all", levels=()), candidate("grave"), level="blue") == "all"


def test_readers_of_their_own_get_their_pack_and_else_the_one_for_everybody() -> None:
    packs = candidate("all"), candidate("farmers", audience="农民")
    assert chosen(*packs, audience="农民") == "farmers"
    assert chosen(*packs, audience="司机") == "all"
    assert chosen(*packs) == "all"


def test_a_warning_is_answered_before_the_event_and_else_with_what_to_do_during_it() -> None:
    packs = candidate("during", phase="during"), candidate("after", phase="after")
    assert chosen(*packs) == "during"
    assert chosen(*packs, candidate("before")) == "before"
    assert chosen(*packs, state="cancelled") == "after"


def test_other_hazards_and_levels_leave_a_hole_that_is_said() -> None:
    assert "没有可用的科普包" in chosen(candidate("x", hazard="snowstorm"))
    assert "没有可用的科普包" in chosen(candidate("x"), level="blue")
    assert "没有可用的科普包" in chosen(candidate("x"), level="")


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"expires_on": date(2026, 11, 25)}, "到期"),
        ({"enabled": False}, "停用"),
        ({"version_id": None}, "三审"),
    ],
)
def test_a_pack_that_may_not_be_used_is_refused_with_the_reason(values: dict[str, object], why: str) -> None:
    found = match(
        [candidate("old", **values)], hazard="cold_wave", level="red", phases=("before",), audience="", on=TODAY
    )
    assert found.pack is None
    [(name, reason)] = found.refused
    assert name == "old"
    assert why in reason


def test_a_pack_is_good_on_its_last_day() -> None:
    assert chosen(candidate("last", expires_on=TODAY)) == "last"


def test_times_are_shown_as_beijing_writes_them() -> None:
    assert shown_time(datetime(2026, 11, 25, 21, 30, tzinfo=UTC)) == "11月26日5时30分"
    assert shown_time(datetime(2026, 11, 26, 0, 0, tzinfo=UTC)) == "11月26日8时"
    assert shown_time(None) == ""


def test_all_fields_come_from_the_alert() -> None:
    alert = Alert(
        sender="s",
        identifier="1",
        sent=datetime(2026, 11, 25, 21, 30, tzinfo=UTC),
        status="Actual",
        msg_type="Alert",
        scope="Public",
        sender_name="吉林省气象台",
        headline="发布寒潮橙色预警",
        hazard_name="寒潮",
        level="orange",
        area_text="长春市",
        expires=datetime(2026, 11, 26, 21, 30, tzinfo=UTC),
    )
    facts = facts_of(alert, hazards())
    assert set(facts) == set(FIELDS)
    assert facts["colour"] == "橙色"
    assert facts["level_name"] == "Ⅱ级（严重）"
    assert facts["effective_time"] == facts["sent_time"] == "11月26日5时30分"
    alert.expires_is_own = True
    assert "估计" in facts_of(alert, hazards())["expires_time"]


def test_fields_are_escaped_in_html_and_plain_elsewhere() -> None:
    filled = fill({"title": "{area}", "body_html": "<p>{area}</p>"}, {"area": "<b>长春</b> & 吉林"})
    assert filled["title"] == "<b>长春</b> & 吉林"
    assert filled["body_html"] == "<p>&lt;b&gt;长春&lt;/b&gt; &amp; 吉林</p>"


def test_an_unknown_an_empty_and_a_stray_field_are_errors() -> None:
    with pytest.raises(Unfillable, match="不认识"):
        fill({"title": "{place}"}, FULL)
    with pytest.raises(Unfillable, match="级别"):
        fill({"title": "{level_name}"}, FULL | {"level_name": " "})
    with pytest.raises(Unfillable, match="多余的大括号"):
        fill({"title": "{area}}"}, FULL)
    assert template_problems([("title", "{area}"), ("digest", "{x}")]) == [
        "digest:科普包里有不认识的字段“{x}”，请改正科普包后再用。"
    ]


texts = st.text(alphabet=st.sampled_from("ab{}<>&汉 {area}{sender}\n"), max_size=30) | st.text(max_size=30)


def test_a_brace_in_the_alert_is_shown_wide_and_filled_no_further() -> None:
    assert fill({"title": "{headline}"}, FULL | {"headline": "{area}发布"})["title"] == "｛area｝发布"


# the first draw builds tables, which takes its time on a busy machine
CALM = settings(suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(st.dictionaries(st.sampled_from(TEMPLATE_FIELDS), texts), st.dictionaries(st.sampled_from(FIELDS), texts))
def test_filling_never_leaves_a_brace(template: dict[str, str], facts: dict[str, str]) -> None:
    try:
        filled = fill(template, facts)
    except Unfillable:
        return
    assert not any("{" in (text or "") or "}" in (text or "") for text in filled.values())


@CALM
@given(st.text(max_size=40))
def test_a_value_can_bring_no_markup_into_the_body(said: str) -> None:
    body = "<p>{headline}</p>"
    try:
        filled = fill({"body_html": body}, {"headline": said})["body_html"] or ""
    except Unfillable:
        return
    assert filled.removeprefix("<p>").removesuffix("</p>").count("<") == 0


def test_the_packs_that_ship_can_be_filled_stored_and_sent() -> None:
    for entry in entries.packs(files.FOLDER / "packs"):
        assert template_problems(entry.fields.items()) == []
        filled = clean(fill(entry.fields, FULL))
        assert filled["title"]
        assert entry.hazard in {each.key for each in hazards().hazard}
        assert all(hazards().level_named(level) for level in entry.levels)


def test_the_coverage_shows_holes_and_what_runs_out() -> None:
    lines = [
        line_of(each, hazards(), TODAY)
        for each in (
            candidate("grave"),
            candidate("farmers", levels=("blue",), audience="农民"),
            candidate("over", levels=("yellow",), phase="after"),
            candidate("old", levels=("blue",), expires_on=date(2026, 11, 1)),
        )
    ]
    found = coverage(lines, hazards(), TODAY)
    row = next(each for each in found.rows if each.hazard == "cold_wave")
    assert row.holes == ("blue", "yellow")
    assert [line.key for line in row.cells["red"]] == ["grave"]
    assert [line.key for line in found.expired] == ["old"]
    assert any(each.hazard == "snowstorm" and "red" in each.holes for each in found.rows)
