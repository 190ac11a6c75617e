"""CSS selectors as XPath, as far as rules for sites need them: `div.a#b[name^=x] p, h1`."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from connectors.extraction.blocks import Element

_PART = re.compile(
    r"(?P<tag>[a-zA-Z][\w-]*|\*)|\.(?P<class>[\w-]+)|#(?P<id>[\w-]+)"
    r"""|\[(?P<name>[\w:-]+)(?:(?P<how>[\^*]?=)["']?(?P<value>[^\]"']*)["']?)?\]"""
)
_STEPS = re.compile(r"\s*(>)\s*|\s+")


class SelectorError(ValueError):
    """A selector that is not understood; the message is Chinese."""


@lru_cache(maxsize=512)
def compiled(selector: str) -> etree.XPath:
    """Finds the elements in document order. Raises SelectorError."""
    paths = [_path(each.strip()) for each in selector.split(",")]
    try:
        return etree.XPath(" | ".join(paths))
    except etree.XPathSyntaxError as error:
        raise SelectorError(f"选择器写错了：{selector}") from error


def elements_at(root: Element, selector: str) -> list[Element]:
    """The elements that a selector names; none for an empty one. Raises SelectorError."""
    found = compiled(selector)(root) if selector else []
    return [element for element in found if isinstance(element, etree._Element)] if isinstance(found, list) else []


def _path(selector: str) -> str:
    steps = _STEPS.split(selector)
    names, joints = steps[0::2], [".//", *("/" if joint else "//" for joint in steps[1::2])]
    return "".join(joint + _step(name, selector) for joint, name in zip(joints, names, strict=True))


def _step(name: str, selector: str) -> str:
    tag, tests, end = "*", "", 0
    for part in _PART.finditer(name):
        if part.start() != end or (part["tag"] and end):
            break
        tag = part["tag"] or tag
        tests += _test(part)
        end = part.end()
    if not name or end != len(name):
        raise SelectorError(f"选择器写错了：{selector}（可以用元素名、.类名、#编号、[属性=值]、空格和 >）")
    return tag + tests


def _test(part: re.Match[str]) -> str:
    if part["class"]:
        return f"[contains(concat(' ', normalize-space(@class), ' '), ' {part['class']} ')]"
    if part["id"]:
        return f"[@id='{part['id']}']"
    if not part["name"]:
        return ""
    if not part["how"]:
        return f"[@{part['name']}]"
    function = {"=": "@{0}='{1}'", "^=": "starts-with(@{0}, '{1}')", "*=": "contains(@{0}, '{1}')"}[part["how"]]
    return f"[{function.format(part['name'], part['value'])}]"
