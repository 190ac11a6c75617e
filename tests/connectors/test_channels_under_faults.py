"""Kuaishou, Weibo and Douyin under faults and deaths at random: one work, or a person who is asked; never two, never a false "live"."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any
from zlib import crc32

import pytest
from channel_parts import MOVIE, Died, Notebook, Shelf, World, a_file, a_world, picture, post_picture

from connectors.base import ErrorClass, Outcome, Post
from connectors.channels.douyin import Douyin
from connectors.channels.kuaishou import Kuaishou
from connectors.channels.toutiao import Toutiao
from connectors.channels.weibo import Weibo
from sandbox.accounts import DOUYIN_SCOPES

RUNS = 10
KINDS = (
    "reset_before_effect",
    "reset_after_effect",
    "http_500_before",
    "http_500_after",
    "wrong_json",
    "expired_token",
)
COVER = post_picture("c", picture())
DIES = {
    "kuaishou": ("upload", "publish"),
    "weibo": ("share",),
    "article": ("article",),
    "douyin": ("upload", "publish"),
    "toutiao": ("toutiao_upload", "toutiao_create"),
}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


@pytest.fixture(scope="module")
def movie() -> Iterator[str]:
    with a_file(MOVIE) as url:
        yield url


def kuaishou(world: World, name: str) -> Any:
    own = {"app_id": "ksfaults", "app_secret": "fake-secret-ks", "open_id": f"f18{name}"}
    tokens = {"access_token": f"fake-access-{name}", "refresh_token": f"fake-refresh-{name}"}
    world.control("/accounts", {"platform": "kuaishou", "name": name, **own, **tokens})
    return Kuaishou(
        Kuaishou.Settings(base_url=f"{world.address}/kuaishou"),
        Kuaishou.Credentials.model_validate(own | tokens),
        world.http(),
        Shelf(),
        world.now,
    )


def douyin(world: World, name: str) -> Any:
    own = {"client_key": "awfaults", "client_secret": "fake-secret-dy", "open_id": f"_000{name}"}
    tokens = {"access_token": f"fake-access-{name}", "refresh_token": f"fake-refresh-{name}"}
    scopes = [*DOUYIN_SCOPES, "video.create.bind"]
    world.control("/accounts", {"platform": "douyin", "name": name, "scopes": scopes, **own, **tokens})
    return Douyin(
        Douyin.Settings(base_url=f"{world.address}/douyin", mode="direct", may_create=True),
        Douyin.Credentials.model_validate(own | tokens),
        world.http(),
        Shelf(),
        world.now,
    )


def weibo(world: World, name: str, form: str = "short") -> Any:
    uid = str(8_800_000_000 + crc32(name.encode()) % 10**8)
    own = {
        "app_key": "1234500000",
        "app_secret": "fake-secret-weibo",
        "uid": uid,
        "access_token": f"fake-access-{name}",
    }
    world.control("/accounts", {"platform": "weibo", "name": name, "bound_domains": ["127.0.0.1"], **own})
    settings = {
        "base_url": f"{world.address}/weibo",
        "media_url": f"{world.address}/media",
        "bound_domain": "127.0.0.1",
    }
    return Weibo(
        Weibo.Settings.model_validate({**settings, "form": form, "rip": "203.0.113.9"}),
        Weibo.Credentials.model_validate(own),
        world.http(),
        Shelf(),
        world.now,
    )


def toutiao(world: World, name: str) -> Any:
    own = {"open_id": f"_tt{name}", "access_token": f"fake-access-{name}"}
    world.control("/accounts", {"platform": "toutiao", "name": name, **own})
    return Toutiao(
        Toutiao.Settings(base_url=f"{world.address}/toutiao", video_api=True),
        Toutiao.Credentials.model_validate(own),
        world.http(),
        Shelf(),
        world.now,
    )


MAKES: dict[str, Callable[[World, str], Any]] = {
    "kuaishou": kuaishou,
    "weibo": weibo,
    "article": lambda world, name: weibo(world, name, "article"),
    "douyin": douyin,
    "toutiao": toutiao,
}


def asked_of_people(outcome: Outcome) -> str:
    """What only a person can do; empty where the queue goes on."""
    kinds = {ErrorClass.NEEDS_HUMAN: "person", ErrorClass.AUTH_REAUTH: "consent"}
    return kinds.get(outcome.refusal.kind, "") if outcome.refusal is not None else ""


def driven(world: World, built: Any, post: Post, journal: Notebook) -> str:
    """As the queue does: send, look up what is unknown, ask about what was taken. Returns how it ended."""
    for _ in range(60):
        if journal.open:
            outcome = built.look_up(post, journal)
            if outcome.state == "absent":
                journal.settle(outcome.external_ids)
                continue
        else:
            try:
                outcome = built.publish(post, journal)
            except Died:
                journal.dies_at = ""
                continue
        if asked := asked_of_people(outcome):
            return asked
        if outcome.state in ("done", "accepted"):
            journal.settle(outcome.external_ids)
            outcome = built.poll(journal.known)
            if asked := asked_of_people(outcome):
                return asked
        if outcome.state == "done":
            return "live"
        world.advance(min(outcome.retry_after or 60.0, 1800.0))
    return "hangs"


def a_post(marker: str, platform: str, movie: str) -> Post:
    link = f"http://127.0.0.1/s/1?m={marker}"
    # works of 头条 carry no text but their title
    title = f"看懂暴雪{marker}" if platform == "toutiao" else "一分钟看懂暴雪预警"
    texts = {"title": title, "text": f"{marker} 全文 {link}", "html": f'<p><a href="{link}">文</a></p>'}
    video = movie if platform in ("kuaishou", "douyin", "toutiao") else ""
    return Post.model_validate({"marker": marker, "link": link, "video_url": video, "cover": COVER, **texts})


def go_wrong(world: World, chance: random.Random, marker: str, platform: str, times: int = 2) -> None:
    # without a refresh, an ended token is the end
    refreshes = platform in ("kuaishou", "douyin")
    world.faults(
        *(
            {"kind": kind, "platform": "*", "path": "/*", "probability": 0.25, "id": f"{marker}{kind}", "times": times}
            for kind in chance.sample(KINDS, 2)
            if kind != "expired_token" or refreshes
        )
    )


def works(world: World, marker: str, platform: str, query: str = "") -> list[dict[str, Any]]:
    kind = {"weibo": "status", "article": "article"}.get(platform, "video")
    return [row for row in world.control(f"/ledger?marker={marker}{query}") if row["kind"] == kind]


@pytest.mark.parametrize("platform", list(MAKES))
@pytest.mark.parametrize("seed", range(RUNS))
def test_whatever_goes_wrong_there_is_one_work_or_a_person_is_asked(
    world: World, movie: str, platform: str, seed: int
) -> None:
    chance, marker = random.Random(f"{platform}{seed}"), f"kp{platform}{seed:03}"
    built = MAKES[platform](world, marker)
    go_wrong(world, chance, marker, platform)
    journal = Notebook(world.now, dies_at=chance.choice((*DIES[platform], "", "")))
    ended = driven(world, built, a_post(marker, platform, movie), journal)
    world.faults()
    world.advance(3600)
    assert ended in ("live", "person", "consent")
    assert len(works(world, marker, platform)) <= 1, ended
    if ended == "live":
        assert len(works(world, marker, platform)) == 1
    if platform == "kuaishou":
        assert ended in ("live", "consent"), "its lists tell everything in the end; a refresh token may be lost"


@pytest.mark.parametrize("platform", ["kuaishou", "weibo"])
@pytest.mark.parametrize("seed", range(RUNS))
def test_whatever_goes_wrong_withdrawn_means_gone(world: World, movie: str, platform: str, seed: int) -> None:
    chance, marker = random.Random(f"back{platform}{seed}"), f"kb{platform}{seed:03}"
    built, journal = MAKES[platform](world, marker), Notebook(world.now)
    assert driven(world, built, a_post(marker, platform, movie), journal) == "live"
    go_wrong(world, chance, marker, platform, times=3)
    for _ in range(12):
        outcome = built.withdraw(dict(journal.known), journal)
        if outcome.state == "absent" or asked_of_people(outcome):
            break
        journal.settle()
        world.advance(min(outcome.retry_after or 60.0, 1800.0))
    world.faults()
    assert outcome.state == "absent" or asked_of_people(outcome)
    if outcome.state == "absent":
        assert works(world, marker, platform, "&public_only=true") == []
