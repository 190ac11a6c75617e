"""The page of theme days, and the line about them where editors plan."""

from __future__ import annotations

from datetime import UTC, datetime

from conftest_desk import Login, World, a_story


def test_the_page_tells_what_comes_with_the_days_left_and_what_fits(world: World, as_person: Login) -> None:
    world.clock[0] = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
    html = as_person("editor").get("/days").text
    assert "世界土壤日" in html
    assert "还有 9 天" in html
    assert "正在进行" in html
    assert "12-05" in html
    assert "/articles?q=%E5%9C%9F%E5%A3%A4&amp;days=all" in html
    assert "稿件和素材里都还没有" in html
    assert "世界气象日" not in html


def test_more_days_are_one_press_away_and_odd_reaches_are_the_usual_one(world: World, as_person: Login) -> None:
    world.clock[0] = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
    client = as_person("editor")
    assert "世界湿地日" not in client.get("/days").text
    assert "世界湿地日" in client.get("/days?within=90").text
    assert client.get("/days?within=99999999").text.count('aria-current="true">今后 30 天') == 1


def test_a_quiet_time_says_so(world: World, as_person: Login) -> None:
    world.newsroom.__dict__["theme_days"] = ()
    client = as_person("editor")
    assert "今后 30 天没有登记的主题日" in client.get("/days").text
    assert "近期主题日" not in client.get("/articles").text


def test_where_editors_plan_the_next_days_are_named(world: World, as_person: Login) -> None:
    a_story(world)
    client = as_person("editor")
    for path in ("/articles", "/stories"):
        html = client.get(path).text
        assert "近期主题日" in html, path
        assert 'href="/days#' in html, path
    assert "近期主题日" not in client.get("/articles?number=2").text
