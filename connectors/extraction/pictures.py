"""The pictures of an article: lazy-loading attributes read, addresses made absolute, ornaments left out."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from connectors.base import PictureRef
from connectors.extraction.blocks import Element, cut_out, text_of, visible_text

_LAZY = (
    "data-original",
    "data-src",
    "data-actualsrc",
    "data-lazy-src",
    "data-echo",
    "data-url",
    "data-original-src",
    "data-lazyload",
    "data-lazy",
    "data-img",
    "_src",
    "original",
    "file",
    "zoomfile",
    "src2",
    "ess-data",
    "lazysrc",
    "orgsrc",
    "lay-src",
    "real_src",
    "data-real-src",
    "v-lazy",
    "data-ks-lazyload",
    "data-src-retina",
)
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_ALSO_PAGES = frozenset({"data-url", "file"})
"""What some pages lead to elsewhere with."""
_PICTURE = re.compile(r"\.(?:jpe?g|jfif|png|gif|webp|bmp|avif|tiff?|image)(?![a-z0-9])|wx_fmt=", re.I)
_ABOUT_PICTURES = re.compile(r"ima?ge?|pic|photo|thumb|upload|attach|media", re.I)
_PAGE = re.compile(r"\.(?:s?html?|pdf|docx?|xlsx?|mp[34]|m3u8|js|css|zip)(?=[?#]|$)", re.I)
_PROGRAM = re.compile(r"\.(?:jspx?|php|aspx?|do|action)(?=[?#]|$)", re.I)
_NO_ADDRESS = re.compile(r"[{}<>]|^[^/]+$")
_NUMBERED = r"(?:[-_.]?(?:(?<!\d)\d{1,3}(?:x\d{1,3})?(?!\d)|img|image|pic|bg|small|big|[sml]))*"
_PLACE_HOLDER = re.compile(
    rf"(?:blank|spacer|loading|lazy(?:load)?|placeholder|gr[ae]y|transparent|pixel|1x1|default|no(?:image|img|pic)){_NUMBERED}",
    re.I,
)
_SIGNS = r"(?:logo|icon|avatar|emoji|btn|button|share)"
_SIGN = re.compile(rf"{_SIGNS}(?:[-_]?(?:{_SIGNS}|weixin|wechat|wx|weibo|sina|qq|qzone|zone)){{0,3}}{_NUMBERED}", re.I)
_SIGN_DRAWN = re.compile(
    rf"(?:{_SIGNS}|blank|spacer|loading|placeholder|transparent|default)[\w.-]{{0,60}}|[\w.-]{{0,60}}[-_](?:logo|icon|btn)\d{{0,2}}",
    re.I,
)
_SIGN_ANYWHERE = re.compile(rf"[\w.-]{{0,60}}?(?:{_SIGNS}|default)[\w.-]{{0,60}}", re.I)
_CODE = re.compile(r"qr_?code|erweima", re.I)
_BY_ENDING = {"gif": _SIGN_ANYWHERE, "svg": _SIGN_ANYWHERE, "png": _SIGN_DRAWN}
"""What is drawn ends so; of photographs the whole name must speak of a sign."""
_NUMBER = re.compile(r"^\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*$")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:[^;]{0,80}?url\(\s*[\"']?([^\"')\s]{1,2000})", re.I)
_COVERED = re.compile(r"background-size\s*:\s*(?:cover|contain|100%)|/\s*(?:cover|contain)", re.I)
_PHOTOGRAPH = re.compile(r"(?<![/_-]bg)\.(?:jpe?g|webp)(?:\?|$)", re.I)
_TILED = re.compile(r"(?<!no-)repeat", re.I)
_STYLE_SIZE = re.compile(r"(?<![-\w])(width|height)\s*:\s*(\d{1,5}(?:\.\d+)?px)", re.I)
_ORNAMENT_NAMES = re.compile(
    r"(?:^|[\s_-])(?:icon|avatar|logo|qr|qrcode|erweima|share|emoji|face|smil(?:ey|ies)|emotion|tracker|pixel|beacon)(?:$|[\s_-]|\d)",
    re.I,
)
_CODE_WORDS = re.compile(
    r"\W*(?:请|微信|长按|点击|识别|用|打开){0,3}(?:二维码|扫一扫|扫码|(?:扫描|识别)(?:[上下左右]\w|图中)?二维码|微信公众号)|.{0,20}(?:二维码|微信公众号)\W*$"
)
_SIGN_WORDS = re.compile(r"\W*(?:分享到|关注我们)|.{0,20}logo\W*$", re.I)

_SMALL = 40
_WORDS = 24
_LONGEST_NAME = 255
_LARGE = 200
"""Pixels of what is looked at and not clicked on."""


def address(image: Element, base: str) -> str:
    """The absolute http(s) address of the picture that a reader sees, "" where there is none."""
    largest = _largest(", ".join(_srcsets(image)))
    # a lazy attribute names the picture itself, a set of sizes its largest form, and src often only a place-holder
    lazy = [value for name in _LAZY if (value := image.get(name)) and _may_be_picture(value, name)]
    candidates = [largest, *lazy, image.get("src") or ""]
    for candidate in candidates:
        absolute = absolute_url(candidate, base)
        if absolute:
            return absolute
    return ""


def _may_be_picture(value: str, name: str) -> bool:
    """Whether an attribute holds a picture's address: it may be a switch, a place in a script's data or another page."""
    if _PICTURE.search(value):
        return "{" not in value
    if _NO_ADDRESS.search(value) or _PAGE.search(value):
        return False
    return bool(_ABOUT_PICTURES.search(value)) or not (name in _ALSO_PAGES or _PROGRAM.search(value))


def _srcsets(image: Element) -> list[str]:
    """Its own sets of sizes and those of the picture element around it."""
    parent = image.getparent()
    sources = parent.findall("source") if parent is not None and parent.tag == "picture" else []
    sets = [element.get(name) or "" for element in [image, *sources] for name in _SETS]
    return [each for each in sets if each]


def size(image: Element) -> tuple[int | None, int | None]:
    """Width and height in pixels where the page gives them, real ones before shown ones."""
    style = dict(_STYLE_SIZE.findall(image.get("style") or ""))
    widths = [
        image.get("data-w"),
        image.get("data-width"),
        image.get("data-backw"),
        image.get("width"),
        style.get("width"),
    ]
    heights = [image.get("data-height"), image.get("data-backh"), image.get("height"), style.get("height")]
    width, height = (
        next((int(match[1]) for text in each if text and (match := _NUMBER.match(text))), None)
        for each in (widths, heights)
    )
    ratio = image.get("data-ratio") or ""
    if width and not image.get("data-height") and re.fullmatch(r"\d{1,2}(?:\.\d+)?", ratio):
        height = round(width * float(ratio)) or None
    return width, height


def absolute_url(link: str, base: str) -> str:
    """An http(s) address seen from the page at `base`; "" for anything else (data:, javascript:, broken)."""
    link = _forward(re.sub(r"[\t\r\n]", "", link).strip())
    if not link or link.startswith(("data:", "javascript:", "about:", "blob:")):
        return ""
    try:
        joined = urljoin(base, link)
        parts = urlsplit(joined)
    except ValueError:
        return ""
    if base:
        return joined if parts.scheme in ("http", "https") and parts.netloc else ""
    return joined if parts.scheme in ("http", "https", "") else ""


def _forward(link: str) -> str:
    """Browsers read \\ in a path as /; behind ? and # it stays."""
    if "\\" not in link:
        return link
    path = re.match(r"[^?#]*", link)
    end = path.end() if path else 0
    return link[:end].replace("\\", "/") + link[end:]


def _largest(srcset: str) -> str:
    """The widest candidate of a srcset (https://html.spec.whatwg.org/multipage/images.html#srcset-attributes)."""
    best, size = "", -1.0
    for candidate in re.split(r",\s+|,(?=https?://)", srcset):
        url, _, descriptor = candidate.strip().partition(" ")
        try:
            width = float(descriptor.strip().rstrip("wx") or 1)
        except ValueError:
            width = 1.0
        if url and width > size:
            best, size = url, width
    return best


def is_ornament(image: Element, url: str) -> bool:
    """Tracking dots, icons, codes and place-holders, by size or by name; what is shown large is a sign by no word of its name."""
    lengths = [length for length in size(image) if length is not None]
    if any(length < _SMALL for length in lengths):
        return True
    if _ORNAMENT_NAMES.search(f"{image.get('class') or ''} {image.get('id') or ''}"):
        return True
    large = any(length >= _LARGE for length in lengths)
    words = [word for name in ("alt", "title") if (word := visible_text(image.get(name) or "")) and len(word) <= _WORDS]
    if any(_CODE_WORDS.match(word) or (not large and _SIGN_WORDS.match(word)) for word in words):
        return True
    return _is_named_ornament(urlsplit(url).path.rsplit("/", 1)[-1], large)


def _is_named_ornament(file_name: str, large: bool) -> bool:
    """By its file's name. A word may begin the name of a photograph too, and then stands for what is on it."""
    name, _, ending = file_name[-_LONGEST_NAME:].rpartition(".")
    if _PLACE_HOLDER.fullmatch(name) or _CODE.search(name):
        return True
    if large or not name:
        return False
    return bool(_BY_ENDING.get(ending.lower(), _SIGN).fullmatch(name))


def settle(content: Element, base: str) -> tuple[PictureRef, ...]:
    """Gives every picture in the tree its real `src`, takes ornaments out, and lists those that stay, in order."""
    _show_backgrounds(content)
    found: dict[str, PictureRef] = {}
    for image in list(content.iter("img")):
        url = address(image, base)
        if not url or is_ornament(image, url):
            cut_out(image)
            continue
        alt = visible_text(image.get("alt") or "")
        width, height = size(image)
        # one by one fails for what templates leave behind: {{lazy}} is no name to the parser
        image.attrib.clear()
        image.set("src", url)
        if alt:
            image.set("alt", alt)
        found.setdefault(url, PictureRef(url=url, alt=alt, caption=_caption(image), width=width, height=height))
    return tuple(found.values())


def _show_backgrounds(content: Element) -> None:
    """Makes pictures of the empty boxes that show one as their background: large, or a photograph of unknown size, and not repeated as an ornament."""
    for box in list(content.iterdescendants()):
        style = box.get("style") or ""
        if "url(" not in style or len(box) or text_of(box) or _TILED.search(style):
            continue
        shown = _BACKGROUND.search(style)
        if shown and (_COVERED.search(style) or _is_large(style, shown[1])):
            box.tag, box.text = "img", None
            box.set("src", shown[1])


def _is_large(style: str, url: str) -> bool:
    height = dict(_STYLE_SIZE.findall(style)).get("height")
    return float(height.removesuffix("px")) >= _LARGE if height else bool(_PHOTOGRAPH.search(url))


def _caption(image: Element) -> str:
    figure = next((parent for parent in image.iterancestors("figure")), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    return text_of(caption)[:200] if caption is not None else ""
