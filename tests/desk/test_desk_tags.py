"""Tags corrected at the desk: a person has the last word, also when the tagger comes again, and each tag says why it is there."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from conftest_desk import Login, World

from content_store import collecting, inbox, log, stories, tags
from content_store.inbox import Wanted
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


# ---------------------------------------------------------------- the form of a text


def form(world: World, article: int) -> str:
    with world.newsroom.store.reading() as session:
        return session.get_one(Article, article).kind


def test_an_editors_form_stands_when_the_tagger_comes_again_and_can_be_taken_back(
    world: World, as_person: Login
) -> None:
    article, client = world.article_ids[0], as_person("editor")
    retag(world, article)
    own = form(world, article)
    assert own != "debunk"
    assert client.post(f"/articles/{article}/kind", data={"kind": "debunk"}).status_code == 303
    retag(world, article)
    assert form(world, article) == "debunk"
    html = client.get(f"/articles/{article}").text
    assert re.search(r'value="debunk" aria-pressed="true"', html)
    assert re.search(r"李编 <time[^>]*>[^<]*</time> 改定，系统判为“", html)
    client.post(f"/articles/{article}/kind", data={})
    assert form(world, article) == own
    assert "改定" not in client.get(f"/articles/{article}").text
    with world.newsroom.store.reading() as session:
        told = [(row.act, row.actor, row.detail) for row in log.of(session, "article", article)]
    assert told == [
        ("kind_corrected", "李编", {"from": own, "to": "debunk"}),
        ("kind_taken_back", "李编", {"from": "debunk", "to": own}),
    ]


def test_pressing_the_taggers_own_form_confirms_it(world: World, as_person: Login) -> None:
    article, client = world.article_ids[0], as_person("duty")
    htmx = {"hx-request": "true"}
    said = client.post(f"/articles/{article}/kind", data={"kind": "science"}, headers=htmx).text
    assert "确认，系统也判为“科普”" in said
    assert said.count("aria-pressed") == 5, "the fragment is the whole choice"
    assert "改回系统判断" in said
    client.post(f"/articles/{article}/kind", data={"kind": "science"}, headers=htmx)
    with world.newsroom.store.reading() as session:
        assert len(log.of(session, "article", article)) == 1, "the same again is nothing new"


def test_a_corrected_form_counts_wherever_forms_are_asked_for(world: World, as_person: Login) -> None:
    article, client = world.article_ids[0], as_person("editor")
    title = "暴雪来了怎么办"
    with world.newsroom.store.session() as session:
        row = session.get_one(Article, article)
        pictures = [("http://127.0.0.1/1.jpg", "", "")]
        collecting.revise(session, row, {"content_hash": "p"}, pictures, now=world.newsroom.now())
        found = {"theme": "hot", "key": "暴雪", "name": "暴雪", "score": 1.0}
        tags.replace_tagger_tags(session, {article: [found]}, now=world.newsroom.now())
        assert stories.materials(session, limit=9) == [article]
    client.post(f"/articles/{article}/kind", data={"kind": "debunk"})
    assert title in client.get("/articles?days=all&kind=debunk").text
    assert title not in client.get("/articles?days=all&kind=science").text
    shown = client.get("/articles?days=all").text
    assert '辟谣<i title="人工标注">✓</i>' in shown
    with world.newsroom.store.reading() as session:
        assert inbox.listed(session, Wanted(kind="science"), limit=9) == []
        assert stories.materials(session, limit=9) == [], "no example of science any more"
        [(_topic, number, _at, kind)] = tags.hot_articles(session, since=world.newsroom.now() - timedelta(days=9))
        assert (number, kind) == (article, "debunk"), "the topic counts it among what debunks"


def test_a_form_that_does_not_exist_or_of_an_article_that_is_gone_is_refused(world: World, as_person: Login) -> None:
    article, client = world.article_ids[0], as_person("editor")
    assert "没有这个类型" in client.post(f"/articles/{article}/kind", data={"kind": "weather"}).text
    assert form(world, article) == "science"
    for kind in ("", "news"):
        assert client.post("/articles/999999/kind", data={"kind": kind}).status_code == 404


def test_who_may_not_correct_a_form_sees_it_without_buttons(world: World, as_person: Login) -> None:
    article = world.article_ids[0]
    as_person("editor").post(f"/articles/{article}/kind", data={"kind": "news"})
    html = as_person("analyst").get(f"/articles/{article}").text
    assert '新闻<i title="人工标注">✓</i>' in html
    assert f"/articles/{article}/kind" not in html
