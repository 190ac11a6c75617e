"""`kepu bench hot`: is there a science angle to a hot topic? Average precision over the later half of Weibo's daily lists.

The classes are the list's own and noisy: most topics are filed under society or nowhere, those with a science angle too.
So three tables are given: all topics; those that were filed; and without the classes in which science is common but not named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchmarks.angle_words import UNTIL, FiledTopic, filed_topics
from benchmarks.figures import Figure, PeerMissing, Setting
from config.files import lexicon_files
from tagging import HotTopic, Lexicon, Tagger, load_lexicons

WANTED = 0.40
_MIXED = frozenset({"社会", "时事", "政务", "公益", "互联网", "教育", "数码", "IT技术", "汽车", "军事"})


def run(setting: Setting) -> Iterator[Figure]:
    """The table. Raises PeerMissing where the lists are absent."""
    if not (setting.data / "hot").is_dir():
        raise PeerMissing("没有找到热榜数据（data/hot），请用 --data 指明它所在的文件夹。")
    lexicon = load_lexicons(lexicon_files())
    later = [each for each in filed_topics(setting.data) if each.day >= UNTIL]
    filed = [each for each in later if each.category]
    clear = [each for each in filed if each.is_science or each.category not in _MIXED]
    ours, theirs = Tagger(lexicon).science_angle, _keyword_share(lexicon)
    for name, topics in (("全部话题", later), ("有分类的话题", filed), ("分类清楚的话题", clear)):
        usual = sum(each.is_science for each in topics) / len(topics)
        found = average_precision(topics, ours)
        yield Figure(
            what=f"科学角度，{name}（{len(topics)} 个，科学类占 {usual:.1%}）：平均精度",
            ours=found,
            peer="关键词",
            theirs=average_precision(topics, theirs),
            wanted=f"≥ {WANTED}",
            reached=found >= WANTED,
        )


def average_precision(topics: Sequence[FiledTopic], score: Callable[[HotTopic], float]) -> float:
    """The mean of the precision at each topic of science, in the order of their scores."""
    ranked = sorted(topics, key=lambda each: -score(each.topic))
    hits, total = 0, 0.0
    for place, each in enumerate(ranked, 1):
        if each.is_science:
            hits += 1
            total += hits / place
    return total / max(1, hits)


def _keyword_share(lexicon: Lexicon) -> Callable[[HotTopic], float]:
    """How many words of science.toml stand in the topic."""
    words = {word for group in lexicon.groups if group.table == "science" for word in group.words}

    def score(topic: HotTopic) -> float:
        text = f"{topic.topic}\n{topic.description}".lower()
        return sum(word in text for word in words)

    return score
