"""Cutting text into words: jieba is the reference; rjieba, the same rules and dictionary in Rust, does the work where it can."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

_WEIGHT = 2000
"""How often a word that we add is taken to stand in jieba's own counts: enough to be kept whole."""

PROBES = {
    "南京市长江大桥下的小明硕士毕业于中国科学院计算所": "南京市/长江大桥/下/的/小明/硕士/毕业/于/中国科学院/计算所",
    "他来到了网易杭研大厦，乒乓球拍卖完了": "他/来到/了/网易/杭研/大厦/，/乒乓球/拍卖/完/了",
    "黑土地上玉米长势喜人，工信处女干事每月都要下乡": "黑土地/上/玉米/长势喜人/，/工信处/女干事/每月/都/要/下乡",
}
"""Sentences and how jieba cuts them, the guessed words (杭研) too. An engine that differs here is not used."""


class Cutter(Protocol):
    """What both engines do. `guess` finds names that no dictionary has; without it only the dictionary counts."""

    def cut(self, text: str, guess: bool = True) -> list[str]: ...

    def has(self, word: str) -> bool: ...

    def add(self, whole: Iterable[str]) -> None: ...


class JiebaCutter:
    """A tokenizer of our own. jieba's module-level functions share one dictionary: a word added there leaks everywhere.

    The dictionary is read straight from the package; jieba's own way writes a cache into the system's temporary folder.
    """

    def __init__(self) -> None:
        import jieba  # here, not above: a fifth of a second that the faster engine need not pay

        self._tokenizer = jieba.Tokenizer()
        with (jieba_folder() / "dict.txt").open("rb") as dictionary:
            self._tokenizer.FREQ, self._tokenizer.total = self._tokenizer.gen_pfdict(dictionary)
        self._tokenizer.initialized = True

    def add(self, whole: Iterable[str]) -> None:
        for word in whole:
            self._tokenizer.add_word(word, freq=_WEIGHT)

    def cut(self, text: str, guess: bool = True) -> list[str]:
        return list(self._tokenizer.cut(text, HMM=guess))

    def has(self, word: str) -> bool:
        return bool(self._tokenizer.FREQ.get(word, 0) > 0)


class RjiebaCutter:
    """The same in Rust. It keeps Latin names whole (t.cn, 0-24) where jieba takes them apart; Chinese words are the same."""

    def __init__(self) -> None:
        import rjieba

        self._engine = rjieba.Jieba()

    def add(self, whole: Iterable[str]) -> None:
        for word in whole:
            self._engine.add_word(word, _WEIGHT, "n")

    def cut(self, text: str, guess: bool = True) -> list[str]:
        found: list[str] = self._engine.cut(text, guess)
        return found

    def has(self, word: str) -> bool:
        return bool(self._engine.has_word(word))


def cutter() -> Cutter:
    """The fast engine where it is installed and cuts as jieba does; else jieba."""
    try:
        engine = RjiebaCutter()
        return engine if cuts_like_jieba(engine) else JiebaCutter()
    except (ImportError, AttributeError, TypeError):  # absent, or a release with other functions
        return JiebaCutter()


def cuts_like_jieba(engine: Cutter) -> bool:
    return all("/".join(engine.cut(text)) == expected for text, expected in PROBES.items())


def jieba_folder() -> Path:
    """Where jieba's tables lie. Importing it to ask would take a tenth of a second, and only its tables may be needed."""
    spec = find_spec("jieba")
    origin = spec.origin if spec else None
    assert origin is not None  # a dependency of ours
    return Path(origin).parent
