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
)
_ORNAMENT = re.compile(
    r"(?:blank|spacer|loading|placeholder|grey|gray|transparent|pixel|1x1|logo|icon|avatar|qrcode|erweima|emoji|btn|button|share|default)[\w-]{0,60}"
    r"\.(?:gif|png|jpe?g|svg|webp)",
    re.I,
)
_NUMBER = re.compile(r"^\s*(\d{1,5})(?:\.\d+)?(?:px)?\s*$")
_STYLE_SIZE = re.compile(r"(?<![-\w])(width|height)\s*:\s*(\d{1,5}(?:\.\d+)?px)", re.I)
_ORNAMENT_NAMES = re.compile(
    r"(?:^|[\s_-])(?:icon|avatar|logo|qr|qrcode|erweima|share|emoji|face|smil(?:ey|ies)|emotion|tracker|pixel|beacon)(?:$|[\s_-]|\d)",
    re.I,
)
_ORNAMENT_WORDS = re.compile(r"二维码|扫一扫|扫码|分享到|关注我们|微信公众号|logo", re.I)

_SMALL = 40


def address(image: Element, base: str) -> str:
    """The absolute http(s) address of the picture that a reader sees, "" where there is none."""
    largest = _largest(", ".join(_srcsets(image)))
    # a lazy attribute names the picture itself, a set of sizes its largest form, and src often only a place-holder
    candidates = [largest, *(image.get(name) or "" for name in _LAZY), image.get("src") or ""]
    for candidate in candidates:
        absolute = absolute_url(candidate, base)
        if absolute:
            return absolute
    return ""


def _srcsets(image: Element) -> list[str]:
    """Its own sets of sizes and those of the picture element around it."""
    parent = image.getparent()
    sources = parent.findall("source") if parent is not None and parent.tag == "picture" else []
    sets = [element.get(name) or "" for element in [image, *sources] for name in ("data-srcset", "srcset")]
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
    link = re.sub(r"[\t\r\n]", "", link).strip()
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
    """Tracking dots, icons and place-holders, by size or by name."""
    if any(length is not None and length < _SMALL for length in size(image)):
        return True
    names = f"{image.get('class') or ''} {image.get('id') or ''}"
    words = f"{image.get('alt') or ''} {image.get('title') or ''}"
    if _ORNAMENT_NAMES.search(names) or (len(words) <= 24 and _ORNAMENT_WORDS.search(words)):
        return True
    return bool(_ORNAMENT.search(urlsplit(url).path))


def settle(content: Element, base: str) -> tuple[PictureRef, ...]:
    """Gives every picture in the tree its real `src`, takes ornaments out, and lists those that stay, in order."""
    found: dict[str, PictureRef] = {}
    for image in list(content.iter("img")):
        url = address(image, base)
        if not url or is_ornament(image, url):
            cut_out(image)
            continue
        alt = visible_text(image.get("alt") or "")
        width, height = size(image)
        for name in list(image.attrib):
            del image.attrib[name]
        image.set("src", url)
        if alt:
            image.set("alt", alt)
        found.setdefault(url, PictureRef(url=url, alt=alt, caption=_caption(image), width=width, height=height))
    return tuple(found.values())


def _caption(image: Element) -> str:
    figure = next((parent for parent in image.iterancestors("figure")), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    return text_of(caption)[:200] if caption is not None else ""
