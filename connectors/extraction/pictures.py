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
    r"(?:blank|spacer|loading|placeholder|grey|gray|transparent|pixel|1x1|logo|icon|avatar|qrcode|erweima|emoji|btn|button|share|default)[\w-]*"
    r"\.(?:gif|png|jpe?g|svg|webp)",
    re.I,
)
_NUMBER = re.compile(r"^\s*(\d+)(?:px)?\s*$")


def address(image: Element, base: str) -> str:
    """The absolute http(s) address of the picture that a reader sees, "" where there is none."""
    candidates = [image.get(name) or "" for name in _LAZY]
    candidates += [_largest(image.get("data-srcset") or image.get("srcset") or ""), image.get("src") or ""]
    for candidate in candidates:
        absolute = absolute_url(candidate, base)
        if absolute:
            return absolute
    return ""


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
    for name in ("width", "height"):
        match = _NUMBER.match(image.get(name) or "")
        if match and int(match[1]) < 40:
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
        for name in list(image.attrib):
            del image.attrib[name]
        image.set("src", url)
        if alt:
            image.set("alt", alt)
        found.setdefault(url, PictureRef(url=url, alt=alt, caption=_caption(image)))
    return tuple(found.values())


def _caption(image: Element) -> str:
    figure = next((parent for parent in image.iterancestors("figure")), None)
    caption = figure.find(".//figcaption") if figure is not None else None
    return text_of(caption)[:200] if caption is not None else ""
