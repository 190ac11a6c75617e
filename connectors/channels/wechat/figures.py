"""WeChat's figures: the datacube calls that are kept up today, joined to our posts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.base import Figures
from connectors.channels.codes import number
from connectors.channels.wechat.api import WeChatApi

Known = Mapping[str, str]


def post_figures(api: WeChatApi, posts: Mapping[str, Known], day: date, now: datetime) -> list[Figures]:
    """Cumulative persons up to the end of `day`. One call per date of publication (the platform's own grouping)."""
    by_date: dict[str, dict[str, Known]] = defaultdict(dict)
    for key, known in posts.items():
        published_on = known.get("published_on", "")
        if published_on and published_on <= day.isoformat():
            by_date[published_on][key] = known
    found: list[Figures] = []
    for published_on, some in sorted(by_date.items()):
        said = api.ask("/datacube/getarticletotaldetail", {"begin_date": published_on, "end_date": published_on})
        for key, known in some.items():
            article = _own_article(said.get("list") or [], known)
            row = _row_of(article, day) if article is not None else None
            if row is not None:
                found.append(_figures(key, row, day, now, final=not said.get("is_delay", False)))
    return found


def account_figures(api: WeChatApi, day: date, now: datetime) -> Figures | None:
    """Followers at the end of `day` and new ones on it."""
    span = {"begin_date": day.isoformat(), "end_date": day.isoformat()}
    total = api.ask("/datacube/getusercumulate", span)
    change = api.ask("/datacube/getusersummary", span)
    row = next((row for row in total.get("list") or [] if row.get("ref_date") == day.isoformat()), None)
    if row is None:
        return None
    changes = [row for row in change.get("list") or [] if row.get("ref_date") == day.isoformat()]
    new = [number(row.get("new_user")) for row in changes]
    return Figures(
        of="account",
        taken_at=now,
        for_date=day,
        input_kind="api_persons",
        followers=number(row.get("cumulate_user")),
        new_followers=sum(count for count in new if count is not None) if new else None,
        final=not (total.get("is_delay", False) or change.get("is_delay", False)),
        raw={"cumulate": row, "summary": changes},
    )


def _own_article(articles: list[dict[str, Any]], known: Known) -> dict[str, Any] | None:
    data_id = known.get("msg_data_id")
    if data_id:
        wanted = f"{data_id}_1"
        return next((article for article in articles if str(article.get("msgid")) == wanted), None)
    # the answer that held the metrics key was lost: the address is the second choice, the title of that day the third
    wanted_url, title = _page(known.get("article_url", "")), known.get("draft_title", "")
    if wanted_url:
        return next((article for article in articles if _page(article.get("content_url", "")) == wanted_url), None)
    same = [article for article in articles if title and article.get("title") == title]
    return same[0] if len(same) == 1 else None


def _page(url: str) -> tuple[str, ...] | None:
    """What names an article in its address: mid, idx and sn, or else the path."""
    parts = urlsplit(url or "")
    query = parse_qs(parts.query)
    if "mid" in query and "idx" in query:
        return (query["mid"][0], query["idx"][0], query.get("sn", [""])[0])
    return (parts.path,) if len(parts.path) > 3 else None


def _row_of(article: dict[str, Any], day: date) -> dict[str, Any] | None:
    """The newest cumulative row up to the day; after day 30 the platform adds none."""
    rows = [row for row in article.get("detail_list") or [] if str(row.get("stat_date", "")) <= day.isoformat()]
    return max(rows, key=lambda row: str(row.get("stat_date", "")), default=None)


def _figures(key: str, row: dict[str, Any], day: date, now: datetime, *, final: bool) -> Figures:
    return Figures(
        of="post",
        external_id=key,
        taken_at=now,
        for_date=day,
        input_kind="api_persons",
        reads=number(row.get("read_user")),
        likes=number(row.get("like_user")),
        looks=number(row.get("zaikan_user")),
        shares=number(row.get("share_user")),
        comments=number(row.get("comment_count")),
        favourites=number(row.get("collection_user")),
        final=final,
        raw=row,
    )
