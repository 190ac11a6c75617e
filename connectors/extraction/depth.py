"""Pages nested deeper than the parser goes (2,048 elements in libxml2): the innermost wrappers are taken off.

Browsers do likewise and stop nesting at a few hundred (https://html.spec.whatwg.org/multipage/parsing.html leaves the
number to them).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

_DEEPEST = 400
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style|textarea)\b.*?(?:</(?P=raw)|\Z)|<(?P<end>/?)(?P<name>[a-z][\w:-]*+)[^<>]*+>",
    re.I | re.S,
)
_NEVER_NESTS = re.compile(
    r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"  # without content
    r"|html|head|body|p|li|dd|dt|option|tr|td|th|thead|tbody|tfoot"  # closed by the next of their kind
)


def flattened(text: str, blocks: Collection[str]) -> str:
    """The page without the elements that stand deeper than 400; where one of `blocks` stood, the line still breaks."""
    open_now = 0
    taken: Counter[str] = Counter()
    pieces: list[str] = []
    copied = 0
    for token in _TOKEN.finditer(text):
        name = (token["name"] or "").lower()
        if not name or _NEVER_NESTS.fullmatch(name):
            continue
        ends = bool(token["end"])
        if taken[name] > 0 if ends else open_now >= _DEEPEST:
            taken[name] += -1 if ends else 1
            pieces += [text[copied : token.start()], "<br>" if name in blocks else ""]
            copied = token.end()
        else:
            open_now += -1 if ends and open_now else 0 if ends else 1
    return "".join([*pieces, text[copied:]])
