"""Work of several threads done in one go: a transaction for many costs little more than one for a single piece."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


@dataclass(frozen=True)
class _Place(Generic[Piece, Result]):
    piece: Piece
    answer: Future[Result] = field(default_factory=Future)


class Together(Generic[Piece, Result]):
    """Whoever comes first does the work for all who wait by then; nobody waits for others to come.

    `work` gives a result for each piece, in their order, and leaves nothing behind where it raises: then each piece is done
    alone, so that what is wrong with one is raised to nobody else.
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
            if not place.answer.done():
                self._do(self._taken())
        return place.answer.result()

    def _taken(self) -> list[_Place[Piece, Result]]:
        with self._list:
            taken, self._waiting = self._waiting, []
        return taken

    def _do(self, places: list[_Place[Piece, Result]]) -> None:
        try:
            results = self._work([place.piece for place in places])
        except BaseException as error:
            if len(places) == 1:
                places[0].answer.set_exception(error)
            else:
                for place in places:
                    self._do([place])
            return
        for place, result in zip(places, results, strict=True):
            place.answer.set_result(result)
