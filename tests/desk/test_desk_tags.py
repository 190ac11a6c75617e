"""Tags corrected at the desk: a person has the last word, also when the tagger comes again, and each tag says why it is there."""

from __future__ import annotations

import re

import pytest
from conftest_desk import Login, World

from content_store import tags
from content_store.tables import Article
from steps.tag import tag_due


def standing(world: World, article: int) -> dict[tuple[str, str], str]:
    with world.newsroom.store.reading() as session:
        return {(tag.theme, tag.key): tag.made_by for tag in tags.of_article(session, article)}


def retag(world: World, article: int) -> None:
    """As after a change of the word lists."""
    with world.newsroom.store.session() as session:
        row = session.get(Article, article)
        assert row is not None
        row.tagger_version = "another"
    assert tag_due(world.newsroom, world.newsroom.now())["tagged"] >= 1


def test_what_a_person_took_away_or_added_stays_so_when_the_tagger_comes_again(world: World, as_person: Login) -> None:
    article, client = world.article_ids[0], as_person("editor")
    retag(world, article)
    assert standing(world, article)["emergency", "snowstorm"] == "tagger"
    form = {"theme": "emergency", "key": "snowstorm", "rejected": "true"}
    client.post(f"/articles/{article}/tags", data=form)
    client.post(f"/articles/{article}/tags", data={"theme": "local", "key": "延吉市"})
    client.post(f"/articles/{article}/tags", data={"theme": "local", "key": "220100"})
    for _ in range(2):
        retag(world, article)
        found = standing(world, article)
        assert ("emergency", "snowstorm") not in found
        assert found["local", "222401"] == "person"
        assert found["local", "220100"] == "person", "one that the tagger finds as well is still the person's"
    html = client.get(f"/articles/{article}").text
    assert "恢复标签 暴雪" in html


def test_each_tag_says_by_which_words_it_is_there(world: World, as_person: Login) -> None:
    article, client = world.article_ids[0], as_person("editor")
    html = client.get(f"/articles/{article}").text
    reasons = re.search(r"各标签的依据.*?</details>", html, re.S)
    assert reasons
    assert re.search(r"依据：暴雪（得分 0.90）", reasons[0])
    client.post(f"/articles/{article}/tags", data={"theme": "audience", "key": "农民"})
    assert "人群 · 人工标注" in client.get(f"/articles/{article}").text


def test_what_a_person_types_is_the_label_that_filters_find(world: World, as_person: Login) -> None:
    article, client = world.article_ids[0], as_person("editor")
    said = [("emergency", "雷电"), ("local", "长春"), ("day", "全国消防日"), ("audience", "农民")]
    for theme, key in said:
        assert client.post(f"/articles/{article}/tags", data={"theme": theme, "key": key}).status_code < 400
    found = {key for key, by in standing(world, article).items() if by == "person"}
    assert found == {("emergency", "hail_thunder"), ("local", "220100"), ("day", "fire"), ("audience", "农民")}


@pytest.mark.parametrize(
    ("theme", "key"), [("emergency", "外星人"), ("local", "火星"), ("audience", "随便写写"), ("day", "某日")]
)
def test_a_label_that_nobody_knows_is_refused_with_names_that_exist(
    world: World, as_person: Login, theme: str, key: str
) -> None:
    answer = as_person("editor").post(f"/articles/{world.article_ids[0]}/tags", data={"theme": theme, "key": key})
    assert f"没有“{key}”这个" in answer.text
    assert (theme, key) not in standing(world, world.article_ids[0])


def test_the_tag_of_a_lifted_warning_says_so(world: World, as_person: Login) -> None:
    article = world.article_ids[0]
    with world.newsroom.store.session() as session:
        row = session.get(Article, article)
        assert row is not None
        row.title = "长春市气象台解除暴雪橙色预警信号"
    retag(world, article)
    assert "暴雪 已解除" in as_person("editor").get(f"/articles/{article}").text
