"""Evaluating an index formula: figures of a period in, the index with all its parts out."""

from __future__ import annotations

import math

from ranking.figures import FiguresError, PeriodFigures, figure_name, gap_text, quantity_names
from ranking.formulas import Basis, Formula, Frozen, Part


class PartValue(Frozen):
    key: str
    name: str
    weight: float
    value: float
    missing: tuple[str, ...] = ()


class IndexValue(Frozen):
    """An index and its parts. `missing` names, in Chinese, the figures that are unknown wholly or in some posts.

    With anything missing, `value` is a lower bound: what is unknown adds nothing. It is None where nothing is known.
    """

    formula: str
    value: float | None
    inner: float
    parts: tuple[PartValue, ...]
    missing: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.missing


def evaluate(formula: Formula, figures: PeriodFigures) -> IndexValue:
    """The index of one account over one period.

    Raises FiguresError for a period of no days, negative figures, and figures from which no finite number comes.

    No articles: the average is 0. No headline: the headline part is 0 (the published texts say nothing on either).
    """
    parts = tuple(_part(formula, part, figures) for part in formula.parts)
    inner = math.fsum(part.weight * part.value for part in parts)
    missing = tuple(dict.fromkeys(name for part in parts for name in part.missing))
    known = any(
        _quantity(term.figure, term.basis or part.basis, figures, formula) is not None
        for part in formula.parts
        for term in formula.terms_of(part)
    )
    value = formula.scale * inner**formula.power if known else None
    if not math.isfinite(value or 0):
        raise FiguresError("由这些数据算不出有限的数，请检查天数和发布数是不是太小。")
    return IndexValue(formula=formula.key, value=value, inner=inner, parts=parts, missing=missing)


def _part(formula: Formula, part: Part, figures: PeriodFigures) -> PartValue:
    values, missing = [], []
    for term in formula.terms_of(part):
        basis = term.basis or part.basis
        quantity = _quantity(term.figure, basis, figures, formula)
        missing += _missing(term.figure, basis, figures)
        if quantity is not None:
            values.append(term.weight * math.log(term.factor * quantity + 1))
    return PartValue(
        key=part.key,
        name=part.name,
        weight=part.weight,
        value=math.fsum(values),
        missing=tuple(dict.fromkeys(missing)),
    )


def _quantity(figure: str, basis: Basis, figures: PeriodFigures, formula: Formula) -> float | None:
    if _mean_given(figure, basis, figures):
        return figures.get(f"mean_{figure}")
    numerator, *divisor = quantity_names(figure, basis)
    value = _floored(numerator, figures.get(numerator), formula)
    if not divisor or value is None:
        return value
    count = figures.get(divisor[0])
    if count is None:
        return None
    if divisor[0] == "articles" and count == 0:
        return 0
    if count <= 0:
        raise FiguresError(f"{figure_name(divisor[0])}（{divisor[0]}）应大于 0。")
    return value / count


def _mean_given(figure: str, basis: Basis, figures: PeriodFigures) -> bool:
    return basis == "per_article" and figures.get(f"mean_{figure}") is not None


def _floored(name: str, value: float | None, formula: Formula) -> float | None:
    if value is None or value >= 0:
        return value
    if name not in formula.floor:
        raise FiguresError(f"{figure_name(name)}（{name}）不能是负数。")
    return formula.floor[name]


def _missing(figure: str, basis: Basis, figures: PeriodFigures) -> list[str]:
    if _mean_given(figure, basis, figures):
        return []
    found = []
    for name in quantity_names(figure, basis):
        if figures.get(name) is None:
            found.append(figure_name(name))
        elif gap := figures.gaps.get(name, 0):
            found.append(gap_text(name, gap))
    return found
