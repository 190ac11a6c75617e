"""`kepu dedupe`: which of a stream of texts are the same piece as an earlier one."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from cli.streams import BadRecord, Record, run
from tagging.sameness import signature
from tagging.sameness_index import SamenessIndex


def dedupe(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="逐行读入 JSON，逐行输出")] = False,
) -> None:
    """查重：输入 {"id","title","text"}，输出每条属于哪个同题、与哪条重复、相似度多少。"""
    if not jsonl:
        raise typer.BadParameter("请加上 --jsonl，并从标准输入逐行给出 JSON。")
    run(Deduper().one, sys.stdin.buffer, sys.stdout.buffer)


class Deduper:
    """Remembers every piece it has seen."""

    def __init__(self) -> None:
        self._index: SamenessIndex[int] = SamenessIndex()
        self._clusters: list[Any] = []
        self._ids: list[Any] = []

    def one(self, record: Record) -> Record:
        """{"id","title","text"} in; {"id","cluster","duplicate_of","similarity"} out. A cluster bears its first piece's id."""
        title, text = record.get("title") or "", record.get("text") or ""
        if not isinstance(title, str) or not isinstance(text, str) or not (title or text).strip():
            raise BadRecord("缺少 title 或 text，请补上后再查重。")
        signed = signature(title, text)
        match = self._index.best(signed)
        number = len(self._ids)
        self._index.add(number, signed)
        self._ids.append(record.get("id"))
        self._clusters.append(self._clusters[match[0]] if match else record.get("id"))
        return {
            "id": record.get("id"),
            "cluster": self._clusters[number],
            "duplicate_of": self._ids[match[0]] if match else None,
            "similarity": round(match[1], 3) if match else 0.0,
        }
