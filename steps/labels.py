"""What a person calls a tag, as the key and the name under which the tagger knows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from steps.errors import Refused
from steps.newsroom import Newsroom
from tagging import Lexicon

_PLACES = ("province", "city", "county")
_EXAMPLES = 3
_WHAT = {"emergency": "灾种", "local": "地区", "audience": "人群", "day": "主题日"}

Named = Mapping[str, tuple[str, str]]
"""What may be said → key and name."""


def label(newsroom: Newsroom, theme: str, said: str) -> tuple[str, str]:
    """Key and name of what was typed. A topic of the hot lists is what it is called.

    Raises Refused where the tagger knows nothing of that name: such a tag would stand beside the right one and no filter
    would find it.
    """
    if theme == "hot":
        return said, said
    known = named(newsroom.lexicon, theme)
    if said in known:
        return known[said]
    near = "、".join(dict.fromkeys(name for name in known if said and (said in name or name in said)))
    first = near or "、".join(suggested(newsroom.lexicon, theme)[:_EXAMPLES])
    raise Refused(f"没有“{said}”这个{_WHAT[theme]}，请从提示的名称里选，例如：{first}。")


def suggested(lexicon: Lexicon, theme: str) -> list[str]:
    """The names of a theme's labels, each once."""
    return list(dict.fromkeys(name for _, name in named(lexicon, theme).values()))


def named(lexicon: Lexicon, theme: str) -> Named:
    """Everything by which a label of the theme may be called, its key too. Pure."""
    if theme == "emergency":
        return _by_names((each.key, each.name, each.alias) for each in lexicon.hazards.values())
    if theme == "day":
        return _by_names((each.key, each.name, each.alias) for each in lexicon.days)
    if theme == "audience":
        return {key: (key, name) for key, name in lexicon.audiences.items()}
    official = lexicon.areas.official
    short = [each for each in lexicon.areas.names if each.kind in _PLACES]
    return _by_names((code, official[code], [n.name for n in short if n.code == code]) for code in official)


def _by_names(labels: Iterable[tuple[str, str, Iterable[str]]]) -> dict[str, tuple[str, str]]:
    """Names before aliases, and of two labels with one alias the first."""
    found: dict[str, tuple[str, str]] = {}
    aliases: dict[str, tuple[str, str]] = {}
    for key, name, others in labels:
        found[key] = found[name] = (key, name)
        for other in others:
            aliases.setdefault(other, (key, name))
    return {**aliases, **found}
