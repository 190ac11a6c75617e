"""Building the weekly report: inputs and formulas in, the frozen report out. Pure: the same inputs give the same report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from ranking.changes import differences
from ranking.contents import SumOfPosts, stated, story_rows, theme_rows
from ranking.figures import (
    ACCOUNT_FIGURES,
    NAMES,
    POST_FIGURES,
    PREFIXES,
    PeriodFigures,
    PostRow,
    figure_name,
    gap_text,
    needed,
    sum_up,
)
from ranking.formulas import Formula, Formulas
from ranking.index import evaluate
from ranking.ranks import kept, ranked
from ranking.report import (
    PLATFORMS,
    AccountInput,
    AccountRow,
    Head,
    PartShown,
    PlatformTable,
    Report,
    ReportInputs,
    Totals,
)
from ranking.weeks import Week

DAYS = 7


def build_report(
    week: Week,
    inputs: ReportInputs,
    formulas: Formulas,
    *,
    frozen_at: datetime,
    frozen_by: str = "",
    head: Head | None = None,
    previous: Report | None = None,
) -> Report:
    """The report of a week. `previous` is its last revision, against which the changes are listed.

    A revision that changes nothing is the caller's to drop: `changes` is then empty.
    """
    tables = tuple(_table(platform, inputs, formulas) for platform in _platforms(inputs, formulas))
    used = [formulas.of_platform(table.platform) for table in tables]
    report = Report(
        head=head or Head(),
        week=week.name,
        provisional=frozen_at < week.ends_at,
        revision=previous.revision + 1 if previous else 1,
        frozen_at=frozen_at,
        frozen_by=frozen_by,
        totals=_totals(inputs),
        platforms=tables,
        stories=story_rows(inputs),
        themes=theme_rows(inputs),
        rules=_rules(week, [formula for formula in used if formula], tables),
        formulas=_once(formula for formula in used if formula),
        inputs=inputs,
    )
    return report.model_copy(update={"changes": differences(previous, report)}) if previous else report


def _once(formulas: Iterable[Formula]) -> tuple[Formula, ...]:
    return tuple({formula.key: formula for formula in formulas}.values())


# ---------------------------------------------------------------- accounts


def _platforms(inputs: ReportInputs, formulas: Formulas) -> list[str]:
    """In the order of PLATFORMS, others after them by name."""
    present = {account.platform for account in inputs.accounts}
    order = [*PLATFORMS, *sorted(present - set(PLATFORMS))]
    return [platform for platform in order if platform in present]


def _table(platform: str, inputs: ReportInputs, formulas: Formulas) -> PlatformTable:
    formula = formulas.of_platform(platform)
    accounts = [account for account in inputs.accounts if account.platform == platform]
    rows = [_account_row(account, formula) for account in accounts]
    return PlatformTable(
        platform=platform,
        name=PLATFORMS.get(platform, platform),
        formula=formula.key if formula else None,
        measure=formula.id.upper() if formula else NAMES["reads"],
        figures=_shown(formula, accounts),
        rows=_placed([row for row in rows if not row.stated.missing], platform, inputs.last_places),
        apart=_placed([row for row in rows if row.stated.missing], platform, {}),
    )


def _placed(rows: Sequence[AccountRow], platform: str, last: Mapping[str, int]) -> tuple[AccountRow, ...]:
    """Rows without any value stand last, without a place."""
    with_value = [row for row in rows if row.value is not None]
    without = sorted((row for row in rows if row.value is None), key=lambda row: (row.name, row.key))
    placed = ranked(with_value, lambda row: row.value or 0, lambda row: (row.name, row.key))
    return (
        *(
            row.model_copy(update={"place": place, "last_place": last.get(f"{platform}/{row.key}")})
            for place, row in placed
        ),
        *without,
    )


def _account_row(account: AccountInput, formula: Formula | None) -> AccountRow:
    """The figures shown are the plain sums; the cap on a single article touches the index only."""
    period = _period(account, formula.cap if formula else {})
    parts: tuple[PartShown, ...] = ()
    if formula is None:
        value, missing = period.get("reads"), _gap_text("reads", period)
    else:
        index = evaluate(formula, period)
        value, missing = index.value, _told_once(index.missing)
        parts = tuple(PartShown(key=part.key, name=part.name, value=kept(part.value)) for part in index.parts)
    return AccountRow(
        key=account.key,
        name=account.name,
        unit=account.unit,
        articles=len(account.posts),
        value=None if value is None else kept(value),
        parts=parts,
        figures=_whole(_period(account, {})),
        formula=formula.key if formula else "",
        stated=stated([*(post.snapshot for post in account.posts), *account.days], missing),
    )


def _told_once(missing: Sequence[str]) -> tuple[str, ...]:
    """Without 头条转发 and 单篇最高转发 where 转发 is missing already."""
    plain = {text.partition("（")[0] for text in missing}
    return tuple(
        text
        for text in missing
        if not any(
            text.startswith(prefix) and text.removeprefix(prefix).partition("（")[0] in plain
            for prefix in PREFIXES.values()
        )
    )


def _period(account: AccountInput, cap: Mapping[str, int]) -> PeriodFigures:
    """The week's sums; followers as of the last day read, new followers as the sum of the days."""
    rows = [
        PostRow(figures=post.snapshot.figures if post.snapshot else {}, headline=post.headline, original=post.original)
        for post in account.posts
    ]
    gained = [value for day in account.days if (value := day.figures.get("new_followers")) is not None]
    followers = [value for day in account.days if (value := day.figures.get("followers")) is not None]
    own: dict[str, int | None] = {
        "followers": followers[-1] if followers else None,
        "new_followers": sum(gained) if gained else None,
    }
    period = sum_up(rows, own, DAYS, cap)
    gaps = dict(period.gaps)
    if gained and len(gained) < DAYS:
        gaps["new_followers"] = DAYS - len(gained)
    return PeriodFigures(values=period.values, gaps=gaps)


def _whole(period: PeriodFigures) -> dict[str, int | None]:
    values = {name: period.get(name) for name in (*POST_FIGURES, *ACCOUNT_FIGURES)}
    return {name: None if value is None else int(value) for name, value in values.items()}


def _gap_text(name: str, period: PeriodFigures) -> tuple[str, ...]:
    if period.get(name) is None:
        return (figure_name(name),)
    gap = period.gaps.get(name, 0)
    return (gap_text(name, gap),) if gap else ()


def _shown(formula: Formula | None, accounts: Iterable[AccountInput]) -> tuple[str, ...]:
    """The figures the formula uses, and the reads where there are any; without a formula all there are."""
    had = {
        name
        for account in accounts
        for snapshot in (*(post.snapshot for post in account.posts), *account.days)
        if snapshot
        for name, value in snapshot.figures.items()
        if value is not None
    }
    wanted = set(needed(formula)) | (had & {"reads"}) if formula else had | {"reads"}
    return tuple(name for name in (*POST_FIGURES, *ACCOUNT_FIGURES) if name in wanted)


# ---------------------------------------------------------------- head and rules


def _totals(inputs: ReportInputs) -> Totals:
    posts = [(account, post) for account in inputs.accounts for post in account.posts]
    total = SumOfPosts(posts)
    return Totals(
        accounts=len(inputs.accounts),
        accounts_with_posts=sum(bool(account.posts) for account in inputs.accounts),
        posts=len(posts),
        stories=len({post.story for _, post in posts}),
        reads=total.reads or 0,
        interactions=total.interactions or 0,
        posts_without_reading=sum(post.snapshot is None for _, post in posts),
    )


def _rules(week: Week, formulas: Sequence[Formula], tables: Sequence[PlatformTable]) -> tuple[str, ...]:
    rules = [
        f"统计周期为 {week.title}，周一至周日，北京时间。",
        "统计对象为本周内发布、制榜时仍在线的全部发布件；每件取截至周日（含）的最后一次读数。",
        "每行注明数据来源（公开计数、接口人数、人工填报）、读取时间和缺少的数据；接口给的是人数，与公开的次数口径不同。",
        "缺少的数据不当作 0：账号缺数据的另列一表，其数值是下限，不与数据齐全的账号比较。",
        "数值相同名次并列，后面的名次顺延；并列的按名称排列。",
        "稿件和主题按已知的阅读量排名，主题在各自的类别内排；有的平台不提供阅读量，缺少的件数写在“缺少的数据”一栏。",
        "互动量是在看、点赞、转发、评论、收藏之和，平台没有提供的不计。",
    ]
    capped = {limit for formula in formulas for name, limit in formula.cap.items() if name == "reads"}
    rules += [f"单篇阅读超过 {limit - 1:,} 的按 {limit:,} 计入指数。" for limit in sorted(capped)]
    unnamed = "、".join(table.name for table in tables if table.formula is None)
    if unnamed:
        rules.append(f"{unnamed}没有公开的指数公式，按阅读（播放）量排列，不称指数。")
    rules.append("平台数据仅供内部工作使用；公开发布前须取得平台许可。")
    return tuple(rules)
