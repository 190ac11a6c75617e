"""What stands where in somebody's JSON: paths like `data.list` or `images.0.url`, and a first guess at them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from connectors.base import RawPage, keepable
from connectors.errors import FormatChanged, keeping
from connectors.extraction.charset import decode
from connectors.sources.revisiting import charset_of
from connectors.sources.sizes import require_readable_json

_PATH = re.compile(r"[^.\s{}]+(?:\.[^.\s{}]+)*")
_LONGEST = 200
_WRAPPED = re.compile(r"\A(?:\s|/\*.*?\*/|;)*+(?:(?:var|let|const)\s+)?[\w$.]++\s*+(?:\(|=)\s*+(?=[\[{])", re.S)
_HTML = re.compile(r"\s*(?:<!doctype\s+html|<html[\s>]|<!--|<head|<body)", re.I)
_NAMES = {
    "title": ("title", "biaoti", "subject", "headline", "articletitle", "newstitle", "name"),
    "link": ("url", "link", "href", "articleurl", "weburl", "docpuburl", "docurl", "linkurl", "pageurl"),
    "date": (
        "publishtime",
        "pubtime",
        "pubdate",
        "publishdate",
        "docreltime",
        "publishedat",
        "releasetime",
        "showtime",
        "createtime",
        "createdat",
        "ctime",
        "time",
        "date",
        "timestamp",
    ),
    "author": ("author", "authorname", "writer", "zuozhe"),
    "source": ("source", "sourcename", "origin", "laiyuan", "media"),
    "summary": ("summary", "desc", "description", "abstract", "intro", "digest", "brief"),
    "body": ("content", "body", "html", "contenthtml", "articlecontent", "text"),
    "id": ("id", "articleid", "newsid", "docid", "guid", "uuid"),
    "pictures": ("images", "pictures", "cover", "image", "thumb", "picurl", "imgurl", "pic"),
}
_DEEPEST = 6


def path_fault(path: str) -> str:
    """Why this is no path, in Chinese; "" for a good one. The empty path is the answer itself."""
    if not path or (len(path) <= _LONGEST and _PATH.fullmatch(path)):
        return ""
    return f"路径写错了：{path[:60]}，应当是用点隔开的字段名，例如 data.list，列表里的第一项写 0。"


def reach(said: Any, path: str) -> Any:
    """What stands at the path; None where nothing does."""
    for name in path.split(".") if path else ():
        if isinstance(said, dict):
            said = said.get(name)
        elif isinstance(said, list) and name.isdigit() and int(name[:9]) < len(said):
            said = said[int(name[:9])]
        else:
            return None
    return said


def text_of(value: Any) -> str:
    """A text or a number as text; several of them joined; "" for anything else."""
    if isinstance(value, str):
        return keepable(value).strip()
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    if isinstance(value, list):
        return "、".join(filter(None, (text_of(each) for each in value if not isinstance(each, list))))
    return ""


def read_json(page: RawPage, connector: str) -> Any:
    """The JSON of a page, also with a byte order mark or wrapped in a call (JSONP). Raises FormatChanged."""
    text = keepable(decode(page.body, charset_of(page)).text).lstrip("\ufeff \t\r\n")
    with keeping(page):
        if not text:
            raise FormatChanged("接口返回了空白内容，请确认网址是否仍然有效。", connector=connector)
        if _HTML.match(text):
            raise FormatChanged("这个网址返回的是普通网页，不是 JSON 数据接口，请检查网址。", connector=connector)
        require_readable_json(text, connector)
        try:
            return json.loads(unwrapped(text), strict=False)
        except (ValueError, RecursionError) as error:
            raise FormatChanged("接口返回的 JSON 不完整或写错了，请确认网址是否正确。", connector=connector) from error


def is_json(page: RawPage) -> bool:
    """Whether a page that was led to is more of the interface and no article."""
    text = decode(page.body, charset_of(page)).text.lstrip("\ufeff \t\r\n")
    return text[:1] in ("{", "[") or bool(_WRAPPED.match(text))


def guessed(said: Any) -> dict[str, str]:
    """Settings for what looks like a list of articles: the longest list whose entries have a title. {} where there is none."""
    lists = [(len(entries), path, entries[0]) for path, entries in _lists(said, "", 0)]
    for _, path, first in sorted(lists, key=lambda found: -found[0]):
        names = {re.sub(r"[_-]", "", name).lower(): name for name in first if not path_fault(name) and "." not in name}
        fields = {
            field: names[known]
            for field, all_known in _NAMES.items()
            if (known := next((each for each in all_known if each in names and first[names[each]]), ""))
        }
        if "title" in fields and len(fields) > 1:
            return {"items": path, **fields}
    return {}


def _lists(said: Any, path: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(said, list) and said and all(isinstance(entry, dict) for entry in said):
        yield path, said
    elif isinstance(said, dict) and depth < _DEEPEST:
        for name, inner in said.items():
            if name and _PATH.fullmatch(name) and "." not in name:
                yield from _lists(inner, f"{path}.{name}" if path else name, depth + 1)


def unwrapped(text: str) -> str:
    """JSON without the call or the assignment around it."""
    start = _WRAPPED.match(text)
    return text[start.end() :].rstrip().rstrip(";").rstrip().removesuffix(")") if start else text
