"""Where an element stands on a page, told so that the same place is found on other pages of one pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from connectors.extraction.blocks import Element

_NUMBERS = re.compile(r"\d+")
_OF_ONE_PAGE = frozenset({"", "first", "last", "active", "current", "odd", "even", "p", "page", "page-", "p-"})
"""Names, without their numbers, that tell one page or row from the next."""
_IN = " < "
_DEEPEST = 60


def place_of(element: Element) -> str:
    """The names of an element and of those around it, the innermost first; where none has one, the numbers of their tags from the page's own.

    An element without a name stands where the next one around it stands that has one.
    """
    chain = [each for each in (element, *element.iterancestors()) if each.tag not in ("body", "html")]
    names = [name for each in chain if (name := _name_of(each))]
    return _IN.join(names) if names else "/" + "/".join(f"{each.tag}:{_number_of(each)}" for each in chain[:_DEEPEST])


def elements_at_place(elements: Iterable[Element], place: str) -> list[Element]:
    """Of these elements those that stand there."""
    if place.startswith("/"):
        return _by_numbers(elements, place)
    first = place.partition(_IN)[0]
    return [each for each in elements if _name_of(each) == first and place_of(each) == place]


def _by_numbers(elements: Iterable[Element], place: str) -> list[Element]:
    """Down from the page's body, one number after the other."""
    here = next((each for each in elements if each.tag == "body"), None)
    for step in reversed(place[1:].split("/")):
        tag, _, number = step.partition(":")
        here = None if here is None else next(islice(here.iterchildren(tag), int(number), None), None)
    return [] if here is None or place_of(here) != place else [here]


def is_named(place: str) -> bool:
    """Whether names tell the place, and not numbers alone, which shift from page to page."""
    return bool(place) and not place.startswith("/")


def is_within(place: str, other: str) -> bool:
    """Whether one place is the other, or lies within it."""
    return place == other or place.endswith(_IN + other)


def _name_of(element: Element) -> str:
    names = [*_words(element.get("id"), "#"), *sorted(_words(element.get("class"), "."))]
    return f"{element.tag}{''.join(names)}" if names else ""


def _words(said: str | None, mark: str) -> Iterator[str]:
    words = (_NUMBERS.sub("", word) for word in (said or "").split())
    return (mark + word for word in words if word not in _OF_ONE_PAGE)


def _number_of(element: Element) -> int:
    return sum(1 for _ in element.itersiblings(element.tag, preceding=True))
