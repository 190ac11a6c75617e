"""Reading the editors' word lists: TOML and CSV text into checked values, and mistakes named by file and line."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any


class LexiconError(ValueError):
    """A word list cannot be used as it is. The message, in Chinese, names file and line and says what to do."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file} 第 {line} 行：{message}")
        self.file = file
        self.line = line


_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)$")
_HEADER = re.compile(r"^\s*\[\[\s*([\w.]+)\s*\]\]")
SEPARATORS = "、，,；;|"
"""They stand between words, not inside one,"""
_PHRASES = frozenset(["excludes"])
"""but in what a text says they may (老人、儿童)."""
_NAME = re.compile(r"""^\s*\[{0,2}\s*["']?([^\]\s"'=]+)["']?\s*(?:\]|=)""")


def _names(line: str) -> str:
    """What a line begins: the name of its header or key."""
    found = _NAME.match(line)
    return found[1] if found else ""


class TomlFile:
    """A parsed file that still knows on which line its tables and words stand."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self._lines = text.split("\n")
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _AT_LINE.search(str(error))
            line = int(found.group(1)) if found else len(self._lines)
            raise LexiconError(name, line, "不是正确的 TOML，请检查这一行的引号、逗号和括号。") from error
        except RecursionError as error:
            raise LexiconError(name, 1, "括号嵌套得太深，请检查有没有漏写右括号。") from error

    def only(self, *names: str) -> None:
        """Refuses parts that nobody reads: they are usually misspelt, and everything in them would be lost unseen."""
        for name in self.data:
            if name not in names:
                line = next((n for n, each in enumerate(self._lines, 1) if _names(each) == name), 1)
                raise LexiconError(self.name, line, f"不认识的段“{name}”，这个文件里只能写：{'、'.join(names)}。")

    def tables(self, header: str) -> Iterator[Table]:
        """The tables written as `[[header]]`, in order."""
        entries = self.data.get(header, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise LexiconError(self.name, self.line_of(header), f"“{header}”应写成 [[{header}]] 开头的若干段。")
        starts = [n for n, line in enumerate(self._lines, 1) if (m := _HEADER.match(line)) and m.group(1) == header]
        for number, entry in enumerate(entries):
            yield Table(self, entry, starts[number] if number < len(starts) else 1)

    def table(self, header: str) -> Table:
        """The one table written as `[header]`; empty where the file has none."""
        entry = self.data.get(header, {})
        if not isinstance(entry, dict):
            raise LexiconError(self.name, self.line_of(header), f"“{header}”应写成 [{header}] 开头的一段。")
        return Table(self, entry, self.line_of(header))

    def line_of(self, word: str, after: int = 1) -> int:
        """The first line from `after` on that holds the word; `after` itself where none does."""
        return next((n for n, line in enumerate(self._lines, 1) if n >= after and word in line), after)


class Table:
    """One table of a TOML file; every getter checks and says on which line the mistake stands."""

    def __init__(self, file: TomlFile, entry: dict[str, Any], line: int) -> None:
        self.file = file
        self.entry = entry
        self.line = line

    def fail(self, near: str, message: str) -> LexiconError:
        return LexiconError(self.file.name, self.file.line_of(near, self.line), message)

    def below(self, key: str) -> Table:
        """The same, where mistakes are looked for from the line of this key on."""
        return Table(self.file, self.entry, self.file.line_of(f"{key} =", self.line))

    def only(self, *keys: str) -> None:
        """Refuses keys that nobody reads: they are usually misspelt."""
        for key in self.entry:
            if key not in keys:
                raise self.fail(key, f"不认识的项“{key}”，这里只能写：{'、'.join(keys)}。")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.entry.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fail(key, f'缺少“{key}”或它不是文字，请写成 {key} = "……"。')
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self.entry.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.fail(key, f"“{key}”应是 {low:g} 到 {high:g} 之间的数。")
        return float(value)

    def count(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number."""
        value = self.entry.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise self.fail(key, f"“{key}”应是 {low} 到 {high} 之间的整数。")
        return value

    def words(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of words: none empty, none twice."""
        value = self.entry.get(key, [])
        if not isinstance(value, list) or (needed and not value):
            raise self.fail(key, f'“{key}”应是词的列表，请写成 {key} = ["词", "词"]。')
        seen: set[str] = set()
        for word in value:
            if not isinstance(word, str) or not word.strip():
                raise self.fail(key, f"“{key}”里有空词或不是文字的项，请删去。")
            if word != word.strip() or not word.isprintable():
                raise self.fail(
                    word.strip() or key, f"“{word.strip()}”的前后或中间有空格、换行或看不见的字符，请删去。"
                )
            if key not in _PHRASES and (mark := next((each for each in word[1:-1] if each in SEPARATORS), None)):
                raise self.fail(f'"{word}"', f"“{word}”里有“{mark}”，要分成几个词写，各用引号括起来，中间用逗号隔开。")
            if word in seen:
                raise self.fail(f'"{word}"', f"“{word}”在同一个列表里写了两次，请删去一个。")
            seen.add(word)
        return tuple(value)


def rows(name: str, text: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a CSV with their line numbers; a line that begins with # is a note."""
    lines = text.removeprefix("\ufeff").splitlines()
    header_seen = False
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            cells = next(csv.reader(io.StringIO(line)))
        except csv.Error as error:
            raise LexiconError(name, number, "这一行读不出来，请检查引号，并删去过长的内容。") from error
        if not header_seen:
            header_seen = True
            if cells != list(columns):
                raise LexiconError(name, number, f"第一行应是列名：{','.join(columns)}。")
            continue
        if len(cells) != len(columns):
            raise LexiconError(name, number, f"应有 {len(columns)} 列，这一行有 {len(cells)} 列，请补齐逗号。")
        yield number, dict(zip(columns, (cell.strip() for cell in cells), strict=True))
    if not header_seen:
        raise LexiconError(name, 1, f"文件是空的，第一行应是列名：{','.join(columns)}。")
