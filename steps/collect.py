"""Collecting: fetch a source, understand it, write down what is new, and remember where to go on.

No transaction is open while the network is waited for. The cursor is stored with the last items and never before them, so
a round that is killed begins again where it stopped, and the same input twice gives the same rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from urllib.parse import urlsplit

from sqlmodel import Session

from connectors.base import BadItem, Parsed, RawPage
from connectors.cap import CapError
from connectors.errors import ConnectorError, FormatChanged, OutOfTime, RetryLater, keeping
from connectors.patience import OUT_OF_TIME, Patience
from content_store import collecting, kept_pages, log, sources
from content_store.counts import FAILING
from content_store.tables import Source
from steps.alerts import receive
from steps.embedded import keep_embedded
from steps.hot_lists import topics_apart
from steps.newsroom import Newsroom
from steps.prepared import prepare
from steps.rhythm import EMERGENCY_KINDS, interval, moments, pause, remembered, spread
from steps.storing import Counts, Portion, no_counts, write

BATCH = 40
"""Items of one source written in one transaction: others wait for it only for a moment."""
AT_ONCE = 4
WARNINGS_AT_ONCE = 16
WARNING_SHARE = 5
"""A visit to a source of warnings may take one part of so many of what another visit may."""
_log = logging.getLogger(__name__)


def collect_source(
    newsroom: Newsroom, source_id: int, now: datetime, *, trying_again: Callable[[ConnectorError], bool] | None = None
) -> Counts:
    """One visit. A failure is written to the source's health and then raised as ConnectorError.

    `trying_again`: whether the caller tries again itself after this failure, which then is not the visit's end.
    """
    with newsroom.store.reading() as session:
        source = session.get(Source, source_id)
    if source is None:
        return no_counts()
    try:
        return _collect(newsroom, source, now)
    except ConnectorError as error:
        if isinstance(error, OutOfTime) or trying_again is None or not trying_again(error):
            _note_failure(newsroom, source, error, now)
        raise


def _collect(newsroom: Newsroom, source: Source, now: datetime) -> Counts:
    """Raises ConnectorError, which is to be noted; OutOfTime where the visit took too long, with all that was read stored."""
    patience = _patience(newsroom, source)
    page, parsed = _visit(newsroom, source, patience)
    parsed, topics = topics_apart(newsroom, source, parsed, now)
    counts, refused = _keep(newsroom, source, parsed, now)
    _hand_on_alerts(newsroom, parsed, now, counts)
    bad = [*(each for each in parsed.bad if each.reason != OUT_OF_TIME), *refused]
    counts["bad"] += len(bad)
    fresh = counts["new"] > 0 or topics > 0
    if patience.ended:
        raise Unfinished(patience, counts, page, fresh=fresh)
    _note_success(newsroom, source, page, _remark(bad), fresh=fresh, now=now)
    return counts


class Unfinished(OutOfTime):
    """A visit that took too long: what it read before is stored, and its failure says so."""

    def __init__(self, patience: Patience, counts: Counts, page: RawPage, *, fresh: bool) -> None:
        read = sum(counts[name] for name in ("new", "revised", "same"))
        kept = f"已读到的 {read} 条已经保存，其余" if read else "没读到的"
        super().__init__(f"网站太慢：这次采集用满了{_lasting(patience.seconds)}还没有读完，{kept}下次接着取。")
        self.counts, self.page, self.fresh = counts, page, fresh


def _lasting(seconds: float) -> str:
    return f" {round(seconds / 60)} 分钟" if seconds >= 120 else f" {max(1, round(seconds))} 秒"


def _patience(newsroom: Newsroom, source: Source) -> Patience:
    seconds = newsroom.http_limits.visit_seconds
    return Patience(seconds / WARNING_SHARE if source.kind in EMERGENCY_KINDS else seconds)


def _note_success(
    newsroom: Newsroom, source: Source, page: RawPage, remark: str, *, fresh: bool, now: datetime
) -> None:
    assert source.id is not None
    news = remembered(source.news, now) if fresh else source.news
    with newsroom.store.session() as session:
        _note_recovery(session, source, now)
        collecting.succeeded(
            session,
            source.id,
            now=now,
            next_at=now + spread(_wait(source, news, now), newsroom.chance()),
            cursor=page.cursor,
            news=news if fresh else None,
            remark=remark,
        )


@dataclass(frozen=True)
class Visit:
    """How the visit to one source ended; `error` is the Chinese reason of a failed one."""

    key: str
    counts: Counts
    error: str = ""


def collect_each(
    newsroom: Newsroom, now: datetime, keys: Collection[str] | None = None, *, warnings: bool | None = None
) -> Iterator[Visit]:
    """Visits the sources whose time has come, or exactly those named (none of them, none), and tells of each as it ends.

    `warnings`: only sources of warnings, or only the others. What another round of this process is visiting is left to it.
    """
    if keys is not None and not keys:
        return
    with newsroom.store.reading() as session:
        due = sources.due(session, now, keys or (), **_kinds(warnings))
    round_at = now if keys is None else None
    with ThreadPoolExecutor(max_workers=WARNINGS_AT_ONCE if warnings else AT_ONCE) as pool:
        hosts = [pool.submit(_visit_host, newsroom, rows, now, round_at) for rows in _by_host(due)]
        for host in as_completed(hosts):
            yield from host.result()


def _kinds(warnings: bool | None) -> dict[str, Collection[str]]:
    return {} if warnings is None else {"only" if warnings else "without": EMERGENCY_KINDS}


def warnings_due(newsroom: Newsroom, now: datetime) -> bool:
    """Whether a source of warnings waits to be asked."""
    with newsroom.store.reading() as session:
        return bool(sources.due(session, now, only=EMERGENCY_KINDS))


def collect_due(
    newsroom: Newsroom, now: datetime, keys: Collection[str] | None = None, *, warnings: bool | None = None
) -> Counts:
    """One round: the sums of all visits. One source's trouble is its own."""
    total = no_counts() | {"sources": 0, "failed": 0}
    for visit in collect_each(newsroom, now, keys, warnings=warnings):
        total["sources"] += 1
        total["failed"] += bool(visit.error)
        for name, number in visit.counts.items():
            total[name] += number
    return total


def _visit_host(newsroom: Newsroom, rows: Sequence[Source], now: datetime, round_at: datetime | None) -> list[Visit]:
    visits = []
    for row in rows:
        if newsroom.traffic.under_way.begin(row.id or 0, round_at):
            try:
                visits.append(_careful(newsroom, row, now))
            finally:
                newsroom.traffic.under_way.end(row.id or 0)
    return visits


def _careful(newsroom: Newsroom, source: Source, now: datetime) -> Visit:
    """A visit that never raises: a defect in one connector must not keep the others from their turn."""
    try:
        return Visit(source.key, _collect(newsroom, source, now))
    except ConnectorError as error:
        failure = error
    except Exception:
        _log.exception("collecting %s went wrong", source.key)
        failure = ConnectorError("采集程序出错，详情已写入日志，请联系维护人员。")
    try:
        _note_failure(newsroom, source, failure, now)
    except Exception:
        _log.exception("the failure of %s could not be written down", source.key)
    return Visit(source.key, failure.counts if isinstance(failure, Unfinished) else {}, failure.message)


def _by_host(due: Sequence[Source]) -> list[list[Source]]:
    """Sources on one host are visited one after the other, out of politeness."""
    ordered = sorted(due, key=lambda source: _host(source.url))
    return [list(group) for _, group in groupby(ordered, key=lambda source: _host(source.url))]


def _host(url: str) -> str:
    """ "" for what is no address: its own visit says so, and the others have their turn."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _visit(newsroom: Newsroom, source: Source, patience: Patience) -> tuple[RawPage, Parsed]:
    connector = newsroom.source(source, newsroom.http().patient(patience))
    page = connector.fetch(source.cursor or None)
    with keeping(page):
        return page, connector.parse(page)


def _keep(newsroom: Newsroom, source: Source, parsed: Parsed, now: datetime) -> tuple[Counts, list[BadItem]]:
    """Stores the items; those that the store refuses come back."""
    assert source.id is not None
    counts, refused = no_counts(), []
    for start in range(0, len(parsed.items), BATCH):
        items = parsed.items[start : start + BATCH]
        prepared = [prepare(item, source.id) for item in items]
        for part in write(newsroom.store, Portion(source, prepared, now)):
            if isinstance(part, BadItem):
                refused.append(part)
                continue
            for name, number in part.items():
                counts[name] += number
        keep_embedded(newsroom, source.id, items, now)
    return counts, refused


def _hand_on_alerts(newsroom: Newsroom, parsed: Parsed, now: datetime, counts: Counts) -> None:
    """Alerts go to the fast track at every sight: it knows those it has, and one lost to a stop in between comes again.

    One that goes wrong holds up no other; it is raised afterwards, so that the cursor is not stored and it comes again.
    """
    failure: Exception | None = None
    for item in parsed.items:
        xml = item.raw.get("cap")
        if not xml:
            continue
        try:
            receive(newsroom, str(xml).encode(), now)
        except CapError as error:
            counts["bad"] += 1
            _log.warning("an alert was refused: %s", error.message)
        except Exception as error:
            _log.exception("an alert could not be answered: %s", item.external_id)
            failure = failure or error
    if failure is not None:
        raise failure


def _note_failure(newsroom: Newsroom, source: Source, error: ConnectorError, now: datetime) -> None:
    assert source.id is not None
    asked = error.after if isinstance(error, RetryLater) else None
    with newsroom.store.session() as session:
        there = collecting.failed(
            session,
            source.id,
            now=now,
            next_at=now
            + pause(source.kind, _wait(source, source.news, now), source.failures + 1, asked, newsroom.chance()),
            reason=error.message,
            cursor=error.page.cursor if isinstance(error, Unfinished) else None,
            news=remembered(source.news, now) if isinstance(error, Unfinished) and error.fresh else None,
        )
        if not there:
            return
        if isinstance(error, FormatChanged) and error.page is not None:
            _keep_page(session, source.id, error.page, error.message, now)
        if source.failures + 1 == FAILING:
            log.append(
                session,
                at=now,
                subject="source",
                subject_id=source.id,
                act="failing",
                actor="system",
                why=error.message,
            )


def _keep_page(session: Session, source_id: int, page: RawPage, reason: str, now: datetime) -> None:
    # without cookies: they may let somebody in
    headers = {name: value for name, value in page.headers.items() if name != "set-cookie"}
    kept_pages.keep(
        session,
        source_id,
        url=page.url,
        status=page.status,
        headers=headers,
        body=page.body,
        reason=reason,
        now=now,
    )


def _wait(source: Source, news: Sequence[str], now: datetime) -> timedelta:
    rhythm = timedelta(minutes=source.rhythm_minutes)
    return interval(source.kind, rhythm, adaptive=source.adaptive, news=moments(news), now=now)


def _note_recovery(session: Session, source: Source, now: datetime) -> None:
    if source.failures >= FAILING:
        log.append(session, at=now, subject="source", subject_id=source.id or 0, act="recovered", actor="system")


def _remark(bad: Sequence[BadItem]) -> str:
    if not bad:
        return ""
    first = bad[0]
    return f"有 {len(bad)} 条没能读取，例如{first.where}：{first.reason}"
