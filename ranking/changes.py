"""What a new revision of a report changes against the one before, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ranking.figures import figure_name
from ranking.formula_words import in_words
from ranking.report import INPUT_KINDS, THEMES, AccountRow, Change, PlatformTable, PostInput, Report, StoryRow, ThemeRow

ABSENT = "—"

Facts = dict[str, dict[str, str]]
"""Row name → what → value as shown."""


def differences(before: Report, after: Report) -> tuple[Change, ...]:
    """All that a reader could see changed: figures, values, places, rows, kinds of input, formulas.

    A reading taken again with the same figures is no change; when it was taken is in the row itself.
    """
    found = [*_compare("公式", _formulas(before), _formulas(after))]
    old, new = _tables(before), _tables(after)
    for name in dict.fromkeys([*old, *new]):
        found += _compare(name, old.get(name, {}), new.get(name, {}))
    found += _compare("稿件榜", _stories(before.stories), _stories(after.stories))
    found += _compare("主题榜", _themes(before.themes), _themes(after.themes))
    found += _compare("发布件读数", _posts(before), _posts(after))
    return tuple(found)


def _compare(table: str, before: Facts, after: Facts) -> Iterable[Change]:
    for row in dict.fromkeys([*before, *after]):
        label = row.partition("\0")[0]
        if row not in before or row not in after:
            what = "新增" if row in after else "移除"
            facts = after[row] if row in after else before[row]
            shown = "、".join(f"{name} {value}" for name, value in facts.items() if value != ABSENT) or "没有读数"
            yield Change(
                table=table,
                row=label,
                what=what,
                before=ABSENT if row in after else shown,
                after=shown if row in after else ABSENT,
            )
            continue
        for what in dict.fromkeys([*before[row], *after[row]]):
            old, new = before[row].get(what, ABSENT), after[row].get(what, ABSENT)
            if old != new:
                yield Change(table=table, row=label, what=what, before=old, after=new)


def _formulas(report: Report) -> Facts:
    used = {formula.key: formula for formula in report.formulas}
    return {
        table.name: {
            "公式": table.formula or ABSENT,
            "算法": in_words(used[table.formula]) if table.formula in used else ABSENT,
        }
        for table in report.platforms
    }


def _tables(report: Report) -> dict[str, Facts]:
    return {f"{table.name}账号榜": _accounts(table) for table in report.platforms}


def _accounts(table: PlatformTable) -> Facts:
    facts: Facts = {}
    for apart, rows in ((False, table.rows), (True, table.apart)):
        for row in rows:
            facts[f"{row.name}\0{row.key}"] = _account(row, table, apart)
    return facts


def _account(row: AccountRow, table: PlatformTable, apart: bool) -> dict[str, str]:
    place = ("另列" if apart else "") + _place(row.place)
    return {
        "名次": place,
        table.measure: _shown(row.value, 2),
        "发布数": str(row.articles),
        **_figures(row.figures, table.figures),
        "数据来源": "、".join(INPUT_KINDS[kind] for kind in row.stated.input_kinds) or ABSENT,
        "缺少的数据": "、".join(row.stated.missing) or ABSENT,
        "未定读数": str(row.stated.unsettled),
    }


def _stories(rows: Iterable[StoryRow]) -> Facts:
    return {
        f"{row.title}\0{row.story}": {
            "名次": _place(row.place),
            "互动名次": _place(row.place_by_interactions),
            "件数": str(row.posts),
            "阅读": _shown(row.reads),
            "互动": _shown(row.interactions),
        }
        for row in rows
    }


def _themes(rows: Iterable[ThemeRow]) -> Facts:
    return {
        f"{THEMES.get(row.group, row.group)}·{row.name}\0{row.group}/{row.key}": {
            "名次": _place(row.place),
            "稿件数": str(row.stories),
            "件数": str(row.posts),
            "阅读": _shown(row.reads),
            "互动": _shown(row.interactions),
        }
        for row in rows
    }


def _posts(report: Report) -> Facts:
    return {
        f"{account.name}《{post.title}》\0{post.delivery}": _post(post)
        for account in report.inputs.accounts
        for post in account.posts
    }


def _post(post: PostInput) -> dict[str, str]:
    figures = post.snapshot.figures if post.snapshot else {}
    return _figures(figures, sorted(figures))


def _figures(figures: Mapping[str, float | None], names: Iterable[str]) -> dict[str, str]:
    return {figure_name(name): _shown(figures.get(name)) for name in names}


def _place(place: int | None) -> str:
    return ABSENT if place is None else f"第 {place} 名"


def _shown(value: float | None, decimals: int = 0) -> str:
    return ABSENT if value is None else f"{value:,.{decimals}f}"
