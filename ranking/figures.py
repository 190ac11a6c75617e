"""What an index is computed from: the figures of a period, summed from single posts or given as they are.

A figure that is not known is None and stays so; it is never taken for 0. Names of figures:
`reads looks likes shares comments favourites` of posts, `followers new_followers` of the account, `articles` and
`original_articles` as counts, `days` of the period; with the prefix `headline_` the sum over first-position articles,
with `original_` over originals, with `max_` the highest single article, with `mean_` the average per article where only
that is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ranking.formulas import Formula, Frozen

POST_FIGURES = ("reads", "looks", "likes", "shares", "comments", "favourites")
ACCOUNT_FIGURES = ("followers", "new_followers")
INTERACTIONS = ("looks", "likes", "shares", "comments", "favourites")

NAMES = {
    "reads": "阅读",
    "looks": "在看",
    "likes": "点赞",
    "shares": "转发",
    "comments": "评论",
    "favourites": "收藏",
    "followers": "粉丝",
    "new_followers": "新增粉丝",
    "articles": "发布数",
    "days": "天数",
}
PREFIXES = {"headline_": "头条", "original_": "原创", "max_": "单篇最高", "mean_": "篇均"}
LARGEST = 10**15
"""What is larger is no count of people but a slip, and with some hundred digits nothing can be computed from it."""


class FiguresError(ValueError):
    """Figures that no index can be computed from; the message is Chinese and says which and why."""


class PeriodFigures(Frozen):
    """Figures of one account over one period, by name. `gaps` counts the posts in which a figure is unknown.

    A sum with gaps is the sum of what is known: a lower bound.
    """

    values: Mapping[str, float | None]
    gaps: Mapping[str, int] = {}

    def get(self, name: str) -> float | None:
        return self.values.get(name)


class PostRow(Frozen):
    """The figures of one post. `headline`, `original`: None where nobody knows."""

    figures: Mapping[str, int | None]
    headline: bool | None = None
    original: bool | None = None


def figure_name(name: str) -> str:
    """The Chinese name of a figure, as users read it."""
    for prefix, chinese in PREFIXES.items():
        if name.startswith(prefix):
            return chinese + NAMES.get(name.removeprefix(prefix), name.removeprefix(prefix))
    return NAMES.get(name, name)


def gap_text(name: str, gap: int) -> str:
    """A figure that some posts (for the account's own figures: some days) lack."""
    return f"{figure_name(name)}（{gap} {'天' if name in ACCOUNT_FIGURES else '篇'}）"


def sum_up(
    posts: Sequence[PostRow], account: Mapping[str, int | None], days: int, cap: Mapping[str, int]
) -> PeriodFigures:
    """Sums, headline sums, originals' sums and maxima of a period.

    The cap is applied to each post before summing, as the outside world sees a single article only up to "10万+".
    The four maxima may come from different articles: the published text asks for the highest of each figure.
    """
    values: dict[str, float | None] = {"days": days, "articles": len(posts), **account}
    gaps: dict[str, int] = {}
    subsets: dict[str, list[tuple[PostRow, bool | None]]] = {
        "": [(post, True) for post in posts],
        "headline_": [(post, post.headline) for post in posts],
        "original_": [(post, post.original) for post in posts],
    }
    unsure = sum(post.original is None for post in posts)
    values["original_articles"] = (
        sum(post.original is True for post in posts) if unsure < len(posts) or not posts else None
    )
    _count_gap(gaps, "original_articles", unsure)
    for figure in POST_FIGURES:
        for prefix, chosen in subsets.items():
            _add_sum(values, gaps, prefix + figure, [(_capped(post, figure, cap), mine) for post, mine in chosen])
        known = [value for post in posts if (value := _capped(post, figure, cap)) is not None]
        values[f"max_{figure}"] = max(known, default=None if posts else 0)
        _count_gap(gaps, f"max_{figure}", len(posts) - len(known))
    return PeriodFigures(values=values, gaps=gaps)


def _capped(post: PostRow, figure: str, cap: Mapping[str, int]) -> int | None:
    value = post.figures.get(figure)
    if value is None or figure not in cap:
        return value
    return min(value, cap[figure])


def _add_sum(
    values: dict[str, float | None],
    gaps: dict[str, int],
    name: str,
    chosen: Iterable[tuple[int | None, bool | None]],
) -> None:
    """Adds up the chosen values. Not knowing the value, or whether it belongs here, is a gap; known outsiders are not."""
    mine = [(value, belongs) for value, belongs in chosen if belongs is not False]
    known = [value for value, belongs in mine if belongs and value is not None]
    values[name] = sum(known) if known or not mine else None
    _count_gap(gaps, name, len(mine) - len(known))


def _count_gap(gaps: dict[str, int], name: str, count: int) -> None:
    if count:
        gaps[name] = count


def read_figures(data: Mapping[str, Any], formula: Formula) -> PeriodFigures:
    """Figures of a period from JSON: flat names, a published notation (R, Z, Rmax …), or `articles` as a list of posts.

    {"days": 7, "articles": 14, "reads": 42000, "headline_reads": 28000, "max_reads": 9000, …}
    {"days": 7, "R": 42000, "Rt": 28000, "Rmax": 9000, "n": 14, …}
    {"days": 7, "articles": [{"reads": 3000, "looks": 15, "likes": 30, "shares": 75, "headline": true}, …]}
    Groups {"headline": {…}, "max": {…}, "total": {…}} are the same as the prefixes. Raises FiguresError.
    """
    flat = _in_our_names(_flatten(data), formula)
    listed = flat.pop("articles") if isinstance(flat.get("articles"), list) else None
    values = {name: _number(name, value, formula) for name, value in flat.items()}
    if listed is None:
        return PeriodFigures(values=_one_article(values, formula))
    rows = [_post(number, row) for number, row in enumerate(listed, start=1)]
    summed = sum_up(rows, {}, int(values.get("days") or 0), formula.cap)
    return PeriodFigures(values={**summed.values, **values}, gaps=summed.gaps)


_GROUPS = {"total": "", "totals": "", "headline": "headline_", "max": "max_", "original": "original_"}


def _flatten(data: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in data.items():
        if name == "id":
            continue
        if isinstance(value, Mapping):
            if name not in _GROUPS:
                raise FiguresError(f"不认识的一组数据“{name}”，可用：{'、'.join(_GROUPS)}。")
            flat |= {_GROUPS[name] + inner: number for inner, number in value.items()}
        else:
            flat[name] = value
    return flat


def _in_our_names(flat: dict[str, Any], formula: Formula) -> dict[str, Any]:
    """Translates a published notation; our own names always hold.

    Z is 在看 in one text and 点赞 in another, so a notation is taken only where no other explains all names given.
    """
    known = needed(formula)
    strange = {name for name in flat if not _is_ours(name) and name not in known}
    if not strange:
        return flat
    readings = {tuple(sorted(found.items())) for table in formula.names if (found := _translate(strange, table))}
    if len(readings) == 1:
        names = dict(readings.pop())
        return {names.get(name, name): value for name, value in flat.items()}
    if readings:
        raise FiguresError(f"“{'、'.join(sorted(strange))}”在不同公式文本里含义不同，请改用：{'、'.join(known)}。")
    raise FiguresError(f"不认识的数据名“{'、'.join(sorted(strange))}”，{formula.name}用到：{'、'.join(known)}。")


def _is_ours(name: str) -> bool:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name in NAMES


def _translate(strange: Iterable[str], table: Mapping[str, str]) -> dict[str, str]:
    """R → reads, Rt → headline_reads, Rmax or max_R → max_reads, R_over_n → mean_reads; {} where the table does not explain them all."""
    forms: dict[str, str] = {}
    for theirs, ours in table.items():
        forms |= {theirs: ours, f"{theirs}t": f"headline_{ours}", f"{theirs}max": f"max_{ours}"}
        forms[f"{theirs}_over_n"] = f"mean_{ours}"
        forms |= {prefix + theirs: prefix + ours for prefix in PREFIXES}
    return {name: forms[name] for name in strange} if all(name in forms for name in strange) else {}


def needed(formula: Formula) -> list[str]:
    """The names of all figures that a formula asks for, in its own order."""
    names: dict[str, None] = {}
    for part in formula.parts:
        for term in formula.terms_of(part):
            names |= dict.fromkeys(quantity_names(term.figure, term.basis or part.basis))
    return list(names)


def quantity_names(figure: str, basis: str) -> tuple[str, ...]:
    """The figures behind one quantity: numerator, then divisor if any."""
    match basis:
        case "per_day":
            return (figure, "days")
        case "per_article":
            return (figure, "articles")
        case "headline_per_day":
            return (f"headline_{figure}", "days")
        case "max":
            return (f"max_{figure}",)
        case _:
            return (figure,)


def _number(name: str, value: Any, formula: Formula) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FiguresError(f"{figure_name(name)}（{name}）应是数字，不能是 {str(value)[:40]}。")
    if not abs(value) <= LARGEST:  # so, and not >, since NaN is refused as well
        raise FiguresError(f"{figure_name(name)}（{name}）不是可用的数（最大 10 的 15 次方），请检查。")
    if value < 0 and name not in formula.floor:
        raise FiguresError(f"{figure_name(name)}（{name}）不能是负数。")
    return value


def _post(number: int, row: Any) -> PostRow:
    if not isinstance(row, Mapping):
        raise FiguresError(f"articles 的第 {number} 项应是一组数据。")
    figures: dict[str, int | None] = {}
    for name in POST_FIGURES:
        value = row.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST):
            raise FiguresError(f"articles 第 {number} 项的{NAMES[name]}（{name}）应是 0 到 10 的 15 次方之间的整数。")
        figures[name] = value
    headline, original = row.get("headline", False), row.get("original")
    if not all(mark is None or isinstance(mark, bool) for mark in (headline, original)):
        raise FiguresError(f"articles 第 {number} 项的 headline 和 original 应是 true、false 或 null。")
    return PostRow(figures=figures, headline=headline, original=original)


def _one_article(values: dict[str, float | None], formula: Formula) -> dict[str, float | None]:
    """The cap on given sums: a maximum is one article; with one article in the period every sum is one too."""
    single = values.get("articles") == 1
    for figure, limit in formula.cap.items():
        for name in (f"max_{figure}", *((figure, f"headline_{figure}") if single else ())):
            value = values.get(name)
            if value is not None:
                values[name] = min(value, limit)
    return values
