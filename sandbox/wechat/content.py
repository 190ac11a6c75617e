"""What WeChat lets stand in an article's HTML. Contract: wechat.md §3.4 and §2 (foreign pictures vanish silently)."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

DROPPED_WITH_CONTENT = {"script", "style", "form", "object", "noscript"}
DROPPED_TAGS = {"link", "meta", "html", "head", "body", "embed", "input", "button", "base"}
VOID = {"img", "br", "hr", "col", "source", "track", "wbr", "area"}
TENCENT = ("qpic.cn", "qlogo.cn", "qq.com", "gtimg.com", "gtimg.cn")
NAME = re.compile(r"[a-z][\w:-]*$")
BAD_STYLE = re.compile(r"(^|;)\s*position\s*:[^;]*|(^|;)[^;]*url\((?![\"']?https?://[^)]*qpic\.cn)[^;]*", re.I)


def is_tencent(url: str) -> bool:
    host = (urlsplit(url).hostname or "").lower()
    return any(host == known or host.endswith("." + known) for known in TENCENT)


def filtered(html: str, links_allowed: bool) -> str:
    """The HTML as the platform keeps it."""
    keeper = _Keeper(links_allowed)
    keeper.feed(html)
    keeper.close()
    return "".join(keeper.out)


class _Keeper(HTMLParser):
    def __init__(self, links_allowed: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self._links_allowed = links_allowed
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED_WITH_CONTENT or (tag == "iframe" and not self._video(attrs)):
            self._silent += 1
        elif not self._silent and tag not in DROPPED_TAGS and NAME.match(tag) and self._stays(tag, attrs):
            self.out.append(f"<{tag}{self._kept(tag, attrs)}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED_WITH_CONTENT or (tag == "iframe" and self._silent):
            self._silent = max(0, self._silent - 1)
        elif not self._silent and tag not in DROPPED_TAGS and tag not in VOID and NAME.match(tag):
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.out.append(data.replace("<", "&lt;").replace(">", "&gt;"))

    def handle_entityref(self, name: str) -> None:
        if not self._silent:
            self.out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_entityref(f"#{name}")

    def _video(self, attrs: list[tuple[str, str | None]]) -> bool:
        source = dict(attrs).get("src") or dict(attrs).get("data-src") or ""
        return (urlsplit(source).hostname or "") == "v.qq.com"

    def _stays(self, tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        fields = dict(attrs)
        return tag != "img" or is_tencent(fields.get("src") or fields.get("data-src") or "")

    def _kept(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        kept = []
        for name, value in attrs:
            if (
                not NAME.match(name)
                or name.startswith("on")
                or name == "id"
                or (name == "href" and not self._href_stays(value or ""))
            ):
                continue
            text = BAD_STYLE.sub("", value or "").strip("; ") if name == "style" else value or ""
            kept.append(f' {name}="{escape(text)}"')
        return "".join(kept)

    def _href_stays(self, href: str) -> bool:
        return self._links_allowed or is_tencent(href)
