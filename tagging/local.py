"""Which areas of the home province a text is about or set in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tagging.areas import AreaName
from tagging.asides import is_aside, is_departure, is_quoted
from tagging.document import Document, Letters, plain
from tagging.frames import in_row, is_framed
from tagging.lexicon import Lexicon
from tagging.matching import Found
from tagging.mentions import Mention, MentionReader, is_full, list_length
from tagging.neighbours import BETWEEN, adjoining, joined, led_by, nearest_before
from tagging.shapes import Evidence, LocalTag, TaggedText
from tagging.words import Words

_THRESHOLD = 0.5
_LIST = 7
"""A run with so many places elsewhere is a list (weather of the capitals): it is about none of them."""
_TEACHER_REACH = 20
"""So many characters behind 教授 say whether the work at the university is meant, or only who is quoted."""
_SELF = ("self_province", "self_city", "self_county")
_UNITS = frozenset("省市州县区")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A mention taken for an area, with how sure that is."""

    code: str
    sure: float
    start: int
    word: str
    passing: bool = False
    """Counts only where the text names no other area of ours."""


@dataclass(frozen=True, slots=True)
class Local:
    tags: tuple[LocalTag, ...]
    names: tuple[str, ...]
    """The names the tags rest on, for the keywords."""


_NOWHERE = Local((), ())


class LocalReader:
    def __init__(self, lexicon: Lexicon, letters: Letters, words: Words) -> None:
        self._areas = lexicon.areas
        self._letters = letters
        self._mentions = MentionReader(lexicon.areas, letters, words)
        self._words = words
        self._names = {area.name: area for area in lexicon.areas.names}
        self._twin = _twin_cities(self._names)
        self._cities = {area.name: area.code for area in lexicon.areas.names if area.kind == "city"}
        self._surnames = frozenset(lexicon.sets["surname"])
        self.lists = self._mentions.lists
        self.words: frozenset[str] = frozenset()
        self._source = lru_cache(maxsize=1000)(self._sender)  # a few senders send most texts

    def read(self, found: Found, item: TaggedText) -> Local:
        source, source_elsewhere = self._source(item.source_name, item.source_area)
        if source is None and self._mentions.none_of_ours(found):
            return _NOWHERE
        mentions = self._mentions.read(found)
        firm = [self._firm(found, mentions, at, source) for at in range(len(mentions))]
        home = any(claim is not None for claim in firm) or source is not None
        claims = list(firm)
        for at, mention in enumerate(mentions):
            if claims[at] is None and mention.area is not None:
                claims[at] = self._leaning(found, mentions, claims, at, home, source, source_elsewhere)
        kept = [
            self._placed(found, mentions[at], claim)
            for at, claim in enumerate(claims)
            if claim and list_length(mentions, at) < _LIST
        ]
        kept += self._self_reference(found, source)
        return self._tags(found, [claim for claim in kept if not claim.passing] or kept)

    def places(self, found: Found) -> frozenset[str]:
        """Every place named, ours or not, as it is written."""
        return frozenset(
            mention.name
            for mention in self._mentions.read(found)
            if mention.area is None or mention.area.kind != "not_place"
        )

    def _firm(self, found: Found, mentions: Sequence[Mention], at: int, source: str | None) -> _Claim | None:
        """Names that need nothing but themselves, or the name of the area above right before them."""
        mention = mentions[at]
        area = mention.area
        if area is None or area.kind == "not_place" or self._other_thing(found, mentions, at):
            return None
        if _is_mountain(area) and not led_by(found, mention):
            return None
        before = adjoining(found.document.text, mentions, at)
        if before is not None and before.area is not None and before.area.code in self._areas.up(area.code):
            return _Claim(area.code, 1.0, mention.start, mention.name)
        if area.use == "plate":
            after = found.document.text[mention.end : mention.end + 3].lstrip("·- ")
            return (
                _Claim(area.code, 0.7, mention.start, mention.name)
                if after[:2].isascii() and after[:2].isalnum()
                else None
            )
        if area.use == "subject":
            return self._institution(found, mention)
        if area.use != "plain" or self._owned_elsewhere(area.kind, before):
            return None
        return _Claim(self._twin_code(found, mentions, at, source), 0.9, mention.start, mention.name)

    def _leaning(
        self,
        found: Found,
        mentions: Sequence[Mention],
        claims: Sequence[_Claim | None],
        at: int,
        home: bool,
        source: str | None,
        source_elsewhere: bool,
    ) -> _Claim | None:
        """Names that many places or things bear: taken for ours where the text around them speaks for it."""
        mention = mentions[at]
        area = mention.area
        if area is None or area.kind == "not_place" or area.use == "subject" or self._other_thing(found, mentions, at):
            return None
        text = found.document.text
        if self._owned_elsewhere(area.kind, adjoining(text, mentions, at)):
            return None
        claim = _Claim(area.code, 0.8, mention.start, mention.name)
        if _joined_sibling(text, mentions, claims, at, area.code):
            return claim
        if area.kind in ("county", "city") and in_row(found, mentions, at, self._names):
            return claim
        if area.use == "context":
            return claim if self._owner_is_ours(mentions, claims, at, area.code, source, source_elsewhere) else None
        if area.use == "support":
            cue = is_framed(found, mention) or any(
                text.startswith(word, mention.end) for word in self._set(found, "place_cue")
            )
            far = nearest_before(mentions, at)
            abroad = far is not None and far.province is not None and mention.start - far.end < 40
            return claim if not abroad and (home or (cue and not source_elsewhere)) else None
        return None

    def _set(self, found: Found, name: str) -> Iterable[str]:
        return found.sets[name]

    def _other_thing(self, found: Found, mentions: Sequence[Mention], at: int) -> bool:
        """A street or house named after the place, a person (四平路, 李长春), or a place only passed by."""
        mention = mentions[at]
        text = found.document.text
        if is_aside(found, mentions, at):
            return True
        if mention.area is None or is_full(mention.name) or mention.area.kind in ("zone", "institution"):
            return False
        tail = text[mention.end : mention.end + 6]
        if any(tail.startswith(word) for word in self._set(found, "street")):
            return not any(tail.startswith(word) for word in self._set(found, "street_not"))
        return self._is_thing(found, mention) or self._person(found, mentions, at)

    def _is_thing(self, found: Found, mention: Mention) -> bool:
        """Whether a name that is a common word means the thing: leaves of an elm, firm as a rock."""
        if mention.name not in self._set(found, "common_word"):
            return False
        text = found.document.text
        after = any(text.startswith(word, mention.end) for word in self._set(found, "thing_after"))
        return after or any(text.endswith(word, 0, mention.start) for word in self._set(found, "thing_before"))

    def _person(self, found: Found, mentions: Sequence[Mention], at: int) -> bool:
        text, start = found.document.text, mentions[at].start
        if any(text.endswith(word, 0, start) for word in self._set(found, "profession")):
            return True
        if start == 0 or len(mentions[at].name) != 2 or text[start - 1] not in self._surnames:
            return False
        if at and mentions[at - 1].end == start:
            return False
        low = max(0, start - 8)
        return start - 1 - low in self._words.edges(text[low : mentions[at].end + 2])

    def _institution(self, found: Found, mention: Mention) -> _Claim | None:
        """An institution counts where the text is about it: in the title, or named again and again."""
        text = found.document.text
        around = text[max(0, mention.start - 8) : mention.end + 6]
        if mention.area is None or any(word in around for word in self._set(found, "graduate")):
            return None
        if not _opens(found.document, mention.start) and text.startswith("教授", mention.end):
            said = text[mention.end : mention.end + _TEACHER_REACH]
            if not any(word in said for word in self._set(found, "scholar")):
                return None
        if is_quoted(found, mention):
            return None
        return _Claim(mention.area.code, 0.8 if led_by(found, mention) else 0.3, mention.start, mention.name)

    def _owned_elsewhere(self, kind: str, before: Mention | None) -> bool:
        return before is not None and before.province is not None and kind not in ("province", "city")

    def _owner_is_ours(
        self,
        mentions: Sequence[Mention],
        claims: Sequence[_Claim | None],
        at: int,
        code: str,
        source: str | None,
        source_elsewhere: bool,
    ) -> bool:
        """Whose 朝阳区 it is: of the place named last before it, of the sender, of the only city named."""
        city = code[:4]
        owner = nearest_before(mentions, at, mentions[at].name)
        if owner is not None:
            return owner.area is not None and owner.area.code[:4] in (city, code[:2] + "00")
        if source is not None:
            return source[:4] in (city, code[:2] + "00")
        named = any(claim is not None and claim.code[:4] == city for claim in claims)
        return named and not source_elsewhere and not any(mention.province for mention in mentions[: at + 3])

    def _placed(self, found: Found, mention: Mention, claim: _Claim) -> _Claim:
        """A claim in view of the whole text: a start of a journey passes, one sight among several is the city's."""
        if is_departure(found, mention):
            return replace(claim, passing=True)
        document = found.document
        row = "、" in (document.text[mention.start - 1 : mention.start], document.text[mention.end : mention.end + 1])
        city = claim.code[:4] + "00"
        names = (name for name, code in self._cities.items() if code == city)
        if mention.area is None or mention.area.kind != "landmark" or not row:
            return claim
        if any(start < document.title_end for name in names for start in found.at(name)):
            return replace(claim, code=city)
        return claim

    def _twin_code(self, found: Found, mentions: Sequence[Mention], at: int, source: str | None) -> str:
        """吉林 among cities (长春、吉林、四平), or where the text speaks of a town (吉林城, 吉林站), is the city."""
        text = found.document.text
        mention = mentions[at]
        area = mention.area
        assert area is not None  # the caller asks for names of ours only
        city = self._twin.get(area.name)
        if city is None:
            return area.code
        if not found.at(self._areas.official[area.code]) and self._speaks_of_town(found, mention, city, source):
            return city
        if at and mentions[at - 1].end == mention.start and _is_city(mentions[at - 1]):
            return city  # 长春吉林一体化: an address would begin with the province
        for other in (at - 1, at + 1):
            row = 0 <= other < len(mentions) and joined(text, mentions, at, other, BETWEEN)
            if row and _is_city(mentions[other]):
                return city
        return area.code

    def _speaks_of_town(self, found: Found, mention: Mention, city: str, source: str | None) -> bool:
        text = found.document.text
        own = any(text.startswith(word, mention.end) for word in found.sets["town_thing"])
        return own or bool(found.of("twin_town")) or (source is not None and source[:4] == city[:4])

    def _sender(self, name: str, area: str) -> tuple[str | None, bool]:
        """The area of the sender, and whether the sender is elsewhere."""
        given = self._areas.known(area) if area else None
        if given:
            return given, False
        found = self._mentions.in_name(plain(name, self._letters)) if name else []
        own = [m.area.code for m in found if m.area is not None and m.area.use in ("plain", "subject")]
        return (own[0] if own else None), not own and any(m.province for m in found)

    def _self_reference(self, found: Found, source: str | None) -> list[_Claim]:
        """ "全省" and "我县" are areas once the sender is known."""
        if source is None:
            return []
        claims = []
        for level, code in zip(_SELF, reversed((source, *self._areas.up(source))), strict=False):
            unit = self._areas.official[code][-1]
            hits = [(start, word) for start, word in found.words_of(level) if not _UNITS & set(word) or unit in word]
            claims += [_Claim(code, 0.7, start, word) for start, word in hits[:3]]
        return claims

    def _whole(self, codes: Iterable[str], inner: bool) -> set[str]:
        """Cities all of whose counties are named, and the districts too, one by one or as 城区."""
        named = set(codes)
        whole = set()
        for city in named & set(self._cities.values()):
            parts = {code for code in self._areas.official if code[:4] == city[:4] and code != city}
            districts = {code for code in parts if code[4] in "01"}
            counties = parts - districts
            if len(counties) > 1 and counties <= named and districts and (inner or districts <= named):
                whole.add(city)
        return whole

    def _tags(self, found: Found, claims: Sequence[_Claim]) -> Local:
        document = found.document
        doubt: dict[str, float] = defaultdict(lambda: 1.0)
        shown: dict[str, list[Evidence]] = defaultdict(list)
        names: dict[str, list[str]] = defaultdict(list)
        for claim in claims:
            doubt[claim.code] *= 1 - claim.sure * _weight(document, claim.start)
            shown[claim.code].append(document.evidence(claim.start, claim.word))
            names[claim.code].append(claim.word)
        scores = {code: 1 - left for code, left in doubt.items() if 1 - left >= _THRESHOLD}
        for city in self._whole(scores, bool(found.of("inner_town"))):
            scores = {code: score for code, score in scores.items() if code == city or code[:4] != city[:4]}
        above = {up for code in scores for up in self._areas.up(code)}
        codes = sorted((code for code in scores if code not in above), key=lambda code: (-scores[code], code))
        tags = tuple(
            LocalTag(code, self._areas.official[code], round(scores[code], 3), tuple(shown[code][:6])) for code in codes
        )
        return Local(tags, tuple(name for code in codes for name in names[code][:1]))


def _weight(document: Document, start: int) -> float:
    if start < document.title_end:
        return 1.0
    offset, length = start - document.body_start, len(document.text)
    return 0.9 if offset < 150 else 0.65 if offset < 500 or length < 800 else 0.35


def _opens(document: Document, start: int) -> bool:
    """Whether a title or text begins with what stands there."""
    return start in (0, document.body_start)


def _twin_cities(names: Mapping[str, AreaName]) -> dict[str, str]:
    """Of provinces whose short name a city bears too: the city's code."""
    twins = ((name, names.get(name + "市")) for name, area in names.items() if area.kind == "province")
    return {name: city.code for name, city in twins if city is not None}


def _is_city(mention: Mention) -> bool:
    return mention.area is not None and mention.area.kind == "city"


def _is_mountain(area: AreaName) -> bool:
    """A landmark of the whole province (长白山): it counts where the text is about it."""
    return area.kind == "landmark" and area.code.endswith("0000")


def _joined_sibling(
    text: str, mentions: Sequence[Mention], claims: Sequence[_Claim | None], at: int, code: str
) -> bool:
    """Whether the name stands in a row with one already taken for an area of the same city or province."""
    for other in (at - 1, at + 1):
        if 0 <= other < len(mentions) and joined(text, mentions, at, other):
            claim = claims[other]
            if claim is not None and claim.code[:2] == code[:2]:
                return True
    return False
