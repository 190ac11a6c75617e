"""What a hand-over package tells beside the text, gathered when the post is made and kept with it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session

from connectors.dossier import Dossier, PictureRights, Reviewer
from content_store import events, people, stories, tags
from content_store.tables import Account, Article, Media, Review, ReviewStep, Source, Story, StoryVersion, Verdict
from steps.adapt import AI_LINES, PACKED, Form, form_of, media_keys
from steps.newsroom import Newsroom
from steps.settling import BEIJING

STEP_NAMES = {
    ReviewStep.FIRST: "初审",
    ReviewStep.SECOND: "复审",
    ReviewStep.FINAL: "终审",
    ReviewStep.EXPERT: "专家审",
}
RELEASED = "应急签发"
PERMISSIONS = {"own": "自有", "allowed": "已授权转载", "ask": "须先征得同意，请核对", "forbidden": "不允许转载"}
NO_AI = "未使用人工智能。"
_KEYWORDS, _TITLE = 8, 60


def full_form(
    session: Session,
    newsroom: Newsroom,
    version: StoryVersion,
    account: Account,
    *,
    marker: str,
    now: datetime,
    due_at: datetime | None = None,
) -> Form:
    """`form_of` with the dossier, where this platform's posts carry one."""
    told = None
    if account.platform in PACKED:
        told = dossier_of(session, version, account, now=now, due_at=due_at)
    return form_of(version, account, marker=marker, site_url=newsroom.site_url, dossier=told)


def dossier_of(
    session: Session, version: StoryVersion, account: Account, *, now: datetime, due_at: datetime | None = None
) -> Dossier:
    origin = _origin(session, version)
    article, source = origin if origin is not None else (None, None)
    found = tags.of_article(session, article.id) if article is not None and article.id is not None else []
    keywords = [str(row[0]) for row in (article.keywords if article is not None else [])][:_KEYWORDS]
    return Dossier(
        story=version.story_id,
        revision=version.number,
        content_sha256=version.content_hash,
        account=account.name,
        unit=account.unit,
        made_on=now.astimezone(BEIJING).date(),
        planned_at=due_at,
        audience=tuple(tag.name or tag.key for tag in found if tag.theme == "audience"),
        keywords=tuple(keywords),
        category=str(account.settings.get("category") or ""),
        contact=str(account.settings.get("contact") or ""),
        alternative_titles=_other_titles(version, article),
        editors=_editors(session, version),
        reviewers=_reviewers(session, version, account.unit),
        rights=_rights(session, version, source),
        source=version.source_line or (source.name if source is not None else ""),
        source_url=article.url if article is not None else "",
        reprinted=source is not None and source.reprint != "own",
        ai_use=AI_LINES.get(version.ai_use, NO_AI),
    )


def _origin(session: Session, version: StoryVersion) -> tuple[Article, Source] | None:
    story = session.get(Story, version.story_id)
    article = session.get(Article, story.article_id) if story is not None and story.article_id else None
    source = session.get(Source, article.source_id) if article is not None else None
    return (article, source) if article is not None and source is not None else None


def _other_titles(version: StoryVersion, article: Article | None) -> tuple[str, ...]:
    """Up to two: the video's title, and the title of the piece it was made from."""
    wanted = [version.video_title, article.title if article is not None else ""]
    return tuple(dict.fromkeys(title[:_TITLE] for title in wanted if title and title != version.title))


def _editors(session: Session, version: StoryVersion) -> tuple[str, ...]:
    ids = [each.edited_by for each in reversed(stories.versions(session, version.story_id)) if each.edited_by]
    known = people.with_ids(session, ids)
    return tuple(dict.fromkeys(known[each].display_name for each in ids if each in known))


def _reviewers(session: Session, version: StoryVersion, unit: str) -> tuple[Reviewer, ...]:
    """Who passed this text. Of an emergency story filled from a pack: who passed the pack, and who released it."""
    assert version.id is not None
    rows = [(STEP_NAMES[ReviewStep(row.step)], row.reviewer_id, row.created_at) for row in _passed(session, version.id)]
    releases = events.releases_of_version(session, version.id)
    rows += [(RELEASED, row.user_id, row.released_at) for row in releases if row.content_hash == version.content_hash]
    known = people.with_ids(session, [user for _, user, _ in rows])
    return tuple(
        Reviewer(step=step, name=known[user].display_name, institution=unit, on=at.astimezone(BEIJING).date())
        for step, user, at in rows
        if user in known
    )


def _passed(session: Session, version_id: int) -> list[Review]:
    own = [row for row in stories.reviews_of(session, version_id) if row.verdict == Verdict.PASSED]
    pack = events.pack_version_of(session, version_id)
    return own or ([row for row in stories.reviews_of(session, pack) if row.verdict == Verdict.PASSED] if pack else [])


def _rights(session: Session, version: StoryVersion, source: Source | None) -> tuple[PictureRights, ...]:
    keys = dict.fromkeys([*media_keys(version.body_html), *filter(None, [version.cover_sha256])])
    return tuple(_right(session.get(Media, key), key, version, source) for key in keys)


def _right(media: Media | None, key: str, version: StoryVersion, source: Source | None) -> PictureRights:
    """A picture that came with the collected piece has its source's permission; another was uploaded here."""
    address = media.origin if media is not None else ""
    collected = source is not None and address.startswith(("http://", "https://"))
    host = urlsplit(address).hostname or ""
    return PictureRights(
        key=key,
        source=f"{source.name}（{host}）" if collected and source is not None else "编辑上传",
        permission=PERMISSIONS.get(source.reprint, "") if collected and source is not None else "由编辑负责",
        credit=version.source_line,
        ai_generated=version.ai_use == "generated",
    )
