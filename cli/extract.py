"""`kepu extract`: the article of a page, from a file, from standard input or one page a line."""

from __future__ import annotations

import base64
import binascii
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.opening import CommandFailed, print_json, settings
from cli.streams import BadRecord, Record, run
from connectors.extraction import BEIJING, SCATTERED, Extracted, SiteRule, is_scattered, kind_of_file
from connectors.extraction import extract as extract_page
from connectors.extraction.dates import parse_date
from connectors.extraction.paging import with_note
from flows.opening import site_rules


def extract(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help="网页文件，“-”表示标准输入")] = "-",
    url: Annotated[str, typer.Option(help="网页的网址，用来补全图片和链接")] = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="逐行读入 JSON，逐行输出")] = False,
) -> None:
    """从网页中取出标题、作者、时间、来源、正文、图片和附件。"""
    rules = site_rules(settings(ctx))
    if jsonl:
        lines = sys.stdin.buffer if file == "-" else _read(file).splitlines()
        run(lambda record: one(record, rules), lines, sys.stdout.buffer)
        return
    page = sys.stdin.buffer.read() if file == "-" else _read(file)
    if trouble := _trouble(page):
        print_json({"id": None, "error": trouble})
        raise typer.Exit(1)
    print_json({"id": None} | shown(extract_page(page, url, now=datetime.now(UTC), rules=rules)))


def _trouble(page: bytes | str) -> str:
    kind = kind_of_file(page)
    if not kind and is_scattered(page):
        return SCATTERED
    return f"这不是网页（{kind}），请提供网页的 HTML。" if kind else ""


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise CommandFailed(f"读不了文件 {file}，请检查路径和权限。") from error


def one(record: Record, rules: tuple[SiteRule, ...] = ()) -> Record:
    """One line of `kepu extract --jsonl`: {"id", "url", "html" | "html_b64", "fetched_at"} in, the page's fields out.

    `fetched_at` may be missing: then 3小时前 means nothing, and a date without a year takes the youngest year on the page.
    """
    url = record.get("url")
    page = _page(record)
    if trouble := _trouble(page):
        raise BadRecord(trouble)
    fetched = record.get("fetched_at")
    moment = parse_date(fetched) if isinstance(fetched, str) else None
    found = extract_page(
        page, url if isinstance(url, str) else "", now=moment and moment.at, latest=datetime.now(UTC), rules=rules
    )
    return {"id": record.get("id")} | shown(found)


def _page(record: Record) -> bytes | str:
    html, encoded = record.get("html"), record.get("html_b64")
    if isinstance(html, str):
        return html
    if not isinstance(encoded, str):
        raise BadRecord("缺少 html 或 html_b64，请补上网页内容。")
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRecord("html_b64 不是有效的 Base64 编码，请检查。") from error


def shown(page: Extracted) -> dict[str, Any]:
    """The fields as JSON; times in Beijing time, only the day where the page says no more."""
    when = page.published_at.astimezone(BEIJING) if page.published_at else None
    return {
        "title": page.title,
        "author": page.author,
        "published_at": when and (when.isoformat(timespec="seconds") if page.exact else when.date().isoformat()),
        "source_name": page.source_name,
        "text": page.text,
        "html": with_note(page.html, page.pages),
        "images": [picture.url for picture in page.images],
        "attachments": [attachment.model_dump() for attachment in page.attachments],
        "error": None,
    }
