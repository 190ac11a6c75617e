"""HTML of articles and stories on its way to and from a page.

The desk loads pictures from itself only. A kept picture is shown from /media; of any other a placeholder stands in its
place, so that reading never tells a foreign site who reads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape

import nh3
from markupsafe import Markup

from content_store.tables import Tag
from steps.stories import BODY_ATTRIBUTES, BODY_TAGS

ELSEWHERE = "/static/picture-elsewhere.svg"
_KEPT = re.compile(r"media:([0-9a-f]{64})")
_SHOWN = re.compile(r"""(src=["'])/media/([0-9a-f]{64})""")
_STORED = re.compile(r"""(src=["'])media:([0-9a-f]{64})""")
_NO_CAPTION = re.compile(r"<figcaption>(?:\s|&nbsp;|<br\s*/?>)*</figcaption>")
MOST_MARKS = 60


def shown(html: str, kept: Mapping[str, str] | None = None) -> Markup:
    """Body HTML for reading: sanitised again, pictures from /media or a placeholder. `kept`: URL → SHA-256."""
    clean = nh3.clean(
        html,
        tags=BODY_TAGS,
        attributes=BODY_ATTRIBUTES,
        url_schemes={"http", "https", "media"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        attribute_filter=_picture_rule(kept or {}),
        clean_content_tags={"script", "style"},
    )
    return Markup(clean)  # sanitised on the line above


def to_editor(html: str) -> str:
    """Stored body → what the editor holds: kept pictures by an address a browser can load."""
    return _STORED.sub(r"\1/media/\2", html)


def from_editor(html: str) -> str:
    """What the editor holds → stored body; a caption that stayed empty goes."""
    return _SHOWN.sub(r"\1media:\2", _NO_CAPTION.sub("", html))


def marked(text: str, field: str, tags: Sequence[Tag]) -> Markup:
    """Plain text as paragraphs, with the words marked that the tags rest on. `field`: title or text."""
    spots = sorted(_spots(text, field, tags))[:MOST_MARKS]
    parts: list[str] = []
    at = 0
    for start, end, theme, title in spots:
        if start < at:
            continue
        word = escape(text[start:end])
        parts += [escape(text[at:start]), f'<mark class="{theme}" title="{escape(title)}">{word}</mark>']
        at = end
    parts.append(escape(text[at:]))
    joined = "".join(parts)
    if field == "title":
        return Markup(joined)  # every part is escaped above
    lines = [line for line in joined.split("\n") if line.strip()]
    return Markup("".join(f"<p>{line}</p>" for line in lines))  # every part is escaped above


def with_hits(text: str, words: str) -> Markup:
    """A line of text with the words marked that somebody searched for."""
    wanted = [re.escape(word) for word in words.split() if word]
    if not wanted:
        return Markup("") + text
    pieces = re.split(f"({'|'.join(wanted)})", text, flags=re.IGNORECASE)
    # every second piece is a hit
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if n % 2 else piece for n, piece in enumerate(pieces)
    )


def _spots(text: str, field: str, tags: Sequence[Tag]) -> list[tuple[int, int, str, str]]:
    found = []
    for tag in tags:
        for each in tag.evidence:
            if not isinstance(each, dict) or each.get("field") != field:
                continue
            start, word = int(each.get("offset", -1)), str(each.get("word", ""))
            # the text may have changed since it was tagged
            if word and start >= 0 and text[start : start + len(word)] == word:
                found.append((start, start + len(word), tag.theme, f"{tag.name or tag.key}"))
    return found


def _picture_rule(kept: Mapping[str, str]) -> Callable[[str, str, str], str | None]:
    def rule(element: str, attribute: str, value: str) -> str | None:
        if element != "img" or attribute != "src":
            return None if value.startswith("media:") and element == "a" else value
        inside = _KEPT.fullmatch(value)
        if inside:
            return f"/media/{inside[1]}"
        return f"/media/{kept[value]}" if value in kept else ELSEWHERE

    return rule


def kept_in(html: str) -> list[str]:
    """SHA-256 of the kept pictures in a stored body, in order, each once."""
    return list(dict.fromkeys(key for _before, key in _STORED.findall(html)))


def with_styles(html: str) -> Markup:
    """A channel's own HTML with its inline styles, for a preview frame that runs no script and loads nothing from afar."""
    clean = nh3.clean(
        html,
        tags=BODY_TAGS | {"section", "span", "div"},
        attributes={"*": {"style"}, **BODY_ATTRIBUTES},
        url_schemes={"http", "https"},
        link_rel="noopener noreferrer nofollow",
        attribute_filter=lambda element, attribute, value: (
            ELSEWHERE if element == "img" and attribute == "src" and not value.startswith("/media/") else value
        ),
        clean_content_tags={"script", "style"},
    )
    return Markup(clean)  # sanitised on the line above
