"""Changed word lists tried on what is stored: which articles would gain a label, and which would lose it. Nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import datetime

from content_store import kinds, tags
from steps.hot_lists import listed_now
from steps.newsroom import Newsroom
from steps.tag import BATCH, rows, text_of
from tagging import Tagger, Tagging
from tagging.lexicon import KINDS

EXAMPLES = 3
"""So many articles are shown for each label gained or lost, the newest."""

Label = tuple[str, str]
"""Theme and key; the kind of a text counts as a theme of its own, and so do level, action and phase of a hazard
(key: hazard:value)."""

_DETAILS = {
    "level": {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"},
    "action": {
        "issue": "发布",
        "continue": "继续",
        "upgrade": "升级",
        "downgrade": "降级",
        "cancel": "解除",
        "test": "演练",
    },
    "phase": {"before": "事前", "during": "事中", "after": "事后"},
}


@dataclass(frozen=True)
class Example:
    """An article that gains or loses a label, with the words that speak for it there where it stands."""

    article_id: int
    title: str
    words: tuple[str, ...]


@dataclass
class Change:
    """What happens to one label."""

    theme: str
    key: str
    name: str
    gains: int = 0
    losses: int = 0
    gained: list[Example] = field(default_factory=list)
    lost: list[Example] = field(default_factory=list)


@dataclass(frozen=True)
class Trial:
    articles: int
    """How many were tried, the newest first."""
    of: int
    """How many are stored."""
    changes: list[Change]
    """The labels that change, those with most articles first."""
    older: int = 0
    """So many stored articles still have tags of older lists: tagged anew, they may change in other ways too."""


def try_lexicons(newsroom: Newsroom, tried: Tagger, now: datetime) -> Iterator[Trial]:
    """Tags every stored article with the newsroom's lists and with the tried ones, under the hot list of now. Gives what was
    found so far after every few articles, so that whoever stops has something in hand; the last is the whole."""
    with newsroom.store.reading() as session:
        articles = tags.newest(session)
        older = tags.number_of_older(session, newsroom.tagger.version)
    hot = listed_now(newsroom, now)
    changes: dict[Label, Change] = {}
    yield Trial(0, len(articles), [], older)
    for start in range(0, len(articles), BATCH):
        numbers = articles[start : start + BATCH]
        with newsroom.store.reading() as session:
            batch = {article.id: article for article in tags.to_tag(session, numbers)}
            settled = _by_article(tags.settled_by_person(session, numbers), kinds.of_people(session, numbers))
        stored = [batch[number] for number in numbers if number in batch]
        texts = [text_of(article) for article in stored]
        taggings = newsroom.tagger.tag_all(texts, hot), tried.tag_all(texts, hot)
        for article, before, after in zip(stored, *taggings, strict=True):
            for gained, label, name, words in differences(before, after, settled[article.id]):
                change = changes.setdefault(label, Change(*label, name))
                _add(change, gained, Example(article.id, article.title, words))
        ranked = sorted(changes.values(), key=lambda each: (-each.gains - each.losses, each.theme, each.key))
        yield Trial(start + len(numbers), len(articles), ranked, older)


def differences(
    before: Tagging, after: Tagging, settled: Set[Label] = frozenset()
) -> Iterator[tuple[bool, Label, str, tuple[str, ...]]]:
    """(gained or lost, label, its name, its words) for each label that one tagging has and the other has not. Pure.

    What a person has settled changes with no list.
    """
    old, new = _labels(before), _labels(after)
    for gained, own, other in ((True, new, old), (False, old, new)):
        for label, (name, words) in own.items():
            if label not in other and not _settled(label, settled):
                yield gained, label, name, words


def _labels(tagging: Tagging) -> dict[Label, tuple[str, tuple[str, ...]]]:
    said = tagging.as_json()
    found: dict[Label, tuple[str, tuple[str, ...]]] = {("kind", said["kind"]): (said["kind"], ())}
    for row in rows(said["themes"]):
        words = tuple(dict.fromkeys(each["word"] for each in row["evidence"]))
        found[row["theme"], row["key"]] = (row["name"], words)
        for theme, names in _DETAILS.items():
            if value := row["detail"].get(theme):
                found[theme, f"{row['key']}:{value}"] = (f"{row['name']}·{names.get(value, value)}", words)
    return found


def _settled(label: Label, settled: Set[Label]) -> bool:
    theme, key = label
    return label in settled or (theme, key.partition(":")[0]) in settled


def _by_article(settled: Iterable[tuple[int, str, str, bool]], formed: Iterable[int]) -> dict[int, set[Label]]:
    """What no list changes: a person's labels, what is said of a hazard that a person took away, and the form of those
    articles (`formed`) whose form a person gave."""
    found: dict[int, set[Label]] = defaultdict(set)
    for article in formed:
        found[article] |= {("kind", kind) for kind in KINDS}
    for article, theme, key, rejected in settled:
        found[article].add((theme, key))
        if theme == "emergency" and rejected:
            found[article] |= {(detail, key) for detail in _DETAILS}
    return found


def _add(change: Change, gained: bool, example: Example) -> None:
    shown = change.gained if gained else change.lost
    change.gains += gained
    change.losses += not gained
    if len(shown) < EXAMPLES:
        shown.append(example)
