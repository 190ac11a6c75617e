"""The tagger: all readers over one pass of matching."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from tagging.angle import angle, least, marks
from tagging.audience import AudienceReader
from tagging.cutting import Cutter
from tagging.daytags import DayReader
from tagging.distinctions import marks_of_event
from tagging.document import MAX_BODY, letters, plain, read
from tagging.emergency import Emergency, EmergencyReader, advised
from tagging.folding import bare, without_markup
from tagging.forms import Marks, form_weights
from tagging.hot import PreparedTopic, match, prepare
from tagging.kinds import KindReader, Read
from tagging.lexicon import Lexicon
from tagging.local import Local, LocalReader
from tagging.matching import Found, Matcher
from tagging.same_event import MAX_CHARS, Outline, outline
from tagging.shapes import HotTag, HotTopic, Kind, TaggedText, Tagging
from tagging.topics import JoinedTopic
from tagging.words import Keywords, Words, beginning

_DESCRIPTION = 300
_BATCH = 200
_BATCH_CHARS = 100_000
"""So many texts or characters are tagged at once: more gain nothing, and what is found in them takes memory."""
RULES = "12"
"""Raised whenever the rules in code change what texts are tagged with."""


class Tagger:
    """Tags texts by one lexicon. Building one takes half a second and 150 MB; tagging changes nothing in it but memos.

    `version` names rules and word lists together: tags of another version may differ. `engine` cuts texts into words:
    the fastest there is where none is given.
    """

    def __init__(self, lexicon: Lexicon, engine: Cutter | None = None) -> None:
        self.version = f"{RULES}-{lexicon.version}"
        self._letters = letters(lexicon.traditional)
        self._words = Words(
            (*lexicon.whole_words, *_long_names(lexicon)), lexicon.stop_words, engine, form_weights().words
        )
        self._emergency = EmergencyReader(lexicon, self._letters, self._words)
        self._local = LocalReader(lexicon, self._letters, self._words)
        self._audience = AudienceReader(lexicon, self._letters)
        self._days = DayReader(lexicon, self._letters)
        self._kinds = KindReader(lexicon, self._letters)
        readers = (self._emergency, self._local, self._audience, self._days, self._kinds)
        lists = {name: words for reader in readers for name, words in reader.lists.items()}
        self._matcher = Matcher(lexicon, self._letters, lists, (word for reader in readers for word in reader.words))
        self._hotlist: tuple[tuple[HotTopic, ...], tuple[PreparedTopic, ...]] = ((), ())

    def tag(self, item: TaggedText, hotlist: Sequence[HotTopic] = (), explain: bool = False) -> Tagging:
        """All tags of one text. Never fails on odd text: an empty or endless one gets few tags, not an error."""
        return next(self.tag_all((item,), hotlist, explain))

    def tag_all(
        self, items: Iterable[TaggedText], hotlist: Sequence[HotTopic] = (), explain: bool = False
    ) -> Iterator[Tagging]:
        """The same for many texts, in their order, in less time for each; with `explain` also how it came about.

        Some hundred are read before the first comes out.
        """
        topics = self._prepared(hotlist)
        for batch in _batches(items):
            with _uncollected():
                tagged = self._tag(batch, topics, explain)
            yield from tagged

    def _tag(self, items: Sequence[TaggedText], topics: Sequence[PreparedTopic], explain: bool) -> list[Tagging]:
        """Step by step over all texts: what a step asks for stays in the processor's cache, and words are counted together."""
        documents = [read(item, self._letters) for item in items]
        founds = [self._matcher.find(document) for document in documents]
        emergencies = [self._emergency.read(found) for found in founds]
        locals_ = [self._local.read(found, item) for found, item in zip(founds, items, strict=True)]
        known = [self._known(*each) for each in zip(founds, emergencies, locals_, strict=True)]
        words = self._words.count(map(beginning, documents))
        kinds = self._kinds.read(known, words, explain)
        keywords = self._words.keywords(documents, words, [local.names for local in locals_])
        return [
            self._tagging(item, topics, own, local, form, marking, explain)
            for item, own, local, form, marking in zip(items, known, locals_, kinds, keywords, strict=True)
        ]

    def _known(self, found: Found, emergency: Emergency, local: Local) -> Read:
        return Read(found, emergency, self._kinds.science(found, bool(emergency.tags)), bool(local.tags))

    def _tagging(
        self,
        item: TaggedText,
        topics: Sequence[PreparedTopic],
        known: Read,
        local: Local,
        form: tuple[Kind, str],
        keywords: Keywords,
        explain: bool,
    ) -> Tagging:
        found = known.found
        kind, told = form
        return Tagging(
            id=item.id,
            kind=kind,
            science=known.science,
            emergency=advised(known.emergency, kind, found.document).tags,
            hot=match(found.document, topics),
            local=local.tags,
            audience=self._audience.read(found, kind, bool(known.emergency.tags)),
            day=self._days.read(found, item.published_at),
            keywords=keywords,
            reasons=(known.emergency.reason, told) if explain else (),
        )

    def form_marks(self, item: TaggedText) -> Marks:
        """What tells the kind of a text, for learning (benchmarks/kind_words.py)."""
        found = self._found(item)
        known = self._known(found, self._emergency.read(found), self._local.read(found, item))
        return self._kinds.marks(known, self._words.cut(beginning(found.document)))

    def audience_measures(self, item: TaggedText, known: Callable[[str], bool]) -> dict[str, list[float]]:
        """What tells for whom a text is, by the words that are known; for learning (benchmarks/audience_weights.py)."""
        found = self._found(item)
        emergency = self._emergency.read(found)
        return self._audience.measures(found, self.tag(item).kind, bool(emergency.tags), known)

    def words_of(self, text: str) -> set[str]:
        """The content words of a text, in plain form."""
        return self._words.content(plain(text[:MAX_BODY], self._letters))

    def outline(self, title: str, text: str) -> Outline:
        """What a text is compared by with other reports of the same event."""
        own = plain(without_markup(f"{title}\n{text[:MAX_CHARS]}"), self._letters)
        marks = marks_of_event(bare(title), bare(text[:MAX_CHARS]))
        return outline(own, self._words.cut(own), self._words.weight_in_event, marks)

    def _prepared(self, hotlist: Sequence[HotTopic]) -> tuple[PreparedTopic, ...]:
        """The topics ready for matching; kept until another list comes, since one list serves many texts."""
        topics = tuple(hotlist)
        kept = self._hotlist  # read once: another thread may put another list there
        if topics != kept[0]:
            kept = self._hotlist = (
                topics,
                prepare(topics, self._words, self._letters, self.science_angle, self._places),
            )
        return kept[1]

    def _places(self, text: str) -> frozenset[str]:
        return self._local.places(self._found(TaggedText("", "", text)))

    def joined(self, hotlist: Sequence[HotTopic]) -> tuple[JoinedTopic, ...]:
        """The topics of several lists, the same one on two of them as one, the first seen first."""
        return tuple(topic.joined for topic in self._prepared(hotlist))

    def topics_of(self, item: TaggedText, hotlist: Sequence[HotTopic]) -> tuple[HotTag, ...]:
        """Which of the topics a text is about, without any other tag."""
        return match(read(item, self._letters), self._prepared(hotlist))

    def rumour_signs(self, topic: HotTopic) -> tuple[str, ...]:
        """The words of a topic that are used where something is doubted or denied."""
        text = f"{topic.topic}\n{topic.description}"
        return tuple(dict.fromkeys(text[start : start + len(word)] for start, word in self._signs(text)))

    def _signs(self, text: str) -> list[tuple[int, str]]:
        return self._found(TaggedText("", "", text)).words_of("rumour")

    def topic_words(self, topic: HotTopic) -> set[str]:
        """The content words of a topic and of the beginning of its description, compounds taken apart."""
        text = plain(f"{topic.topic}\n{topic.description[:_DESCRIPTION]}", self._letters)
        return {word for word in self._words.fine_cut(text) if self._words.is_content(word)}

    def topic_marks(self, topic: HotTopic) -> set[str]:
        """What tells whether the topic has a science angle: its words, and its characters in pairs."""
        return marks(plain(f"{topic.topic}\n{topic.description}", self._letters), self.topic_words(topic))

    def science_angle(self, topic: HotTopic) -> float:
        """0…1: could a science piece be hung on the topic?"""
        found = self._found(TaggedText("", topic.topic, topic.description))
        hazard = bool(self._emergency.read(found).tags)
        return max(least(topic.topic, hazard), angle(self.topic_marks(topic), self._kinds.science(found)))

    def _found(self, item: TaggedText) -> Found:
        return self._matcher.find(read(item, self._letters))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looks for garbage that refers to itself, of which tagging makes none: what is found in some hundred texts
    would be gone through again and again, together with the lists and weights."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _batches(items: Iterable[TaggedText]) -> Iterator[list[TaggedText]]:
    """So many texts at once as are worth it, or fewer of long ones."""
    batch: list[TaggedText] = []
    length = 0
    for item in items:
        batch.append(item)
        length += min(len(item.text), MAX_BODY)
        if len(batch) == _BATCH or length > _BATCH_CHARS:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


def _long_names(lexicon: Lexicon) -> list[str]:
    """Names that are safe to keep whole when cutting: long enough not to tear other words apart."""
    names = [area.name for area in lexicon.areas.names if len(area.name) > 3 and area.kind != "not_place"]
    return names + [name for day in lexicon.days for name in (day.name, *day.alias) if len(name) > 3]
