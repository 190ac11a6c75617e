"""`kepu tag`: the tags of texts, with evidence; one text, or one a line."""

from __future__ import annotations

import io
import json
import logging
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from cli.streams import BadRecord, Record, lines_at_hand, run_together, write_json
from config.files import ConfigError, lexicon_files
from connectors.base import keepable
from tagging import HotTopic, LexiconError, TaggedText, Tagger, Tagging, load_lexicons

_log = logging.getLogger(__name__)
_LOWEST = 10_000
"""A rank beyond it is none."""
LONGEST_TITLE = 120
"""Characters of a first line that may be a title."""
_TRENDS = {
    "up": "up",
    "down": "down",
    "same": "same",
    "new": "new",
    "上升": "up",
    "下降": "down",
    "持平": "same",
    "新": "new",
}


def tag(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help="文本文件（第一行当作标题），“-”表示标准输入")] = "-",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="逐行读入 JSON，逐行输出")] = False,
    hotlist: Annotated[Path | None, typer.Option("--hotlist", help="热榜文件：JSON 或逐行 JSON")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="附上判断的依据和词表版本")] = False,
    stored: Annotated[
        bool, typer.Option("--stored", help="给库里没打过标签、或标签是旧词表打的素材打标签，可同时收入一份热榜")
    ] = False,
    trial: Annotated[
        Path | None, typer.Option("--try", help="拿这个文件夹里改过的词表在库存素材上试一遍，不写入任何东西")
    ] = None,
) -> None:
    """打标签：突发事件、热点、本地、受众、主题日、关键词，每个标签都附证据。"""
    topics = hotlist_topics(str(hotlist)) if hotlist else ()
    if stored or trial:
        # the store is needed for these ways only
        from cli.tag_stored import tag_stored, tell_trial

        if trial:
            tell_trial(ctx, trial, as_json=jsonl)
        else:
            write_json(tag_stored(ctx, hotlist.stem if hotlist else "", topics))
        return
    tags = TagLines(build_tagger(), topics, explain)
    if jsonl:
        source = cast(io.BufferedReader, sys.stdin.buffer) if file == "-" else io.BytesIO(_read(file))
        run_together(tags.all, lines_at_hand(source), sys.stdout.buffer)
        return
    page = sys.stdin.buffer.read() if file == "-" else _read(file)
    write_json(tags.one({"id": None} | title_and_text(page)))


def title_and_text(page: bytes) -> Record:
    """A text file's first line as title and the rest as text; a first line that is no title is text. Raises CommandFailed."""
    try:
        said = page.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        said = _as_gb18030(page).strip()
    first, _, rest = said.partition("\n")
    return {"title": first, "text": rest} if len(first) <= LONGEST_TITLE else {"title": "", "text": said}


def _as_gb18030(page: bytes) -> str:
    """What Notepad calls ANSI."""
    try:
        return page.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _failed("文件既不是 UTF-8 也不是 GBK 编码，请另存为 UTF-8 后再试。") from error


def build_tagger(files: Mapping[str, str] | None = None) -> Tagger:
    """The tagger of these word lists, or of this installation's. Raises ConfigError, which names the file and line to mend."""
    try:
        return Tagger(load_lexicons(files or lexicon_files()))
    except LexiconError as error:
        raise ConfigError(f"词表有误：{error}") from error


class TagLines:
    """The line-by-line form of the tagger."""

    def __init__(self, tagger: Tagger, hotlist: Iterable[HotTopic] = (), explain: bool = False) -> None:
        self._tagger = tagger
        self._hotlist = tuple(hotlist)
        self._explain = explain

    def one(self, record: Record) -> Record:
        """{"id","title","text","published_at","source_name"} in, the tags out (design §5)."""
        return self.all([record])[0]

    def all(self, records: Sequence[Record]) -> list[Record]:
        """The same for many, which takes less time for each."""
        taggings = self._tagger.tag_all(map(_text, records), self._hotlist, self._explain)
        return [
            tagging.as_json() | {"id": record.get("id")} | (self._why(tagging) if self._explain else {})
            for record, tagging in zip(records, taggings, strict=True)
        ]

    def _why(self, tagging: Tagging) -> Record:
        days = [
            {"key": day.key, "score": day.score, "evidence": [each.as_json() for each in day.evidence]}
            for day in tagging.day
        ]
        return {"explain": {"version": self._tagger.version, "reasons": list(tagging.reasons), "day": days}}


def _text(record: Record) -> TaggedText:
    title, text = record.get("title"), record.get("text")
    if not isinstance(title, str) and not isinstance(text, str):
        raise BadRecord("缺少 title 或 text，请补上后再打标签。")
    for name, value in (("title", title), ("text", text)):
        if not isinstance(value, str | None):
            raise BadRecord(f"{name} 应是文字，请改正后再打标签。")
    source, area = record.get("source_name"), record.get("source_area")
    return TaggedText(
        id=str(record.get("id")),
        title=title if isinstance(title, str) else "",
        text=text if isinstance(text, str) else "",
        published_at=_moment(record.get("published_at")),
        source_name=source if isinstance(source, str) else "",
        source_area=area if isinstance(area, str) else "",
    )


def _moment(value: Any) -> datetime | None:
    """ISO time or seconds since 1970. A time nobody can read only costs the theme days, so it is no error."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        return datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def hotlist_topics(file: str) -> tuple[HotTopic, ...]:
    """Tags without hot topics look like tags of a quiet day, so a list that cannot be read is an error."""
    content = _read(file)
    topics = read_hotlist(content)
    if content.strip() and not topics:
        raise _failed(
            f'热榜文件 {file} 里没有话题，应是 JSON 列表，或每行一个 JSON，如 {{"topic": "话题", "rank": 1}}。'
        )
    return topics


def read_hotlist(content: bytes) -> tuple[HotTopic, ...]:
    """The topics of a hot list: a JSON array, an object holding one, or JSON lines; advertisements are dropped."""
    text = content.decode("utf-8-sig", "replace")
    try:
        entries = _entries(json.loads(text))
    except (ValueError, RecursionError):
        lines = [line for line in text.split("\n") if line.strip()]
        entries = [entry for line in lines if (entry := _line(line)) is not None]
        if entries and len(entries) < len(lines):
            _log.warning("热榜中有 %d 行读不懂，已略过。", len(lines) - len(entries))
    topics = (_topic(entry, number) for number, entry in enumerate(entries, 1))
    return tuple(topic for topic in topics if topic is not None)


def _entries(value: Any, depth: int = 3) -> list[Any]:
    """The list that holds topics: the value, or the first below it, as in {"data": {"list": [...]}}."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        return []
    if _name(value):
        return [value]
    lists = (_entries(each, depth - 1) for each in value.values() if isinstance(each, list | dict) and depth)
    return max(lists, key=lambda each: sum(_topic(one, 1) is not None for one in each), default=[value])


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _topic(entry: Any, number: int) -> HotTopic | None:
    if isinstance(entry, str):
        kept = keepable(entry).strip()
        return HotTopic(kept, number) if kept else None
    if not isinstance(entry, dict) or entry.get("ads") is True or not _name(entry):
        return None
    rank = entry.get("rank")
    heat = next((entry[key] for key in ("heat", "hot", "hotScore") if key in entry), None)
    return HotTopic(
        topic=_name(entry),
        rank=rank if isinstance(rank, int) and not isinstance(rank, bool) and 0 < rank <= _LOWEST else number,
        list=str(entry.get("list") or entry.get("source") or ""),
        trend=_TRENDS.get(str(entry.get("trend") or entry.get("hotChange") or ""), ""),
        heat=_finite(heat),
        description=str(entry.get("description") or entry.get("desc") or ""),
    )


def _finite(heat: Any) -> float | None:
    try:
        return float(heat) if isinstance(heat, int | float) and math.isfinite(heat) else None
    except OverflowError:
        return None


def _name(entry: Mapping[str, Any]) -> str:
    names = (entry.get(key) for key in ("topic", "title", "word", "name", "query"))
    return next((kept for name in names if isinstance(name, str) and (kept := keepable(name).strip())), "")


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise _failed(f"读不了文件 {file}，请检查路径和权限。") from error


def _failed(text: str) -> Exception:
    # imported late: it brings the store along, a second that this command need not pay
    from cli.opening import CommandFailed

    return CommandFailed(text)
