"""Work of several threads done in one go: a transaction for many costs little more than one for a single piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


@dataclass
class _Place(Generic[Piece, Result]):
    piece: Piece
    ended: bool = False
    result: Result | None = None
    error: BaseException | None = None


class Together(Generic[Piece, Result]):
    """Whoever comes first does the work for all who wait by then; nobody waits for others to come.

    `work` gives a result for each piece, in their order; what it raises is raised to all whose pieces it was given.
    """

    def __init__(self, work: Callable[[list[Piece]], list[Result]]) -> None:
        self._work = work
        self._waiting: list[_Place[Piece, Result]] = []
        self._list, self._turn = Lock(), Lock()

    def do(self, piece: Piece) -> Result:
        """The result of this piece, once it is there."""
        place: _Place[Piece, Result] = _Place(piece)
        with self._list:
            self._waiting.append(place)
        with self._turn:
            if not place.ended:
                self._do_all()
        if place.error is not None:
            raise place.error
        assert place.ended
        return place.result  # type: ignore[return-value]  # where the work has ended, it is there

    def _do_all(self) -> None:
        with self._list:
            taken, self._waiting = self._waiting, []
        try:
            results = self._work([place.piece for place in taken])
            for place, result in zip(taken, results, strict=True):
                place.result = result
        except BaseException as error:
            for place in taken:
                place.error = error
        for place in taken:
            place.ended = True
