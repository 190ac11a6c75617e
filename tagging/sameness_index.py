"""Signatures in memory, by key: what a store does with a table, for a stream of texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable
from typing import Generic, TypeVar

from tagging.sameness import Signature, best_match, unpacked

PER_KEY = 30
"""Of the pieces under one key, the newest: boilerplate stands under one key thousands of times."""
CANDIDATES = 20

Id = TypeVar("Id", bound=Hashable)


class SamenessIndex(Generic[Id]):
    """Every piece added, packed: about 2 KB each."""

    def __init__(self) -> None:
        self._packed: dict[Id, bytes] = {}
        self._by_key: defaultdict[int, list[Id]] = defaultdict(list)

    def add(self, identity: Id, added: Signature) -> None:
        self._packed[identity] = added.packed()
        for key in added.keys:
            self._by_key[key].append(identity)

    def best(self, asked: Signature) -> tuple[Id, float] | None:
        """The most similar piece, if one is the same; of equals the one that shares most keys."""
        shared = Counter(identity for key in asked.keys for identity in self._by_key.get(key, ())[-PER_KEY:])
        signed = ((identity, unpacked(self._packed[identity])) for identity, _ in shared.most_common(CANDIDATES))
        return best_match(asked, ((identity, sign) for identity, sign in signed if sign is not None))
