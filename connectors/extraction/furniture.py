"""What an element is by its name: the page's furniture, the body of an article, or what nobody sees."""

from __future__ import annotations

import re
from functools import lru_cache

from connectors.extraction.blocks import UNDISPLAYED, Element

_BOILER = re.compile(
    r"(?:^|[\s_-])(?:comments?|pinglun|reply|replies|share|sharing|related|relate|xiangguan|recommend|tuijian|hot|rank|paihang|"
    r"side|sidebar|aside|foot|footer|copyright|nav|navbar|menu|bread|breadcrumbs?|crumbs?|weizhi|ads?|advert|banner|"
    r"login|search|toolbar|pager|pagination|pages|qrcode|erweima|download|disclaimer|shengming|topbar|popup|modal|"
    r"player|video)"
    r"(?:$|[\s_-]|\d)",
    re.I,
)
_SOFT = re.compile(r"(?:^|[\s_-])(?:hot|rank|paihang|video)(?:$|[\s_-]|\d)", re.I)
"""Names of lists of links; where no link stands in it, an element called so may be a line that should catch the eye."""
_ANSWERS = re.compile(r"(?:^|[\s_-])(?:comments?|pinglun|reply|replies|related?|xiangguan)(?=$|[\s_-]|\d)", re.I)
_NEVER = re.compile(r"(?:^|[\s_-])(?:modal|popup|dialog|login|jubao|dropdown|tooltip)(?:$|[\s_-])", re.I)
_BOILER_TAGS = frozenset({"nav", "footer", "aside", "menu"})
_POSTS = re.compile(r"comment|repl(?:y|ies)|pinglun|answer|post", re.I)
_STATED_IDS = frozenset({"js_content", "mw-content-text"})
"""The text of an article on WeChat and in MediaWiki."""
_BODY = re.compile(
    r"(?:article|arti|content|editor|detail|zoom|news|text|main)[\w-]*(?:body|content|text|con|box)?|TRS_", re.I
)


def is_boiler(element: Element) -> bool:
    """Whether an element is furniture by its tag or its name."""
    return element.tag in _BOILER_TAGS or _is_boiler_name(names_of(element))


def is_unshown(element: Element) -> bool:
    """Whether a block is not shown, by its style or by what it says of itself; a script may show it later."""
    style = element.get("style")
    if style and UNDISPLAYED.search(style):
        return True
    # aria-hidden is kept from machines that read aloud, and shown to everybody else
    return element.get("hidden") is not None


def is_hidden(element: Element) -> bool:
    """Whether an element is a dialogue by its name, which can be nothing else."""
    return _is_dialogue_name(names_of(element))


def is_aside(element: Element) -> bool:
    """Furniture in a thread, where replies and comments are none."""
    names = names_of(element)
    if element.tag in _BOILER_TAGS or _is_dialogue_name(names):
        return True
    return is_boiler(element) and not _POSTS.search(names)


def may_be_text(element: Element) -> bool:
    """Whether furniture by its name is text where no link stands in it."""
    names = names_of(element)
    return element.tag not in _BOILER_TAGS and bool(_SOFT.search(names)) and not _is_boiler_name(_SOFT.sub(" ", names))


def answers_by_name(element: Element) -> bool:
    """Whether nothing but a name such as reply, comment or related makes an element furniture."""
    names = names_of(element)
    return (
        element.tag not in _BOILER_TAGS
        and bool(_ANSWERS.search(names))
        and not _is_boiler_name(_ANSWERS.sub(" ", names))
    )


def is_named_body(element: Element) -> bool:
    """Whether an element is called the body of an article."""
    return _is_body_name(names_of(element))


def is_stated_body(element: Element) -> bool:
    """Whether the page itself says that this is the text of its article."""
    return element.get("itemprop") == "articleBody" or element.get("id") in _STATED_IDS


def names_of(element: Element) -> str:
    """What a page calls an element: its classes and its id."""
    return f"{element.get('class') or ''} {element.get('id') or ''}"


# the names on a page repeat, and those of one site's pages do


@lru_cache(maxsize=8192)
def _is_boiler_name(names: str) -> bool:
    return bool(_BOILER.search(names) or _NEVER.search(names))


@lru_cache(maxsize=8192)
def _is_dialogue_name(names: str) -> bool:
    return bool(_NEVER.search(names))


@lru_cache(maxsize=8192)
def _is_body_name(names: str) -> bool:
    return bool(_BODY.search(names))
