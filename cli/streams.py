"""JSON lines in, JSON lines out: a bad line becomes an error for that line and the stream goes on."""

from __future__ import annotations

import json
import logging
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from io import BufferedIOBase
from typing import Any, BinaryIO

Record = dict[str, Any]
_log = logging.getLogger(__name__)
_CHUNK = 1 << 18


class BadRecord(ValueError):
    """Raised by a transform for input it cannot use; the message is Chinese and goes to that line's `error`."""


def run(transform: Callable[[Record], Record], lines: Iterable[bytes], sink: BinaryIO, first: int = 1) -> int:
    """Writes one line per non-empty line read; returns how many of them carry an error.

    `first` is the number of the first line, which is told of a line that cannot be read.
    """
    errors = 0
    for number, line in enumerate(lines, first):
        if not line.strip():
            continue
        written, failed = _line(transform, line, number)
        errors += failed
        sink.write(written)
        sink.flush()
    return errors


def run_together(
    transform: Callable[[list[Record]], list[Record]], batches: Iterable[list[bytes]], sink: BinaryIO
) -> None:
    """As `run`, for work that takes less time on many records at once.

    A batch with a line that cannot be used is done line by line.
    """
    first = 1
    for batch in batches:
        lines = [line for line in batch if line.strip()]
        try:
            written = [encoded(result) for result in transform([_record(line) for line in lines])]
        except Exception:  # which line it was, and what is to be said of it, comes out one by one
            run(lambda record: transform([record])[0], batch, sink, first)
        else:
            sink.write(b"".join(written))
            sink.flush()
        first += len(batch)


def lines_at_hand(source: BufferedIOBase) -> Iterator[list[bytes]]:
    """The lines of a stream, those that are there already together: whoever waits for each answer gets it at once."""
    begun: list[bytes] = []
    while chunk := source.read1(_CHUNK):
        first, *lines = chunk.split(b"\n")
        begun.append(first)
        if lines:
            yield [b"".join(begun), *lines[:-1]]
            begun = lines[-1:]
    yield [b"".join(begun)]


def write_json(value: Any) -> None:
    """One JSON value on stdout; always UTF-8, whatever encoding the terminal has. Raises ValueError as `encoded`."""
    line = encoded(value)
    sys.stdout.flush()
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def encoded(value: Any) -> bytes:
    """A value as one line of JSON. Raises ValueError for NaN and Infinity, which JSON does not know (RFC 8259, 6)."""
    return json.dumps(value, ensure_ascii=False, default=str, allow_nan=False).encode("utf-8", "replace") + b"\n"


def read_json(content: bytes) -> Any:
    """A JSON value in UTF-8. Raises ValueError for anything else, numbers without end too, RecursionError if too deep."""
    return json.loads(content.decode("utf-8-sig"), parse_constant=_refused, parse_float=_finite)


def _refused(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refused(digits)


def _record(line: bytes) -> Record:
    record = read_json(line)
    if not isinstance(record, dict):
        raise ValueError("no JSON object")
    return record


def _line(transform: Callable[[Record], Record], line: bytes, number: int) -> tuple[bytes, bool]:
    result = _one(transform, line, number)
    try:
        return encoded(result), bool(result.get("error"))
    except (ValueError, RecursionError):
        told = {"id": None, "error": f"第 {number} 行的结果写不成 JSON（数太大或嵌套太深），请检查数据。"}
        return encoded(told), True


def _one(transform: Callable[[Record], Record], line: bytes, number: int) -> Record:
    try:
        record = read_json(line)
    except (ValueError, RecursionError):
        return {"id": None, "error": f"第 {number} 行不是 UTF-8 编码的完整 JSON，请检查引号、括号和编码后重新提交。"}
    if not isinstance(record, dict):
        return {"id": None, "error": f"第 {number} 行应是一个 JSON 对象。"}
    try:
        return transform(record)
    except BadRecord as error:
        return {"id": record.get("id"), "error": str(error)}
    except Exception:
        # a defect of ours: told whole in the log, and the lines after this one are read all the same
        _log.exception("a line could not be processed")
        return {"id": record.get("id"), "error": f"处理第 {number} 行时程序出错，请把这一行和错误输出交给维护人员。"}
