"""`kepu dedupe`: which of a stream of texts are the same piece as an earlier one, or another report of its event."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from cli.streams import BadRecord, Record, run
from config.files import lexicon_files
from tagging import Tagger, load_lexicons
from tagging.event_index import EventIndex
from tagging.sameness import signature
from tagging.sameness_index import SamenessIndex


def dedupe(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="逐行读入 JSON，逐行输出")] = False,
) -> None:
    """查重：输入 {"id","title","text"}，输出每条属于哪个同题、与哪条重复、与哪条报道同一事件、相似度多少。"""
    if not jsonl:
        raise typer.BadParameter("请加上 --jsonl，并从标准输入逐行给出 JSON。")
    run(Deduper().one, sys.stdin.buffer, sys.stdout.buffer)


class Deduper:
    """Remembers every piece it has seen."""

    def __init__(self) -> None:
        self._tagger = Tagger(load_lexicons(lexicon_files()))
        self._pieces: SamenessIndex[int] = SamenessIndex()
        self._events: EventIndex[int] = EventIndex()
        self._clusters: list[Any] = []
        self._ids: list[Any] = []

    def one(self, record: Record) -> Record:
        """{"id","title","text"} in; {"id","cluster","duplicate_of","event_of","similarity"} out.

        A cluster bears its first piece's id. `similarity` is that of the piece that is repeated, else that of the report most alike.
        """
        title, text = record.get("title") or "", record.get("text") or ""
        if not isinstance(title, str) or not isinstance(text, str) or not (title or text).strip():
            raise BadRecord("缺少 title 或 text，请补上后再查重。")
        number = len(self._ids)
        repeated, similarity = self._repeated(number, title, text)
        event = None
        if repeated is None:
            event, similarity = self._event(number, title, text)
        beside = event if repeated is None else repeated
        self._ids.append(record.get("id"))
        self._clusters.append(record.get("id") if beside is None else self._clusters[beside])
        return {
            "id": record.get("id"),
            "cluster": self._clusters[number],
            "duplicate_of": None if repeated is None else self._ids[repeated],
            "event_of": None if event is None else self._ids[event],
            "similarity": round(similarity, 3),
        }

    def _repeated(self, number: int, title: str, text: str) -> tuple[int | None, float]:
        signed = signature(title, text)
        match = self._pieces.best(signed)
        self._pieces.add(number, signed)
        return match or (None, 0.0)

    def _event(self, number: int, title: str, text: str) -> tuple[int | None, float]:
        """Reports are put beside the one that opened an event, never beside one that joined."""
        outline = self._tagger.outline(title, text)
        nearest = self._events.nearest(outline)
        if nearest.event is None:
            self._events.add(number, outline)
        return nearest.event, nearest.likeness
