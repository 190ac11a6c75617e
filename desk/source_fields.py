"""The form's own fields for what a kind of source can be set to: names, explanations, and what was typed as settings. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


def _text(said: str) -> Any:
    return said


def _number(said: str) -> Any:
    """What is no number is left as it is: the check of the settings says so beside the field."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else said


def _lines(said: str) -> Any:
    return [line.strip() for line in said.splitlines() if line.strip()]


def _ticked(said: str) -> Any:
    return True


@dataclass(frozen=True)
class Field:
    """A setting with a field of its own. `box`: its name in the form, since two kinds may have settings of one name."""

    setting: str
    box: str
    label: str
    hint: str
    read: Callable[[str], Any] = _text
    example: str = ""

    @property
    def takes(self) -> str:
        """text, number, lines or tick."""
        return {_number: "number", _lines: "lines", _ticked: "tick"}.get(self.read, "text")

    def shown(self, settings: Mapping[str, Any]) -> str:
        """The setting as it stands in its field."""
        value = settings.get(self.setting, "")
        return "\n".join(map(str, value)) if isinstance(value, list) else str(value)


WEBPAGE = (
    Field("item", "item", "列表中的文章", "列表里每篇文章的链接或方框，如 .list li a"),
    Field("link_pattern", "link_pattern", "文章网址样式", "只要符合的网址（正则），如 /20\\d{4}/"),
    Field("title", "title", "标题位置", "如 h1"),
    Field("date", "date", "时间位置", "如 .time"),
    Field("source", "source", "来源位置", "如 .laiyuan"),
    Field("author", "author", "作者位置", "如 .author"),
    Field("body", "body", "正文位置", "如 #content"),
)
FULL_TEXT = Field("full_text", "full_text", "抓取全文", "只给摘要时，打开每条的原文", _ticked)
JSON_MAIN = (
    Field("items", "json_items", "文章列表", "文章都在哪个列表里；整个返回就是列表时留空", example="data.list"),
    Field("title", "json_title", "标题", "一篇文章里，哪个字段是标题", example="title"),
    Field("link", "json_link", "网址", "哪个字段是文章网址；没有就填下面的“网址样式”", example="url"),
    Field("date", "json_date", "时间", "哪个字段是发布时间，写法不限", example="publish_time"),
    Field("body", "json_body", "正文", "哪个字段是正文；没有就勾选“抓取全文”", example="content"),
)
JSON_MORE = (
    Field("summary", "json_summary", "摘要", "", example="summary"),
    Field("author", "json_author", "作者", "", example="author"),
    Field("source", "json_source", "来源", "", example="source.name"),
    Field("pictures", "json_pictures", "图片", "一个网址，或一列网址", example="images"),
    Field("id", "json_id", "编号", "每篇不同、以后不变的编号", example="id"),
    Field(
        "url_template",
        "json_url_template",
        "网址样式",
        "只有编号、没有网址时填，花括号里写字段名",
        example="https://example.cn/detail/{id}.html",
    ),
)
JSON_PAGES = (
    Field("page_param", "json_page_param", "翻页参数", "网址里表示第几页的参数名；不翻页留空", example="page"),
    Field("first_page", "json_first_page", "第一页是几", "留空为 1", _number),
    Field("page_step", "json_page_step", "每翻一页加几", "按页数翻是 1；按条数翻（offset、start）写每页条数", _number),
    Field("next", "json_next", "下一页网址", "接口自己给出下一页网址时，写它在哪个字段；与翻页参数二选一"),
    Field("max_pages", "json_max_pages", "一次最多翻几页", "留空为 5，最多 50", _number),
)
HOT = (
    Field("routes", "hot_routes", "备用网址", "同一份榜单的其他网址，每行一个，最多 10 个；打不开时依次换用", _lines),
    Field("max_topics", "hot_max_topics", "最多取多少个话题", "留空为 50，最多 200", _number),
)
FIELDS: dict[str, tuple[Field, ...]] = {
    "webpage": WEBPAGE,
    "rss": (FULL_TEXT,),
    "json_api": (*JSON_MAIN, *JSON_MORE, *JSON_PAGES, FULL_TEXT),
    "hotlist": HOT,
}
"""By kind; what a kind can be set to beyond these stands in the form as JSON."""


PLAIN = ("url", "name", "area", "trust", "reprint", "rhythm", "settings")
"""Boxes that every source has."""


def typed(kind: str, form: Callable[[str], str]) -> dict[str, Any]:
    """The settings that stand in the fields of this kind; `form` gives what a box holds."""
    return {each.setting: each.read(said) for each in FIELDS.get(kind, ()) if (said := form(each.box))}


def own_settings(kind: str) -> frozenset[str]:
    """Settings of this kind that have a field of their own."""
    return frozenset(each.setting for each in FIELDS.get(kind, ()))


def beside(kind: str, faults: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by setting, as it stands beside the boxes; a setting without a field of its own stands in the JSON."""
    own = {each.setting: each for each in FIELDS.get(kind, ())}
    found: dict[str, str] = {}
    for name, said in faults.items():
        if name in own:
            found[own[name].box] = said.replace(f"{name} ", own[name].label)
        elif name in PLAIN:
            found[name] = said
        else:
            found["settings"] = f"“{name}”：{said}"
    return found
