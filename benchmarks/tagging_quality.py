"""`kepu bench tag-quality`: our tags, plain keyword matching and jieba alone against the hand-labelled texts.

All three use the same word lists; the baselines use them without weights, neighbours, exceptions and context.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import jieba

from benchmarks.figures import Figure, Setting
from benchmarks.tagging_audience import audience_own_texts, audience_real_texts, audience_score
from benchmarks.tagging_gold import (
    GoldText,
    Labeller,
    Labels,
    Score,
    kind_only_texts,
    labelled_real_texts,
    measures,
    own_texts,
    part_of,
    unseen_texts,
)
from config.files import lexicon_files
from tagging import Lexicon, TaggedText, Tagger, load_lexicons

WANTED = {
    "emergency": 0.95,
    "hazard": 0.93,
    "kind": 0.90,
    "local": 0.93,
    "local_ambiguous": 0.90,
    "audience": 0.85,
}
NAMES = {
    "emergency": "突发 F1",
    "hazard": "灾种正确率",
    "level": "级别 F1",
    "action": "动作 F1",
    "phase": "阶段 F1",
    "kind": "形式正确率",
    "local": "本地 F1",
    "local_ambiguous": "本地 F1（有歧义的地名）",
    "audience": "受众 F1",
    "day": "主题日 F1",
}
Words = Callable[[str], Callable[[str], bool]]
"""Text → a function that says whether a word is in it."""


def run(setting: Setting) -> Iterator[Figure]:
    """Own and, where the data is there, real texts; the report half decides, the tune half stands beside it."""
    texts = own_texts() + (labelled_real_texts(setting.data) if setting.data.is_dir() else [])
    lexicon = load_lexicons(lexicon_files())
    peers = {"关键词": keyword_labeller(lexicon), "jieba": jieba_labeller(lexicon)}
    for part, name in (("report", "报告部分"), ("tune", "调试部分")):
        chosen = [text for text in texts if part_of(text.id) == part]
        yield from _figures(name, chosen, tagger_labeller(Tagger(lexicon)), peers)
        yield from _audiences(name, part, setting, tagger_labeller(Tagger(lexicon)), peers)
    if setting.data.is_dir():
        more = [text for text in kind_only_texts(setting.data) if part_of(text.id) == "report"]
        yield from _kinds(f"报告部分，只标了形式的 {len(more)} 篇", more, tagger_labeller(Tagger(lexicon)), peers)
        unseen = unseen_texts(setting.data)
        yield from _kinds(f"另留的真实文本 {len(unseen)} 篇", unseen, tagger_labeller(Tagger(lexicon)), peers)


def _figures(name: str, texts: list[GoldText], ours: Labeller, peers: dict[str, Labeller]) -> Iterator[Figure]:
    found = measures(texts, ours)
    others = {peer: measures(texts, labeller) for peer, labeller in peers.items()}
    for measure, score in found.items():
        for peer, scores in others.items():
            yield _figure(f"{name}：{NAMES[measure]}", score, peer, scores[measure], WANTED.get(measure))


def _kinds(name: str, texts: list[GoldText], ours: Labeller, peers: dict[str, Labeller]) -> Iterator[Figure]:
    score = measures(texts, ours)["kind"]
    for peer, labeller in peers.items():
        theirs = measures(texts, labeller)["kind"]
        yield _figure(f"{name}：{NAMES['kind']}", score, peer, theirs, WANTED["kind"])


def _audiences(name: str, part: str, setting: Setting, ours: Labeller, peers: dict[str, Labeller]) -> Iterator[Figure]:
    """The texts of which only the audience is labelled."""
    sets = {"另写的": audience_own_texts()}
    if setting.data.is_dir():
        sets["另标的真实文本"] = audience_real_texts(setting.data)
    for which, texts in sets.items():
        own = [text for text in texts if part_of(text.id) == part]
        for peer, labeller in peers.items():
            scores = audience_score(own, ours), audience_score(own, labeller)
            what = f"{name}：{NAMES['audience']}，{which} {len(own)} 篇"
            yield _figure(what, scores[0], peer, scores[1], WANTED["audience"])


def _figure(what: str, score: Score, peer: str, theirs: Score, wanted: float | None) -> Figure:
    return Figure(
        what=what,
        ours=score.f1,
        peer=peer,
        theirs=theirs.f1,
        wanted=f"≥ {wanted}，且胜过对比" if wanted else "胜过对比",
        reached=score.f1 > theirs.f1 and score.f1 >= (wanted or 0),
    )


def tagger_labeller(tagger: Tagger) -> Labeller:
    """What the tagger says, as labels."""

    def label(item: TaggedText) -> Labels:
        result = tagger.tag(item)
        return Labels(
            emergency=tuple((tag.key, tag.level, tag.action, tag.phase) for tag in result.emergency),
            kind=result.kind,
            local=frozenset(tag.code for tag in result.local),
            audience=frozenset(tag.key for tag in result.audience),
            day=frozenset(tag.key for tag in result.day),
        )

    return label


def keyword_labeller(lexicon: Lexicon) -> Labeller:
    """Every word of the lists that stands anywhere in the text counts."""
    return _labeller(lexicon, lambda text: text.__contains__)


def jieba_labeller(lexicon: Lexicon) -> Labeller:
    """Every word of the lists that jieba cuts out of the text counts."""
    jieba.setLogLevel(60)
    cutter = jieba.Tokenizer()
    return _labeller(lexicon, lambda text: frozenset(cutter.lcut(text)).__contains__)


def _labeller(lexicon: Lexicon, words: Words) -> Labeller:
    def label(item: TaggedText) -> Labels:
        has = words(f"{item.title}\n{item.text}")
        hazards = [key for key, _ in _points(lexicon, "hazard", has, least=2).most_common()]
        phase = _first(_points(lexicon, "phase", has), "during")
        level = _value(lexicon, "levels", has) if _warns(lexicon, has) else None
        action = (_value(lexicon, "actions", has) or "issue") if level else None
        return Labels(
            emergency=tuple((key, level, action, phase) for key in hazards),
            kind="alert" if level else _first(_points(lexicon, "kind", has), "other"),
            local=_finest({name.code for name in lexicon.areas.names if name.kind != "not_place" and has(name.name)}),
            audience=frozenset(_points(lexicon, "audience", has)),
            day=frozenset(day.key for day in lexicon.days if any(map(has, (day.name, *day.alias)))),
        )

    return label


_BESIDE = 20
"""What must stand so near is part of a phrase."""


def _points(lexicon: Lexicon, table: str, has: Callable[[str], bool], least: float = 0) -> Counter[str]:
    points: Counter[str] = Counter()
    for group in lexicon.groups:
        # what counts only right beside another word (大巴 … 翻下) is an ordinary word: no keyword list would hold it
        if (
            group.table == table
            and group.weight >= least
            and not 0 < group.near < _BESIDE
            and (number := sum(map(has, group.words)))
        ):
            points[group.key] += number
    return points


def _first(points: Counter[str], otherwise: str) -> str:
    return points.most_common(1)[0][0] if points else otherwise


def _value(lexicon: Lexicon, part: str, has: Callable[[str], bool]) -> str | None:
    return next((value for value, words in lexicon.warnings[part].items() if any(map(has, words))), None)


def _finest(codes: set[str]) -> frozenset[str]:
    """Without the province and the cities whose parts are given."""
    return frozenset(
        code for code in codes if not any(other != code and other.startswith(code.rstrip("0")) for other in codes)
    )


def _warns(lexicon: Lexicon, has: Callable[[str], bool]) -> bool:
    return any(has(word) for words in lexicon.warnings["words"].values() for word in words)
