"""Freezing a week's ranking: gather the readings that count, build the report, keep it as a revision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from content_store import accounts, log, people, readings, reports, tags
from content_store.database import Store
from content_store.readings import LivePost
from content_store.tables import Account, Event, Reading, Story, Tag
from ranking.build import build_report
from ranking.figures import ACCOUNT_FIGURES, POST_FIGURES
from ranking.formulas import FormulaError, Formulas, Frozen, read_formulas
from ranking.report import (
    AccountInput,
    Head,
    PostInput,
    Report,
    ReportInputs,
    Snapshot,
    Theme,
    last_places,
    report_hash,
)
from ranking.weeks import Week, read_week
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom


class RankingRules(Frozen):
    """What the settings say about ranking: the formulas, and the report's head."""

    formulas: Formulas
    head: Head = Head()


def read_rules(indices: Mapping[str, Any], ranking: Mapping[str, Any]) -> RankingRules:
    """From the contents of config/indices.toml and config/ranking.toml. Raises FormulaError."""
    try:
        head = Head.model_validate(ranking.get("report", {}))
    except ValidationError as error:
        fields = "、".join(".".join(map(str, found["loc"])) for found in error.errors())
        raise FormulaError(f"ranking.toml 的 [report] 写错了（{fields}），请改正。") from error
    return RankingRules(formulas=read_formulas(indices), head=head)


def rank_week(newsroom: Newsroom, week: str, now: datetime, rules: RankingRules, by: int | None = None) -> int:
    """The id of the week's report: a new revision where anything changed since the last one, else the last one.

    Raises WeekError for what is not a week, Refused for one that has not begun.
    """
    asked = read_week(week)
    if asked.starts_at > now:
        raise Refused(f"{asked.title}还没有开始，请换一周。")
    try:
        return _freeze(newsroom.store, asked, now, rules, by)
    except IntegrityError:
        # somebody else froze the same revision a moment ago; look again, now against theirs
        return _freeze(newsroom.store, asked, now, rules, by)


def read_report(store: Store, week: str, revision: int | None = None) -> Report:
    """A frozen report, the newest revision by default. Raises WeekError or Missing."""
    name = read_week(week).name
    with store.reading() as session:
        row = reports.latest(session, name) if revision is None else reports.revision(session, name, revision)
    if row is None:
        if revision is not None:
            raise Missing(f"{name} 没有第 {revision} 次定稿，请核对编号。")
        raise Missing(f"{name} 还没有榜单，请先运行 kepu rank --week {name}。")
    return Report.model_validate(row.body)


def recompute(store: Store, week: str, revision: int) -> Report:
    """The same revision made again from the kept readings and the formulas it was frozen with.

    Names, titles and themes are those of the time; the figures come from the readings. Its hash must be the kept one.
    Raises WeekError or Missing.
    """
    kept = read_report(store, week, revision)
    before = read_report(store, week, revision - 1) if revision > 1 else None
    with store.reading() as session:
        found = readings.with_ids(session, (snapshot.reading for snapshot in _snapshots(kept.inputs)))
    return build_report(
        read_week(kept.week),
        _with_figures(kept.inputs, found),
        Formulas(
            formulas=kept.formulas,
            platforms={table.platform: table.formula for table in kept.platforms if table.formula},
        ),
        frozen_at=kept.frozen_at,
        frozen_by=kept.frozen_by,
        head=kept.head,
        previous=before,
    )


def gather(session: Session, week: Week) -> ReportInputs:
    """Every enabled account, its live posts of the week, and for each the last reading up to Sunday."""
    posts = readings.live_posts(session, since=week.starts_at, until=week.ends_at)
    last = readings.last_of_posts(session, [post.delivery.id or 0 for post in posts], until=week.sunday)
    days = readings.of_account_days(session, since=week.monday, until=week.sunday)
    themes = _themes(session, {post.version.story_id for post in posts})
    before = reports.latest(session, week.before.name)
    active = {post.delivery.account_id for post in posts}
    listed = [account for account in accounts.listed(session) if account.enabled or account.id in active]
    return ReportInputs(
        accounts=tuple(
            _account(
                account,
                [post for post in posts if post.delivery.account_id == account.id],
                last,
                days.get(account.id or 0, []),
                themes,
            )
            for account in listed
        ),
        last_places=last_places(Report.model_validate(before.body) if before else None),
    )


def _freeze(store: Store, week: Week, now: datetime, rules: RankingRules, by: int | None) -> int:
    with store.session() as session:
        row = reports.latest(session, week.name)
        previous = Report.model_validate(row.body) if row else None
        report = build_report(
            week,
            gather(session, week),
            rules.formulas,
            frozen_at=now,
            frozen_by=_name(session, by),
            head=rules.head,
            previous=previous,
        )
        if row is not None and row.id is not None and previous is not None and not _differs(previous, report):
            return row.id
        kept = reports.freeze(session, _row(report, by))
        assert kept.id is not None
        log.append(
            session,
            at=now,
            subject="report",
            subject_id=kept.id,
            act="frozen",
            actor=report.frozen_by or "system",
            why=f"第 {report.revision} 次定稿，{len(report.changes)} 处变化",
            detail={"week": report.week, "revision": report.revision, "hash": kept.body_hash},
        )
        return kept.id


def _differs(previous: Report, report: Report) -> bool:
    """Also a provisional report of the week, once the week is over, even if no figure moved."""
    return bool(report.changes) or previous.provisional != report.provisional or previous.head != report.head


def _row(report: Report, by: int | None) -> dict[str, Any]:
    return {
        "week": report.week,
        "revision": report.revision,
        "formulas": [formula.key for formula in report.formulas],
        "body": report.model_dump(mode="json"),
        "body_hash": report_hash(report),
        "reading_ids": sorted(snapshot.reading for snapshot in _snapshots(report.inputs)),
        "changes": [change.model_dump(mode="json") for change in report.changes],
        "frozen_at": report.frozen_at,
        "frozen_by": by,
    }


def _name(session: Session, by: int | None) -> str:
    user = people.with_ids(session, [by]).get(by) if by is not None else None
    return user.display_name if user else ""


# ---------------------------------------------------------------- from rows to the report's inputs


def _account(
    account: Account,
    posts: Sequence[LivePost],
    last: Mapping[int, Reading],
    days: Iterable[Reading],
    themes: Mapping[int, tuple[Theme, ...]],
) -> AccountInput:
    return AccountInput(
        key=account.key,
        platform=account.platform,
        name=account.name,
        unit=account.unit,
        posts=tuple(_post(account.platform, post, last, themes) for post in posts),
        days=tuple(_snapshot(reading, ACCOUNT_FIGURES) for reading in days),
    )


def _post(
    platform: str, post: LivePost, last: Mapping[int, Reading], themes: Mapping[int, tuple[Theme, ...]]
) -> PostInput:
    assert post.delivery.id is not None
    assert post.delivery.live_at is not None
    reading = last.get(post.delivery.id)
    return PostInput(
        delivery=post.delivery.id,
        story=post.version.story_id,
        title=post.version.title,
        published_at=post.delivery.live_at,
        # each of our WeChat pushes holds one article, so it is always the first; elsewhere there is no such position
        headline=True if platform == "wechat" else None,
        # our adapters post, they never repost somebody else's
        original=True if platform == "weibo" else None,
        themes=themes.get(post.version.story_id, ()),
        url=post.receipt.public_url if post.receipt else "",
        snapshot=_snapshot(reading, POST_FIGURES) if reading else None,
    )


def _snapshot(reading: Reading, names: Iterable[str]) -> Snapshot:
    assert reading.id is not None
    assert reading.for_date is not None
    return Snapshot.model_validate(
        {
            "reading": reading.id,
            "taken_at": reading.taken_at,
            "for_date": reading.for_date,
            "input_kind": reading.input_kind,
            "final": reading.final,
            "figures": {name: getattr(reading, name) for name in names},
        }
    )


def _themes(session: Session, story_ids: Iterable[int]) -> dict[int, tuple[Theme, ...]]:
    """Themes of the article a story was made from, and the event it answers."""
    stories = {story_id: session.get(Story, story_id) for story_id in story_ids}
    by_article = tags.of_articles(
        session, {story.article_id for story in stories.values() if story and story.article_id}
    )
    found: dict[int, tuple[Theme, ...]] = {}
    for story_id, story in stories.items():
        if story is None:
            continue
        standing = [_theme(tag) for tag in by_article.get(story.article_id or 0, [])]
        event = session.get(Event, story.event_id) if story.event_id else None
        if event is not None:
            standing.append(Theme(group="emergency", key=event.hazard, name=event.hazard_name or event.hazard))
        once = {(theme.group, theme.key): theme for theme in standing}
        found[story_id] = tuple(once[place] for place in sorted(once))
    return found


def _theme(tag: Tag) -> Theme:
    return Theme(group=tag.theme, key=tag.key, name=tag.name or tag.key)


def _snapshots(inputs: ReportInputs) -> Iterable[Snapshot]:
    for account in inputs.accounts:
        yield from (post.snapshot for post in account.posts if post.snapshot)
        yield from account.days


def _with_figures(inputs: ReportInputs, found: Mapping[int, Reading]) -> ReportInputs:
    """The same inputs with every snapshot taken from its kept reading anew. Raises Missing where one is gone."""

    def again(snapshot: Snapshot, names: Iterable[str]) -> Snapshot:
        reading = found.get(snapshot.reading)
        if reading is None:
            raise Missing(f"第 {snapshot.reading} 号读数不在了，这份榜单无法重算。")
        return _snapshot(reading, names)

    def post(row: PostInput) -> PostInput:
        return row.model_copy(update={"snapshot": again(row.snapshot, POST_FIGURES)}) if row.snapshot else row

    def account(row: AccountInput) -> AccountInput:
        days = tuple(again(day, ACCOUNT_FIGURES) for day in row.days)
        return row.model_copy(update={"posts": tuple(post(item) for item in row.posts), "days": days})

    return inputs.model_copy(update={"accounts": tuple(account(row) for row in inputs.accounts)})
