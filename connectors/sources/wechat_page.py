"""What one page of mp.weixin.qq.com says: an article, a picture share, or the notice that stands in its place.

Half of it stands in scripts, in several shapes: `var ct = "1581517074";` (2013 on), `var createTime = '2023-05-06 08:00';`,
`window.cgiDataNew = { title: JsDecode('…') }` (2023 on). No script is run; the values are read out as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

from lxml import etree

from connectors.base import PictureRef
from connectors.extraction import language_of
from connectors.extraction.blocks import elements, parse, text_of, visible_text
from connectors.extraction.dates import parse_date
from connectors.sources.entries import content_of

HOST = "mp.weixin.qq.com"
_SMALLEST = 24
"""Pixels of width; what is narrower separates paragraphs."""
_FRAME = 80
_STRING = r"""(?:'([^'\\]*+(?:\\.[^'\\]*+)*+)'|"([^"\\]*+(?:\\.[^"\\]*+)*+)")"""
_EMPTY_BEFORE = r"""(?:(?:''|"")\s*\|\|\s*)*"""
_TOKEN = re.compile(_STRING + r"|([\[\]{}])|\bcdn_url\b", re.S)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.S)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r"}
_TIMES = ("ct", "ori_create_time", "oriCreateTime", "create_time", "createTime", "publish_time")
_PICTURE_PATH = re.compile(r"^(/(?:sz_)?mmbiz[^/]*/[^/]+)/\d+$")
_PARTS = ("__biz", "mid", "idx", "sn")

_BLOCKED = re.compile(r"环境异常|完成验证后即可继续访问|访问过于频繁|操作频繁")
_GONE = (
    (re.compile(r"已被发布者删除|内容已被?删除"), "这篇公众号文章已被发布者删除，请从清单中去掉它。"),
    (
        re.compile(r"因违规|涉嫌侵权|涉嫌违反|无法查看.{0,30}违规|接相关投诉"),
        "这篇公众号文章因违规或被投诉，微信不再显示，请从清单中去掉它。",
    ),
    (
        re.compile(r"(?:帐号|账号|公众号).{0,12}(?:屏蔽|注销|封禁|停止使用)"),
        "发布这篇文章的公众号已注销或被封禁，请从清单中去掉它。",
    ),
    (re.compile(r"(?:帐号|账号|公众号)已?迁移"), "这个公众号已迁移，请在微信里打开文章，复制新的链接。"),
    (
        re.compile(r"链接已过期|参数错误|请在微信客户端打开"),
        "这个文章链接是临时的或不完整，请在微信里重新复制文章链接。",
    ),
)


@dataclass(frozen=True)
class WeChatArticle:
    """An article with its identity at WeChat. `url` is the lasting address, without trackers."""

    identity: str
    url: str
    title: str
    author: str
    account: str
    published_at: datetime | None
    text: str
    html: str
    pictures: tuple[PictureRef, ...]
    language: str


def is_article_address(url: str) -> bool:
    """Whether an address is that of one article, and not of an album or of a list somebody keeps."""
    path = urlsplit(url).path
    return path == "/s" or path.startswith("/s/")


def is_blocked(text: str, url: str) -> bool:
    """Whether WeChat wants to see a person instead of answering."""
    if "wappoc_appmsgcaptcha" in url:
        return True
    return not _has_article(text) and bool(_BLOCKED.search(_shown(text)))


def read(text: str, url: str) -> WeChatArticle:
    """The article of a page. Raises ValueError with a Chinese reason where there is none."""
    root = parse(text)
    # an article about programming may well contain what looks like a script
    scripts = "\n".join(element.text or "" for element in root.iter("script"))
    body = _body(root)
    content, html, pictures = content_of(_shared_instead(body, scripts) or _inner(body), url)
    if not content and not pictures:
        raise ValueError(_reason(_shown(text)))
    title = _title(scripts, root) or content.split("\n", 1)[0][:40]
    if not title:
        raise ValueError("公众号文章没有标题，也没有文字，已跳过。")
    identity, address = _identity(scripts, url)
    return WeChatArticle(
        identity=identity,
        url=address,
        title=title,
        author=_meta(root, "author") or _named(root, "js_author_name"),
        account=_value(scripts, r"var\s+nickname") or _value(scripts, "nick_name") or _account(root),
        published_at=_time(scripts, root),
        text=content,
        html=html,
        pictures=pictures,
        language=language_of(title + content),
    )


# ---------------------------------------------------------------- scripts


def _value(text: str, name: str) -> str:
    """The string that a script gives to a name: `var n = "x"`, `n: 'x'`, `n: JsDecode('x')`, `n = ""||"x"`, `'x' * 1`."""
    begin = rf"\b{name}\s*[=:]\s*{_EMPTY_BEFORE}"
    # among the names and strings of programs, what is decoded is what the account has written
    for pattern in (rf"{begin}(?:JsDecode|htmlDecode)\(\s*{_STRING}", rf"{begin}{_STRING}"):
        for match in re.finditer(pattern, text):
            found = _unquoted(match[1] or match[2] or "")
            if found.strip():
                return found
    return ""


def _unquoted(literal: str) -> str:
    """A script's string as text; WeChat escapes it for HTML as well, sometimes twice."""

    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        return chr(int(code, 16)) if code else _LETTERS.get(match[3], match[3])

    return unescape(unescape(_ESCAPE.sub(plain, literal))).replace("\x00", "")


def _time(text: str, root: etree._Element) -> datetime | None:
    """To the second where a script knows it, else to the day."""
    shown = [_value(text, name) for name in _TIMES] + [_named(root, "post-date"), _named(root, "publish_time")]
    moments = [moment for each in shown if each and (moment := parse_date(each))]
    best = next((moment for moment in moments if moment.exact), None) or next(iter(moments), None)
    return best.at if best else None


def _identity(text: str, url: str) -> tuple[str, str]:
    """Account, message and place in it name an article for ever; a short link does where the page does not say them."""
    parts = urlsplit(url)
    in_url = dict(parse_qsl(parts.query))
    linked = parse_qs(urlsplit(_value(text, "msg_link")).query)
    known = {
        name: in_url.get(name) or (_value(text, name.strip("_"))) or (linked.get(name) or [""])[0] for name in _PARTS
    }
    short = f"{parts.scheme}://{parts.netloc}{parts.path}"
    if not (known["__biz"] and known["mid"] and known["idx"]):
        return short, short
    identity = f"wechat:{known['__biz']}:{known['mid']}:{known['idx']}"
    if parts.path.startswith("/s/") or not known["sn"]:
        return identity, short if parts.path.startswith("/s/") else url
    query = urlencode({name: known[name] for name in _PARTS}, quote_via=quote, safe="=")
    return identity, f"https://{HOST}/s?{query}"


# ---------------------------------------------------------------- body


def _body(root: etree._Element) -> etree._Element | None:
    for path in (
        './/*[@id="js_content"]',
        './/*[contains(concat(" ", @class, " "), " rich_media_content ")]',
        './/*[@id="img-content"]//*[contains(concat(" ", @class, " "), " text ")]',
    ):
        if found := elements(root, path):
            return found[0]
    return None


def _inner(body: etree._Element | None) -> str:
    if body is None:
        return ""
    for image in list(body.iter("img")):
        source = image.get("data-src") or image.get("src") or ""
        width = re.match(r"\d+", image.get("data-w") or "")
        for name in list(image.attrib):
            if name != "alt":
                del image.attrib[name]
        if source and not (width and int(width[0]) < _SMALLEST):
            image.set("src", _full_size(source))
    return etree.tostring(body, encoding="unicode", method="html", with_tail=False)


def _full_size(url: str) -> str:
    """The picture as it was uploaded: /640 is a preview, and tp=webp a copy in another format."""
    parts = urlsplit(url if not url.startswith("//") else f"https:{url}")
    path = _PICTURE_PATH.sub(r"\1/0", parts.path)
    if path == parts.path and not path.endswith("/0"):
        return url
    format_ = dict(parse_qsl(parts.query)).get("wx_fmt", "")
    return f"https://{parts.netloc}{path}" + (f"?wx_fmt={quote(format_)}" if format_ else "")


def _shared_instead(body: etree._Element | None, scripts: str) -> str:
    """What was shared, where the body is empty or only the frame around it: the account's name and the title."""
    shown = len(text_of(body).strip()) if body is not None else 0
    shared = _shared(scripts) if shown < _FRAME else ""
    return shared if not shown or len(_without_tags(shared)) > 2 * shown else ""


def _shared(text: str) -> str:
    """Picture and text shares have no body: a text and a list of pictures in the script, made into HTML."""
    words = _value(text, "content_noencode") or _value(text, "desc") if _is_share(text) else ""
    lines = [f"<p>{escape(visible_text(_without_tags(line)))}</p>" for line in words.splitlines() if line.strip()]
    pictures = [f'<p><img src="{escape(_full_size(url))}"></p>' for url in _share_pictures(text)]
    return "".join([*lines, *pictures])


def _is_share(text: str) -> bool:
    return "picture_page_info_list" in text or "content_noencode" in text


def _without_tags(line: str) -> str:
    return re.sub(r"<[^<>]*>", "", line)


def _share_pictures(text: str) -> list[str]:
    """The `cdn_url` of each entry of the list, not those of the water-marks and covers inside an entry."""
    found: list[str] = []
    start = re.search(r"\bpicture_page_info_list\s*[=:]\s*(?=\[)", text)
    if start is None:
        return found
    depth, wanted = 0, False
    for token in _TOKEN.finditer(text, start.end()):
        bracket, value = token[3], token[1] if token[1] is not None else token[2]
        if bracket:
            depth += 1 if bracket in "[{" else -1
            if depth == 0:
                break
        elif value is None or value == "cdn_url":
            wanted = depth == 2
        elif wanted:
            found.append(_unquoted(value))
            wanted = False
    return list(dict.fromkeys(url for url in found if url.startswith(("http", "//"))))


# ---------------------------------------------------------------- words


def _title(text: str, root: etree._Element) -> str:
    said = _value(text, "msg_title") or _meta(root, "og:title") or _named(root, "activity-name")
    if not said:
        found = elements(root, './/*[contains(@class, "rich_media_title")]')
        said = text_of(found[0]) if found else _value(text, "title")
    return visible_text(said)


def _account(root: etree._Element) -> str:
    found = elements(root, './/*[contains(@class, "profile_nickname")]')
    return (text_of(found[0]) if found else "") or _named(root, "js_name") or _named(root, "post-user")


def _named(root: etree._Element, name: str) -> str:
    found = elements(root, ".//*[@id=$name]", name=name)
    return text_of(found[0]) if found else ""


def _meta(root: etree._Element, name: str) -> str:
    found = root.xpath(".//meta[@name=$name or @property=$name]/@content", name=name)
    return visible_text(_unquoted(str(found[0]))) if isinstance(found, list) and found else ""


def _has_article(text: str) -> bool:
    return 'id="js_content"' in text or "rich_media_content" in text or _is_share(text)


def _shown(text: str) -> str:
    """What a reader of a page without an article sees."""
    root = parse(text)
    for element in list(root.iter("script", "style")):
        element.text = None
    return visible_text(text_of(root))


def _reason(shown: str) -> str:
    if _BLOCKED.search(shown):
        return BLOCKED
    for pattern, said in _GONE:
        if pattern.search(shown):
            return said
    return "公众号文章里没有文字和图片；视频和音频类的文章采不到，请从清单中去掉它。"


BLOCKED = "微信要求验证身份（环境异常），这次没有采到；几小时后会再试，急用请在微信里打开文章后手工录入。"
