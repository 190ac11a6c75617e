"""The list of articles and the article page."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

from conftest_desk import (
    SNOW,
    Login,
    World,
    a_story,
    seed,
)

from content_store import collecting, inbox, tags
from content_store.database import Store
from content_store.tables import Article
from desk.same_topic import same_topic
from steps.stories import make_from_article

HOSTILE = "<script>alert(1)</script>"


def test_the_list_shows_one_article_of_each_cluster_and_the_others_one_click_away(
    world: World, as_person: Login
) -> None:
    client = as_person("editor")
    html = client.get("/articles").text
    assert "长春市民防寒指南" in html
    assert "防寒指南（转载）" not in html
    assert "另有 1 篇同题" in html
    assert "防寒指南（转载）" in client.get(f"/articles/{world.article_ids[0]}/others").text


def test_a_filter_shows_the_member_that_fits_even_where_it_is_not_the_clusters_best(
    world: World, as_person: Login
) -> None:
    html = as_person("editor").get("/articles?source=city").text
    assert "防寒指南（转载）" in html
    assert "长春市民防寒指南" not in html


FILTERS = {
    "theme=emergency": True,
    "theme=emergency&key=snowstorm": True,
    "theme=emergency&key=flood": False,
    "area=220000": True,
    "area=220100": True,
    "area=220200": False,
    "audience=老年人": True,
    "kind=science": True,
    "kind=debunk": False,
    "q=积雪压断": True,
    "q=冻雨": False,
    "days=1": True,
    "number=2": False,
}


def test_filters_find_what_fits_and_nothing_else(as_person: Login) -> None:
    client = as_person("editor")
    found = {query: "长春市民防寒指南" in client.get(f"/articles?{query}").text for query in FILTERS}
    assert found == FILTERS


def test_nonsense_in_the_address_gives_a_page_not_an_error(as_person: Login) -> None:
    client = as_person("editor")
    for query in (
        "q=%27%20OR%201=1--",
        "q=%22%22",
        "source=nowhere",
        "days=x",
        "theme=x&key=y",
        "number=0",
        "area=%25",
    ):
        assert client.get(f"/articles?{query}").status_code == 200, query


def test_the_list_is_the_same_on_both_databases(store: Store, now, tmp_path) -> None:
    seed(store, tmp_path, now)
    with store.reading() as session:
        everything = inbox.listed(session, inbox.Wanted(), limit=10)
        searched = inbox.listed(session, inbox.Wanted(words="防寒 长春", since=now - timedelta(days=3)), limit=10)
        local = inbox.listed(session, inbox.Wanted(area="220000", theme="emergency", audience="老年人"), limit=10)
    assert [line.id for line in everything] == [1, 3, 4]
    assert [line.id for line in searched] == [1]
    assert [(line.id, line.others) for line in local] == [(1, 1)]


def test_hostile_titles_and_texts_stay_text_everywhere(world: World, as_person: Login) -> None:
    article = world.article_ids[2]
    story = a_story(world, 2)
    client = as_person("editor")
    for path in ("/articles", f"/articles/{article}", f"/articles/{article}?marks=true", "/stories",
                 f"/stories/{story}", f"/stories/{story}/edit", f"/stories/{story}/preview",
                 f"/stories/{story}/versions/1", f"/stories/{story}/versions/1/as/wx-jl"):  # fmt: skip
        html = client.get(path).text
        assert "<script>alert" not in html, path
        assert not re.search(r"<img[^>]*onerror", html), path


def test_a_tag_is_taken_away_and_added_by_hand_and_the_tagger_does_not_bring_it_back(
    world: World, as_person: Login
) -> None:
    client, article = as_person("editor"), world.article_ids[0]
    client.post(f"/articles/{article}/tags", data={"theme": "emergency", "key": "snowstorm", "rejected": "true"})
    client.post(f"/articles/{article}/tags", data={"theme": "local", "key": "吉林市"})
    with world.newsroom.store.reading() as session:
        standing = {(tag.theme, tag.key): tag.name for tag in tags.of_article(session, article)}
    assert ("emergency", "snowstorm") not in standing
    assert standing["local", "220200"] == "吉林市"
    client.post(f"/articles/{article}/tags", data={"theme": "emergency", "key": "snowstorm"})
    with world.newsroom.store.reading() as session:
        assert ("emergency", "snowstorm", "暴雪") in {
            (t.theme, t.key, t.name) for t in tags.of_article(session, article)
        }


def test_words_that_tags_rest_on_are_marked_in_the_text(world: World, as_person: Login) -> None:
    html = as_person("editor").get(f"/articles/{world.article_ids[0]}?marks=true").text
    assert '<mark class="emergency" title="暴雪">暴雪</mark>' in html


def test_a_source_that_forbids_reprints_makes_no_story(world: World, as_person: Login) -> None:
    answer = as_person("editor").post(f"/articles/{world.article_ids[3]}/story")
    assert answer.status_code == 409
    assert "不允许转载" in answer.text


def test_an_address_from_outside_never_becomes_a_script(world: World, as_person: Login) -> None:
    with world.newsroom.store.session() as session:
        article = session.get(Article, world.article_ids[0])
        assert article is not None
        article.url = "javascript:alert(1)"
    assert "javascript:" not in as_person("editor").get(f"/articles/{world.article_ids[0]}").text


def test_a_button_pressed_twice_makes_one_story(world: World, as_person: Login) -> None:
    client, address = as_person("editor"), f"/articles/{world.article_ids[0]}/story"
    first = client.post(address).headers["location"]
    assert client.post(address).headers["location"] == first
    assert as_person("editor2").post(address).headers["location"] != first
    assert 'name="again"' in client.get(f"/articles/{world.article_ids[0]}").text
    second = client.post(address, data={"again": "true"}).headers["location"]
    assert second != first
    world.pass_time(timedelta(minutes=6))
    assert client.post(address).headers["location"] not in (first, second)


def test_two_presses_at_the_same_moment_make_one_story_on_both_databases(store: Store, now, tmp_path) -> None:
    world = seed(store, tmp_path, now)
    together, made = threading.Barrier(4), []

    def press() -> None:
        together.wait()
        editor = world.user_ids["editor"]
        made.append(make_from_article(world.newsroom, world.article_ids[0], by=editor, now=now, again=False))

    presses = [threading.Thread(target=press) for _ in range(4)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert len(made) == 4
    assert len(set(made)) == 1


def test_reprints_and_other_reports_of_the_event_are_told_apart_and_the_best_is_named(
    world: World, as_person: Login
) -> None:
    first, copy, other, alone = world.article_ids
    with world.newsroom.store.session() as session:
        report = session.get(Article, other)
        cluster = session.get(Article, first)
        assert report is not None
        assert cluster is not None
        report.cluster_id = cluster.cluster_id
    client = as_person("editor")
    page = client.get(f"/articles/{first}").text
    assert "同题素材 2 篇" in page
    assert re.search(r"转载 1 篇.*防寒指南（转载）.*同一事件的报道 1 篇.*冻伤急救", page, re.DOTALL)
    assert "首选" not in page
    copied = client.get(f"/articles/{copy}").text
    assert "同题的首选是" in copied
    assert re.search(r"转载 1 篇.*长春市民防寒指南.*首选.*同一事件的报道 1 篇", copied, re.DOTALL)
    reported = client.get(f"/articles/{other}").text
    assert "同一事件的报道 2 篇" in reported
    assert "转载 1 篇" not in reported
    assert "暂无同题" in client.get(f"/articles/{alone}").text


def test_a_chain_of_reprints_that_bites_its_tail_ends(now) -> None:
    def line(number: int, repeats: int | None) -> inbox.Line:
        return inbox.Line(number, "题", "", "", now, 1, "源", "", "", 1, 1, 2, duplicate_of=repeats)

    article = Article(id=1, duplicate_of=2, source_id=1, external_id="", url="", title="", content_hash="")
    found = same_topic(article, [line(2, 3), line(3, 2), line(4, None)], 4)
    assert {each.id for each in (*found.reprints, *found.reports)} == {2, 3, 4}
    assert 4 in {each.id for each in found.reports}


def test_any_two_revisions_are_compared_and_the_page_says_how_often_the_source_changed_it(
    world: World, as_person: Login
) -> None:
    number = world.article_ids[0]
    with world.newsroom.store.session() as session:
        article = session.get(Article, number)
        assert article is not None
        for count, text in enumerate((SNOW.replace("三天", "两天"), SNOW.replace("三天", "一天") + "\n多备热水。")):
            values = {"text": text, "content_hash": f"r{count}"}
            collecting.revise(session, article, values, [], now=world.newsroom.now())
    client = as_person("editor")
    assert "来源处改过 2 次" in client.get(f"/articles/{number}").text
    first = client.get(f"/articles/{number}/revisions/1").text
    assert "未来<del>三</del><ins>两</ins>天" in first
    assert "多备热水" not in first
    whole = client.get(f"/articles/{number}/revisions/1?against=3").text
    assert "未来<del>三</del><ins>一</ins>天" in whole
    assert "<ins>多备热水。</ins>" in whole
    for path in ("3", "2?against=1", "1?against=9", "1?against=x"):
        assert client.get(f"/articles/{number}/revisions/{path}").status_code == 404, path


def test_the_article_page_names_permission_source_and_pictures(world: World, as_person: Login) -> None:
    number = world.article_ids[1]
    with world.newsroom.store.session() as session:
        article = session.get(Article, number)
        assert article is not None
        pictures = [("http://elsewhere.example/1.jpg", "雪", "图一 清雪现场"), ("javascript:alert(1)", "", "")]
        collecting.revise(session, article, {"content_hash": "p"}, pictures, now=world.newsroom.now())
    html = as_person("editor").get(f"/articles/{number}").text
    assert "需先征得同意" in html
    assert 'href="/sources/city"' in html
    assert "图片 2 张" in html
    assert "图一 清雪现场" in html
    assert "javascript:" not in html
    assert 'src="http://elsewhere' not in html
