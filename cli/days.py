"""`kepu days`: the theme days of the next weeks, for whoever plans what to write."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from cli.streams import write_json
from config.files import lexicon_files
from tagging import load_lexicons
from tagging.days import BEIJING, ThemeDay, caution, coming, unannounced, undated


def days(
    within: Annotated[int, typer.Option(min=0, max=366, help="往后看多少天")] = 30,
    on: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="从哪一天看起，默认今天")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只输出 JSON，每行一个主题日")] = False,
) -> None:
    """主题日：正在进行的和近期要到的，按日期排列。"""
    today = on.date() if on else datetime.now(BEIJING).date()
    known = load_lexicons(lexicon_files()).days
    found, undecided = coming(known, today, within), unannounced(known, today, within)
    if as_json:
        for start, day in found:
            _write(day, start, usual=day.is_usual(start))
        for day in undecided:
            _write(day, None, usual=False)
        return
    sys.stdout.writelines(f"{line}\n" for line in _told(found, undecided, today, within))


def _write(day: ThemeDay, start: date | None, usual: bool) -> None:
    """`date` is null while it is not announced; `usual`: it follows from what is usual and may be announced otherwise."""
    told = {"key": day.key, "name": day.name, "date": start.isoformat() if start else None, "days": day.length}
    write_json(told | {"usual": usual, "set_by": day.set_by})


def _told(found: list[tuple[date, ThemeDay]], undecided: list[ThemeDay], today: date, within: int) -> Iterator[str]:
    for start, day in found:
        end = start + timedelta(days=day.length - 1)
        until = f" 至 {end:%m-%d}" if day.length > 1 else ""
        left = (start - today).days
        when = "正在进行" if left < 0 else "今天" if left == 0 else f"还有 {left} 天"
        yield f"{start:%Y-%m-%d}{until}  {day.name}（{'；'.join(filter(None, (when, caution(day, start))))}）"
    yield from map(undated, undecided)
    if not found and not undecided:
        yield f"今后 {within} 天没有登记的主题日。"
