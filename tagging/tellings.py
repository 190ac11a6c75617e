"""Warnings that a text only speaks of: a denial, a memory, a condition, a question, what came of one, a device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tagging.document import Letters, plain_words
from tagging.matching import Found

_ISSUED = "(?:发布|启动|发出|签发|拉响|收到|接到|达到|发)"
_NOT_ISSUED = re.compile(
    rf"(?:未|没有?|不会|暂不|不拟|并不|从不|无需|不必|并非|不是|否认|尚无|[达还]不到|够不上|不具备)(?:曾|经|有|予|会)*(?:{_ISSUED}[了过]?[^,]{{0,8}})?$"
    rf"|没(?:有任何|有哪|说|听说|见)[^,]{{0,8}}{_ISSUED}$"
)
_MEANT = re.compile(
    rf"(?:[将拟]|可能|或将|打算|计划|考虑|准备|适时|视情|不排除)(?:[于在今明后昨早晚日天夜间上下午时点分会要再\d月]|适时|联合|首次|升级|继续){{0,12}}{_ISSUED}$"
)
"""Verbs of what may come. "将暴雨橙色预警升级" has no verb before the hazard."""
_IF = re.compile("若(?!干)")
_LIVED = re.compile(r"(?<![超通经度])过(?![程去])了?[^,]{0,4}$")
"""发布过, 见过, 经历过: what was."""
_COUNTED = re.compile(r"(?:信号|信息)?(?:共计?|累计)?\d+(?:条|次|期|余条|多条|余次|多次)")
_A_THING = re.compile(r"(?:[一两几]|\d{1,4})(?:张|则|纸|份)$|^一[条道]$")
"""一张大雾红色预警: told of as a thing."""
_LAST_YEAR = re.compile("(?:同期|相比)|[较比]$")
_NOT_AFTER = "(?!续|天|半|期|时段|时间|区|范围|地区|程度)"
_GOING_ON = re.compile(r"[\"”]?[一-鿿]")
_STILL_A_NOTICE = frozenset("请注提来了通持再正中今明已现又刚仍还在都")
"""What may follow a heading that is a warning without a verb: 暴雨红色预警请注意, 暴雪橙色预警来了."""
_EDGES = ", "
_ASKED = re.compile(
    "[吗?]|为什么|为何|什么是|是什么|怎么|怎样|如何|哪几|哪些|几种|是否|有啥|啥|会不会|要不要|该不该|多久|谁发"
)
_BECAUSE = re.compile("因为?|由于|根据|按照|依据|针对|应对|随着|面对|鉴于")


class Tellings:
    """Tells warnings that stand from those that are only spoken of, by the lists of warnings.toml."""

    def __init__(self, words: Mapping[str, tuple[str, ...]], verbs: Iterable[str], letters: Letters) -> None:
        own = {name: plain_words(words[name], letters) for name in ("past", "supposed", "behind", "denied", "reported")}
        self._past, self._supposed = own["past"], own["supposed"]
        self.words = frozenset((*own["denied"], *own["reported"]))
        behind = "|".join(map(re.escape, own["behind"]))
        self._behind = re.compile(rf"[\"”]?(?:信号|信息)?[\"”]?(?:{behind}){_NOT_AFTER}")
        self._acted = re.compile(f"(?:{'|'.join(map(re.escape, verbs))})(?!了?的)")

    def throughout(self, found: Found) -> bool:
        """Whether the whole text is of another hand: it calls something a rumour, or a reporter writes."""
        return not self.words.isdisjoint(found.places)

    def only_told(self, text: str, start: int, end: int, low: int, high: int) -> bool:
        """Whether the warning at `start` … `end` of the clause `low` … `high` is one the text only speaks of."""
        edge = max(text.rfind(mark, low, start) for mark in _EDGES) + 1
        before = text[max(low, edge) : start]
        if any(word in before for word in self._supposed) or self._is_past(text[low:start]):
            return True
        if any(pattern.search(before) for pattern in (_NOT_ISSUED, _MEANT, _LIVED, _IF, _A_THING)):
            return True
        if self._behind.match(text, end) or _COUNTED.match(text, end):
            return True
        return _ASKED.search(before + self._rest(text, before, end, high)) is not None or self._only_a_cause(before)

    def _rest(self, text: str, before: str, end: int, high: int) -> str:
        """What may make a question of it: the rest of its part between commas, or of the sentence where nobody issues anything."""
        if not self._acted.search(before + text[end:high]):
            return text[end : high + 1]
        return text[end : min((at for mark in _EDGES if (at := text.find(mark, end, high)) >= 0), default=high) + 1]

    def _is_past(self, before: str) -> bool:
        return any(
            not _LAST_YEAR.match(before[at + len(word) :]) and not _LAST_YEAR.search(before[:at])
            for word in self._past
            if (at := before.find(word)) >= 0
        )

    def _only_a_cause(self, before: str) -> bool:
        """ "因暴雨红色预警", but not "因雨势加强发布暴雨红色预警"."""
        because = _BECAUSE.search(before)
        return (
            because is not None and len(before) - because.end() < 20 and not self._acted.search(before, because.end())
        )


def goes_on(text: str, after: int, high: int) -> bool:
    """Whether a sentence goes on behind a warning's words, whose subject or object it then is (暴雨红色预警让…)."""
    return _GOING_ON.match(text, after, high) is not None and text[after] not in _STILL_A_NOTICE
