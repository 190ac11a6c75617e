"""A story's HTML in the form WeChat keeps: inline styles only, no links out, every picture on WeChat's own host. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import css_inline
import lxml.html
import nh3

# what the platform's own structure check accepts: no font families, no text-align start/end, no tight line heights
_CSS = """
p { margin: 0 0 16px; line-height: 1.75; font-size: 16px; color: #333; }
h2 { margin: 28px 0 14px; line-height: 1.5; font-size: 19px; font-weight: bold; color: #1f4e79; }
h3 { margin: 22px 0 12px; line-height: 1.5; font-size: 17px; font-weight: bold; color: #333; }
img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
figure { margin: 18px 0; }
figcaption { margin-top: 6px; line-height: 1.5; font-size: 14px; color: #888; text-align: center; }
blockquote { margin: 16px 0; padding: 10px 14px; border-left: 3px solid #1f4e79; background: #f6f8fa; }
ul { margin: 0 0 16px; padding-left: 24px; }
ol { margin: 0 0 16px; padding-left: 24px; }
li { margin: 0 0 6px; line-height: 1.75; font-size: 16px; color: #333; }
table { width: 100%; border-collapse: collapse; margin: 16px 0; font-size: 15px; }
th { border: 1px solid #ddd; padding: 6px 8px; line-height: 1.5; background: #f6f8fa; }
td { border: 1px solid #ddd; padding: 6px 8px; line-height: 1.5; }
"""
_TAGS = {
    "p", "h2", "h3", "h4", "img", "figure", "figcaption", "blockquote", "ul", "ol", "li", "table", "thead", "tbody",
    "tr", "th", "td", "strong", "b", "em", "i", "u", "sup", "sub", "br", "hr", "span", "section", "div",
}  # fmt: skip
_ATTRIBUTES = {"img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_OWN_HOST = re.compile(r"(^|\.)qpic\.cn$")
_MEDIA = "media:"
_PRE = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL | re.IGNORECASE)
_INDENT = re.compile(r"^[ \t]+")
# as long as a real one, so that the length check before sending counts what will be sent
PLACEHOLDER_URL = "http://mmbiz.qpic.cn/mmbiz_jpg/" + "x" * 96 + "/0"

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


def article_html(html: str, urls: Mapping[str, str]) -> str:
    """The article's `content`. `urls`: picture key → its address on WeChat's host."""
    clean = nh3.clean(
        as_paragraphs(html), tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "media"}, link_rel=None
    )
    root = lxml.html.fragment_fromstring(clean, create_parent="div")
    for image in root.iter("img"):
        source = image.get("src", "")
        if source.startswith(_MEDIA):
            image.set("src", urls[source.removeprefix(_MEDIA)])
    inner = lxml.html.tostring(root, encoding="unicode")
    inner = inner.removeprefix("<div>").removesuffix("</div>")
    return _inliner.inline_fragment(inner, _CSS)


def as_paragraphs(html: str) -> str:
    """Preformatted text as paragraphs that keep its lines and the blanks before them."""
    return _PRE.sub(lambda found: f"<p>{_with_breaks(found[1])}</p>", html)


def _with_breaks(inner: str) -> str:
    lines = inner.removeprefix("\n").removesuffix("\n").split("\n")
    return "<br>".join(_INDENT.sub(lambda found: "&nbsp;" * len(found[0].expandtabs(4)), line) for line in lines)


def left_out(html: str) -> dict[str, int]:
    """How many links and preformatted texts of the body readers will not see as such."""
    if not html.strip():
        return {}
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    return {"links": len(root.xpath(".//a[@href]")), "pre": len(root.xpath(".//pre"))}


def picture_keys(html: str) -> list[str]:
    """Keys of the post's own pictures, in the order of the text, each once."""
    keys = (source.removeprefix(_MEDIA) for source in _sources(html) if source.startswith(_MEDIA))
    return list(dict.fromkeys(keys))


def foreign_pictures(html: str) -> list[str]:
    """Addresses which WeChat would silently drop: neither ours to upload nor on its own host."""
    return [source for source in _sources(html) if not source.startswith(_MEDIA) and not _own_host(source)]


def _sources(html: str) -> Iterator[str]:
    if not html.strip():
        return
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for image in root.iter("img"):
        yield image.get("src", "")


def _own_host(url: str) -> bool:
    try:
        return bool(_OWN_HOST.search(urlsplit(url).hostname or ""))
    except ValueError:
        return False
