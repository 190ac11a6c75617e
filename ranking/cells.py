"""The report as sheets of plain cells: what stands in which table, shared by the XLSX file and the printed page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from ranking.figures import INTERACTIONS, POST_FIGURES, figure_name
from ranking.formula_words import formula_text, limits_text, part_text
from ranking.formulas import Formula, Frozen
from ranking.report import INPUT_KINDS, THEMES, AccountRow, PlatformTable, Report, Stated, StoryRow
from ranking.weeks import BEIJING, read_week

Kind = Literal["text", "place", "count", "index", "part", "moment", "long"]
Cell = str | int | float | None
"""None is a figure that is not known; it is shown as "—", never as 0."""


class Column(Frozen):
    title: str
    kind: Kind = "text"
    width: float = 12


class Block(Frozen):
    """A table with its heading and a line on how to read it."""

    heading: str
    note: str = ""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "本周没有内容。"


class Sheet(Frozen):
    name: str
    blocks: tuple[Block, ...]


_STATED = (
    Column(title="数据来源", kind="long", width=20),
    Column(title="读取时间（北京）", kind="moment", width=16),
    Column(title="缺少的数据", kind="long", width=20),
)


def sheets(report: Report) -> tuple[Sheet, ...]:
    """All tables after the cover, in the order in which they are read."""
    return (
        *(_accounts(table, report) for table in report.platforms),
        Sheet(name="稿件榜", blocks=(_stories(report.stories),)),
        Sheet(name="主题榜", blocks=_themes(report)),
        Sheet(name="原始读数", blocks=(_readings(report),)),
        Sheet(name="修订说明", blocks=(_changes(report),)),
        Sheet(name="公式与口径", blocks=(_rules(report), *(_formula(formula) for formula in report.formulas))),
    )


def beijing(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def week_title(report: Report) -> str:
    title = read_week(report.week).title
    return f"{title}（本周未结束，临时榜）" if report.provisional else title


def made_line(report: Report) -> str:
    """Which revision it is, when it was frozen, who made it."""
    revision = "首次定稿" if report.revision == 1 else f"第 {report.revision} 次定稿"
    return f"{revision} · 定稿时间 {beijing(report.frozen_at)} · 编制单位 {report.head.unit or '—'}"


def summary(report: Report) -> str:
    """The week in one sentence."""
    totals = report.totals
    unread = f"{totals.posts_without_reading} 件尚无读数" if totals.posts_without_reading else "各件都有读数"
    return (
        f"共 {totals.accounts} 个账号，其中 {totals.accounts_with_posts} 个本周有发布；发布 {totals.posts} 件"
        f"（{totals.stories} 篇稿件），阅读合计 {totals.reads:,}，互动合计 {totals.interactions:,}，"
        f"{unread}。"
    )


def moved(report: Report, place: int | None, last: int | None) -> str:
    """Against the week before: ↑2, ↓1, —; 新 for a newcomer; nothing where that week has no report."""
    if place is None or not report.inputs.last_places:
        return ""
    if last is None:
        return "新"
    if place == last:
        return "—"
    return f"↑{last - place}" if place < last else f"↓{place - last}"


# ---------------------------------------------------------------- accounts


def _accounts(table: PlatformTable, report: Report) -> Sheet:
    formula = next((formula for formula in report.formulas if formula.key == table.formula), None)
    basis = f"按{formula.name}排名。" if formula else "没有公开的指数公式，按阅读（播放）量排列。"
    parts = tuple(Column(title=part.name, kind="part", width=9) for part in formula.parts) if formula else ()
    blocks = [_account_block(report, f"{table.name}账号榜", basis, table, table.rows, parts)]
    if table.apart:
        note = "缺少的数据不当作 0：下列数值是已知数据得出的下限，只在本表内排序，不与上表比较。"
        blocks.append(_account_block(report, "数据不全，另列", note, table, table.apart, parts))
    return Sheet(name=f"{table.name}榜", blocks=tuple(blocks))


def _account_block(
    report: Report, heading: str, note: str, table: PlatformTable, rows: Sequence[AccountRow], parts: tuple[Column, ...]
) -> Block:
    shown = [name for name in table.figures if table.formula or name != "reads"]
    columns = (
        Column(title="名次", kind="place", width=6),
        Column(title="较上周", kind="place", width=8),
        Column(title="账号", kind="long", width=15),
        Column(title="单位", kind="long", width=20),
        Column(title=table.measure, kind="index" if table.formula else "count", width=11),
        *parts,
        Column(title="发布数", kind="count", width=8),
        *(Column(title=figure_name(name), kind="count", width=9) for name in shown),
        *_STATED,
    )
    return Block(
        heading=heading,
        note=note,
        columns=columns,
        rows=tuple(_account_cells(report, row, parts, shown) for row in rows),
        empty="没有数据齐全的账号。",
    )


def _account_cells(report: Report, row: AccountRow, parts: Sequence[Column], shown: Iterable[str]) -> tuple[Cell, ...]:
    values = {part.name: part.value for part in row.parts}
    return (
        row.place,
        "" if row.stated.missing else moved(report, row.place, row.last_place),
        row.name,
        row.unit,
        row.value,
        *(values.get(part.title) for part in parts),
        row.articles,
        *(row.figures.get(name) for name in shown),
        *_stated(row.stated),
    )


def _stated(stated: Stated) -> tuple[Cell, ...]:
    kinds = "、".join(INPUT_KINDS[kind] for kind in stated.input_kinds)
    missing = "、".join(stated.missing) or "无"
    if stated.unsettled:
        missing += f"；{stated.unsettled} 条读数平台注明尚未定稿"
    return (kinds or None, beijing(stated.taken_to) or None, missing)


# ---------------------------------------------------------------- stories, themes


def _stories(rows: Sequence[StoryRow]) -> Block:
    return Block(
        heading="稿件榜",
        note="按各平台已知阅读量之和排名；平台不提供阅读量的，缺少的件数另写。",
        columns=(
            Column(title="名次", kind="place", width=6),
            Column(title="互动名次", kind="place", width=9),
            Column(title="稿件", kind="long", width=44),
            Column(title="主题", kind="long", width=20),
            Column(title="发布平台", kind="long", width=22),
            Column(title="件数", kind="count", width=7),
            Column(title="阅读", kind="count", width=11),
            Column(title="互动", kind="count", width=10),
            *_STATED,
        ),
        rows=tuple(
            (
                *(row.place, row.place_by_interactions, row.title, "、".join(row.themes)),
                *("、".join(row.platforms), row.posts, row.reads, row.interactions),
                *_stated(row.stated),
            )
            for row in rows
        ),
    )


def _themes(report: Report) -> tuple[Block, ...]:
    """One table for each group of themes; a single empty one where there are none."""
    groups = list(dict.fromkeys(row.group for row in report.themes)) or [""]
    return tuple(
        Block(
            heading=f"{THEMES.get(group, group)}主题榜",
            note="" if number else "按已知阅读量排名；一篇稿件有几个主题的，在每个主题中各计一次，所以各行不能相加。",
            columns=(
                Column(title="名次", kind="place", width=6),
                Column(title="较上周", kind="place", width=8),
                Column(title="主题", kind="long", width=26),
                Column(title="稿件数", kind="count", width=8),
                Column(title="件数", kind="count", width=8),
                Column(title="阅读", kind="count", width=11),
                Column(title="件均阅读", kind="count", width=11),
                Column(title="互动", kind="count", width=10),
                *_STATED,
            ),
            rows=tuple(
                (
                    *(row.place, moved(report, row.place, row.last_place), row.name, row.stories, row.posts),
                    *(row.reads, row.reads_per_post, row.interactions, *_stated(row.stated)),
                )
                for row in report.themes
                if row.group == group
            ),
        )
        for number, group in enumerate(groups)
    )


# ---------------------------------------------------------------- what it rests on


def _readings(report: Report) -> Block:
    names = {table.platform: table.name for table in report.platforms}
    figures = POST_FIGURES
    rows: list[tuple[Cell, ...]] = []
    for account in report.inputs.accounts:
        for post in account.posts:
            snapshot = post.snapshot
            known = snapshot.figures if snapshot else {}
            rows.append(
                (
                    *(names[account.platform], account.name, post.title, beijing(post.published_at)),
                    *(known.get(name) for name in figures),
                    INPUT_KINDS[snapshot.input_kind] if snapshot else None,
                    beijing(snapshot.taken_at) if snapshot else None,
                    snapshot.reading if snapshot else None,
                )
            )
    return Block(
        heading="原始读数",
        note=f"本榜所依据的每一件的读数，一件一行；互动包括{'、'.join(figure_name(name) for name in INTERACTIONS)}。",
        columns=(
            Column(title="平台", width=12),
            Column(title="账号", width=16),
            Column(title="标题", kind="long", width=44),
            Column(title="发布时间（北京）", kind="moment", width=17),
            *(Column(title=figure_name(name), kind="count", width=9) for name in figures),
            Column(title="数据来源", width=13),
            Column(title="读取时间（北京）", kind="moment", width=17),
            Column(title="读数编号", kind="place", width=9),
        ),
        rows=tuple(rows),
    )


def _changes(report: Report) -> Block:
    before = f"与第 {report.revision - 1} 次修订相比" if report.revision > 1 else "本榜为首次定稿"
    return Block(
        heading="修订说明",
        note=f"{before}，共 {len(report.changes)} 处变化。" if report.revision > 1 else f"{before}，没有修订。",
        columns=(
            Column(title="表", width=18),
            Column(title="行", kind="long", width=50),
            Column(title="项目", width=12),
            Column(title="修订前", kind="long", width=34),
            Column(title="修订后", kind="long", width=34),
        ),
        rows=tuple((change.table, change.row, change.what, change.before, change.after) for change in report.changes),
        empty="没有变化。",
    )


def _rules(report: Report) -> Block:
    return Block(
        heading="统计口径",
        columns=(Column(title="序号", kind="place", width=8), Column(title="口径", kind="long", width=110)),
        rows=tuple((number, rule) for number, rule in enumerate(report.rules, start=1)),
    )


_CERTAINTY = {"solid": "出处可靠（发布者页面或两处独立来源）", "probable": "出处较可靠（一处详细来源）"}


def _formula(formula: Formula) -> Block:
    since = formula.valid_from.isoformat() if formula.valid_from else "出处未注明"
    facts = [
        ("编号", formula.key),
        ("公式", formula_text(formula)),
        *((f"{part.name}（{part.weight:.0%}）", part_text(formula, index)) for index, part in enumerate(formula.parts)),
        ("封顶与下限", limits_text(formula) or "无"),
        ("发布者", formula.publisher),
        ("出处", formula.source),
        ("可靠程度", _CERTAINTY[formula.certainty]),
        ("启用日期", since),
    ]
    return Block(
        heading=formula.name,
        columns=(Column(title="项目", width=20), Column(title="内容", kind="long", width=110)),
        rows=tuple(facts),
    )
