"""Changed word lists are tried before they are used: what would be gained and lost, without a word written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from test_tag import an_article

from config.files import FOLDER, ConfigError, changed_lexicon_files, lexicon_files
from content_store import kinds, people, tags
from content_store.tables import Article
from steps.newsroom import Newsroom
from steps.tag import BATCH, tag_due
from steps.tag_trial import EXAMPLES, Trial, differences, try_lexicons
from tagging import HotTopic, TaggedText, Tagger, Tagging, load_lexicons

MORE = '\n[[terms]]\nof = "drought"\nweight = 5\nwords = ["地皮发白"]\n'


def whole(newsroom: Newsroom, tried: Tagger, now: datetime) -> Trial:
    """A trial up to its end."""
    return list(try_lexicons(newsroom, tried, now))[-1]


@pytest.fixture(scope="module")
def tried() -> Tagger:
    """Lists that know one more word of drought, and no snowstorm warning by its name."""
    files = lexicon_files()
    files["lexicons/emergency.toml"] = files["lexicons/emergency.toml"].replace("暴雪", "没有这种天气") + MORE
    return Tagger(load_lexicons(files))


def test_gains_and_losses_are_counted_per_label_with_examples(newsroom: Newsroom, now: datetime, tried: Tagger) -> None:
    with newsroom.store.session() as session:
        snow = an_article(session, now)
        dry = [an_article(session, now, f"村东头地皮发白第{number}天", f"d{number}") for number in range(EXAMPLES + 2)]
    trial = whole(newsroom, tried, now)
    assert trial.articles == 1 + len(dry)
    changes = {(change.theme, change.key): change for change in trial.changes}
    drought = changes["emergency", "drought"]
    assert (drought.gains, drought.losses) == (len(dry), 0)
    assert len(drought.gained) == EXAMPLES
    assert drought.gained[0].words == ("地皮发白",)
    assert drought.gained[0].article_id in dry
    assert snow not in [example.article_id for example in drought.gained]


def test_a_trial_writes_nothing(newsroom: Newsroom, now: datetime, tried: Tagger) -> None:
    with newsroom.store.session() as session:
        article = an_article(session, now, "村东头地皮发白")
    tag_due(newsroom, now)
    with newsroom.store.reading() as session:
        before = [tag.model_dump() for tag in tags.of_article(session, article)]
    assert whole(newsroom, tried, now).changes
    with newsroom.store.reading() as session:
        assert [tag.model_dump() for tag in tags.of_article(session, article)] == before
        assert tags.due(session, newsroom.tagger.version) == []


def test_a_label_settled_by_a_person_changes_with_no_list(newsroom: Newsroom, now: datetime, tried: Tagger) -> None:
    with newsroom.store.session() as session:
        article = an_article(session, now, "村东头地皮发白")
        user = people.add(session, name="甲", display_name="甲", password_hash="x", roles=["editor"], now=now)
        assert user.id is not None
        tags.set_by_person(
            session, article, theme="emergency", key="drought", name="", rejected=True, user_id=user.id, now=now
        )
    trial = whole(newsroom, tried, now)
    assert "drought" not in [change.key for change in trial.changes]


class ReadsAllAsRumours:
    """Stands in for lists under which every text has another form."""

    def __init__(self, tagger: Tagger) -> None:
        self._tagger = tagger

    def tag_all(self, texts: Iterable[TaggedText], hot: Sequence[HotTopic]) -> list[Tagging]:
        denied = [replace(each, title="辟谣：网传消息是谣言", text="网传消息不实，专家辟谣。") for each in texts]
        return list(self._tagger.tag_all(denied, hot))


def test_a_form_that_a_person_gave_changes_with_no_list(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        settled, free = (an_article(session, now, "村里昨天开会", each) for each in ("1", "2"))
        user = people.add(session, name="甲", display_name="甲", password_hash="x", roles=["editor"], now=now)
        assert user.id is not None
        kinds.set_by_person(session, session.get_one(Article, settled), "news", user_id=user.id, now=now)
    trial = whole(newsroom, ReadsAllAsRumours(newsroom.tagger), now)  # type: ignore[arg-type]
    forms = [change for change in trial.changes if change.theme == "kind"]
    assert ("debunk", 1, 0) in [(change.key, change.gains, change.losses) for change in forms]
    assert {example.article_id for change in forms for example in (*change.gained, *change.lost)} == {free}


def test_whoever_stops_a_trial_has_what_was_found_so_far_of_the_newest(
    newsroom: Newsroom, now: datetime, tried: Tagger
) -> None:
    with newsroom.store.session() as session:
        for number in range(BATCH + 5):
            an_article(session, now + timedelta(minutes=number), f"村东头地皮发白第{number}天", str(number))
    found = try_lexicons(newsroom, tried, now)
    next(found)
    part = next(found)
    assert (part.articles, part.of) == (BATCH, BATCH + 5)
    drought = next(change for change in part.changes if change.key == "drought")
    assert drought.gains == BATCH
    assert drought.gained[0].title == f"村东头地皮发白第{BATCH + 4}天"


def test_the_same_lists_change_nothing(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        an_article(session, now)
    trial = whole(newsroom, newsroom.tagger, now)
    assert (trial.articles, trial.changes) == (1, [])


def test_another_kind_is_a_gain_and_a_loss(newsroom: Newsroom, tried: Tagger) -> None:
    texts = (TaggedText("1", "网传喝白酒能防疫是谣言", "专家辟谣：不实。"), TaggedText("1", "周末郊游", ""))
    before, after = (tried.tag(text) for text in texts)
    found = {(gained, *label) for gained, label, _, _ in differences(before, after)}
    assert {(True, "kind", "other"), (False, "kind", "debunk")} <= found


def test_progress_is_told_up_to_the_end(newsroom: Newsroom, now: datetime) -> None:
    with newsroom.store.session() as session:
        for number in range(120):
            an_article(session, now, f"第{number}篇", str(number))
    told: list[tuple[int, int]] = []
    tag_due(newsroom, now, limit=None, progress=lambda done, total: told.append((done, total)))
    assert told == [(50, 120), (100, 120), (120, 120)]


def test_a_folder_may_hold_the_changed_lists_only(tmp_path: Path) -> None:
    own = lexicon_files()
    (tmp_path / "emergency.toml").write_text(own["lexicons/emergency.toml"] + MORE, "utf-8")
    (tmp_path / "note.toml").write_text("x = 1", "utf-8")
    changed = changed_lexicon_files(tmp_path)
    assert set(changed) == set(own)
    assert {name for name in own if changed[name] != own[name]} == {"lexicons/emergency.toml"}
    assert changed_lexicon_files(FOLDER) == own


def test_a_name_that_is_nearly_a_lists_is_asked_about(tmp_path: Path) -> None:
    own = lexicon_files()
    (tmp_path / "emergency.toml").write_text(own["lexicons/emergency.toml"], "utf-8")
    (tmp_path / "phasess.toml").write_text("x = 1", "utf-8")
    with pytest.raises(ConfigError, match=r"phasess.toml 不是词表的名字，是不是 phases.toml"):
        changed_lexicon_files(tmp_path)


def test_another_level_of_a_warning_is_told_unless_a_person_took_the_hazard_away(newsroom: Newsroom) -> None:
    files = lexicon_files()
    files["lexicons/warnings.toml"] = files["lexicons/warnings.toml"].replace("红色", "绛色")
    text = TaggedText("1", "长春市气象台发布暴雪红色预警信号", "预计未来6小时有暴雪。")
    before, after = newsroom.tagger.tag(text), Tagger(load_lexicons(files)).tag(text)
    found = {(gained, *label): name for gained, label, name, _ in differences(before, after)}
    assert found[False, "level", "snowstorm:red"] == "暴雪·红色"
    own = {("emergency", "snowstorm")}
    assert "level" in {label[0] for _, label, _, _ in differences(before, after, own)}, "its level is read in the text"
    taken_away = own | {("level", "snowstorm")}
    assert "level" not in {label[0] for _, label, _, _ in differences(before, after, taken_away)}


def test_articles_with_tags_of_older_lists_are_counted(newsroom: Newsroom, now: datetime, tried: Tagger) -> None:
    with newsroom.store.session() as session:
        article = session.get_one(Article, an_article(session, now))
        article.tagger_version = "1-older"
    assert whole(newsroom, tried, now).older == 1
    tag_due(newsroom, now)
    assert whole(newsroom, tried, now).older == 0
    with newsroom.store.session() as session:
        tags.due_again(session, since=now)
    assert whole(newsroom, tried, now).older == 0, "tagged anew for another hot topic, with the same lists"


def test_a_folder_without_lists_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="没有词表"):
        changed_lexicon_files(tmp_path)
