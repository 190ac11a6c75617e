"""Which stories and which themes were read most: sums over the posts of a week, ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from ranking.figures import INTERACTIONS
from ranking.ranks import kept, ranked
from ranking.report import (
    PLATFORMS,
    THEMES,
    AccountInput,
    PostInput,
    ReportInputs,
    Snapshot,
    Stated,
    StoryRow,
    ThemeRow,
)

Sent = tuple[AccountInput, PostInput]
Key = TypeVar("Key", int, tuple[str, str])


def stated(snapshots: Iterable[Snapshot | None], missing: Iterable[str] = ()) -> Stated:
    """What a row says about the readings it was made from."""
    known = [snapshot for snapshot in snapshots if snapshot]
    return Stated(
        input_kinds=tuple(sorted({snapshot.input_kind for snapshot in known})),
        taken_from=min((snapshot.taken_at for snapshot in known), default=None),
        taken_to=max((snapshot.taken_at for snapshot in known), default=None),
        missing=tuple(missing),
        unsettled=sum(not snapshot.final for snapshot in known),
    )


class SumOfPosts:
    """Reads and interactions over some posts: what is known is added, what is not is counted. None: nothing known."""

    def __init__(self, sent: Sequence[Sent]) -> None:
        figures = [post.snapshot.figures if post.snapshot else {} for _, post in sent]
        reads = [value for row in figures if (value := row.get("reads")) is not None]
        interactions = [value for row in figures for name in INTERACTIONS if (value := row.get(name)) is not None]
        self.posts = len(sent)
        self.stories = len({post.story for _, post in sent})
        self.reads = sum(reads) if reads else None
        self.interactions = sum(interactions) if interactions else None
        self.reads_per_post = kept(sum(reads) / len(reads)) if reads else None
        unread = len(sent) - len(reads)
        self.stated = stated((post.snapshot for _, post in sent), (f"阅读（{unread} 件）",) if unread else ())


def story_rows(inputs: ReportInputs) -> tuple[StoryRow, ...]:
    """Stories by the reads that are known; those of which no reads are known stand last, without a place."""
    by_story: dict[int, list[Sent]] = {}
    for sent in _sent(inputs):
        by_story.setdefault(sent[1].story, []).append(sent)
    titles = {story: max(posts, key=_delivery)[1].title for story, posts in by_story.items()}

    def name(story: int) -> tuple[str, ...]:
        return (titles[story], f"{story:012d}")

    sums = {story: SumOfPosts(posts) for story, posts in by_story.items()}
    by_interactions = _places({story: total.interactions for story, total in sums.items()}, name)
    by_reads = _places({story: total.reads for story, total in sums.items()}, name)
    return tuple(
        StoryRow(
            place=place,
            place_by_interactions=by_interactions[story],
            story=story,
            title=titles[story],
            themes=tuple(sorted({theme.name for _, post in by_story[story] for theme in post.themes})),
            platforms=_platform_names(by_story[story]),
            posts=sums[story].posts,
            reads=sums[story].reads,
            interactions=sums[story].interactions,
            stated=sums[story].stated,
        )
        for story, place in by_reads.items()
    )


def theme_rows(inputs: ReportInputs) -> tuple[ThemeRow, ...]:
    """Themes, group by group, by the reads that are known. A post with several themes counts in each."""
    by_theme: dict[tuple[str, str], list[Sent]] = {}
    names: dict[tuple[str, str], str] = {}
    for sent in _sent(inputs):
        for theme in sent[1].themes:
            by_theme.setdefault((theme.group, theme.key), []).append(sent)
            names.setdefault((theme.group, theme.key), theme.name)
    sums = {theme: SumOfPosts(posts) for theme, posts in by_theme.items()}
    groups = [*THEMES, *sorted({group for group, _ in sums} - set(THEMES))]
    by_reads: dict[tuple[str, str], int | None] = {}
    for group in groups:
        reads = {theme: total.reads for theme, total in sums.items() if theme[0] == group}
        by_reads |= _places(reads, lambda theme: (names[theme], *theme))
    return tuple(
        ThemeRow(
            place=place,
            last_place=inputs.last_places.get(f"theme/{theme[0]}/{theme[1]}"),
            group=theme[0],
            key=theme[1],
            name=names[theme],
            stories=sums[theme].stories,
            posts=sums[theme].posts,
            reads=sums[theme].reads,
            interactions=sums[theme].interactions,
            reads_per_post=sums[theme].reads_per_post,
            stated=sums[theme].stated,
        )
        for theme, place in by_reads.items()
    )


def _sent(inputs: ReportInputs) -> list[Sent]:
    return [(account, post) for account in inputs.accounts for post in account.posts]


def _delivery(sent: Sent) -> int:
    return sent[1].delivery


def _platform_names(sent: Iterable[Sent]) -> tuple[str, ...]:
    present = {account.platform for account, _ in sent}
    return tuple(PLATFORMS[key] for key in PLATFORMS if key in present) + tuple(sorted(present - set(PLATFORMS)))


def _places(values: Mapping[Key, int | None], name: Callable[[Key], tuple[str, ...]]) -> dict[Key, int | None]:
    """Key → place in order of place; what has no value comes last, by name, without a place."""
    known = {key: value for key, value in values.items() if value is not None}
    places: dict[Key, int | None] = {key: place for place, key in ranked(known, lambda key: known[key], name)}
    return places | dict.fromkeys(sorted(values.keys() - known.keys(), key=name))
