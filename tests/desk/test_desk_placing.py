"""An editor parts what is not the same and puts together what is: with a list of the likeliest, a search, or a number."""

from __future__ import annotations

import re

from conftest_desk import Login, World


def test_an_editor_takes_an_article_out_of_its_cluster_and_puts_it_in_again(world: World, as_person: Login) -> None:
    first, copy, *_ = world.article_ids
    client = as_person("editor")
    shown = client.get(f"/articles/{first}").text
    assert "不是同一篇" in shown
    assert client.post(f"/articles/{copy}/apart", data={"seen_from": first}).headers["location"] == f"/articles/{first}"
    parted = client.get(f"/articles/{first}").text
    assert "已移出同题" in parted
    assert "暂无同题" in parted
    assert "防寒指南（转载）" in client.get("/articles?days=all").text
    address = f"http://127.0.0.1:8800/articles/{first}"
    assert client.post(f"/articles/{copy}/together", data={"beside": address}).status_code == 303
    back = client.get(f"/articles/{copy}").text
    assert re.search(r"归入同题 <small>.*移出同题 <small>", back, re.DOTALL)
    assert "同题的首选是" in back
    assert "请填另一条素材的编号" in client.post(f"/articles/{copy}/together", data={"beside": "暴雪"}).text


def test_only_editors_change_what_is_the_same(world: World, as_person: Login) -> None:
    first, copy, *_ = world.article_ids
    client = as_person("scheduler")
    assert "不是同一篇" not in client.get(f"/articles/{first}").text
    assert client.post(f"/articles/{copy}/apart").status_code == 403
    assert client.post(f"/articles/{copy}/together", data={"beside": str(first)}).status_code == 403
    assert client.get(f"/articles/{copy}/together").status_code == 403
    assert "改正同题" not in client.get(f"/articles/{first}").text


def choices(html: str) -> dict[int, str]:
    """What may be pressed: number and name of each button."""
    found = re.findall(r'name="beside" value="(\d+)"><button [^>]*aria-label="归入：([^"]*)"', html)
    return {int(number): name for number, name in found}


def test_the_likeliest_are_offered_before_a_word_is_typed(world: World, as_person: Login) -> None:
    first, copy, _hostile, shut = world.article_ids
    client = as_person("editor")
    client.post(f"/articles/{copy}/apart")
    html = client.get(f"/articles/{copy}/together").text
    assert "可能是同一件事的" in html
    assert next(iter(choices(html).items())) == (first, "暴雪来了怎么办？长春市民防寒指南")
    assert re.search(r"吉林省气象局 · <time[^>]*>今天", html), "source and day tell headlines apart"
    assert client.post(f"/articles/{copy}/together", data={"beside": str(first)}).status_code == 303
    assert first not in choices(client.get(f"/articles/{copy}/together").text)
    assert "这几天没有相近的素材" in client.get(f"/articles/{shut}/together").text


def test_an_article_is_found_by_words_and_chosen_without_scripts(world: World, as_person: Login) -> None:
    first, _copy, hostile, shut = world.article_ids
    client = as_person("editor")
    page = client.get(f"/articles/{shut}").text
    assert f'class="only-plain" href="/articles/{shut}/together"' in page
    html = client.get(f"/articles/{shut}/together", params={"q": " 暴雪  防寒 "}).text
    assert 'value="暴雪 防寒"' in html, "what was typed stays in its field"
    assert list(choices(html)) == [first], "one of each cluster"
    assert "另有 1 篇同题" in html
    client.post(f"/articles/{shut}/together", data={"beside": str(first)})
    html = client.get(f"/articles/{hostile}/together", params={"q": str(shut)}).text
    assert choices(html) == {shut: "人参怎样挑选"}, "a number still names an article"


def test_what_is_not_found_and_what_is_typed_or_collected_by_the_hostile_harms_nobody(
    world: World, as_person: Login
) -> None:
    *_, hostile, shut = world.article_ids
    client = as_person("editor")
    html = client.get(f"/articles/{shut}/together", params={"q": "<b>没有"}).text
    assert "含“&lt;b&gt;没有”" in html
    assert choices(html) == {}
    html = client.get(f"/articles/{shut}/together", params={"q": "冻伤急救"}).text
    assert list(choices(html)) == [hostile]
    assert "<script>alert" not in html
    assert client.get("/articles/999999/together").status_code == 404
