"""A story as a 头条文章: its fields, and what its answers leave unsure. Pure."""

from __future__ import annotations

import re

from connectors.base import ErrorClass, Outcome, Post, PostPicture
from connectors.channels.codes import problem

HALF_DONE = {"11002", "11003"}
"""The article may be out without its post, or both may be, although the platform says that it failed."""
_MEDIA = re.compile(r"""(src=["'])media:([0-9A-Za-z_-]+)""")
_WITHDRAW = "微博没有删除头条文章的接口，请登录微博，在“我的文章”里删除它和随文的微博，完成后在此登记。"


def html_of(post: Post, media_url: str) -> str:
    """The body with the addresses from which the platform fetches its pictures."""
    base = media_url.rstrip("/")
    return _MEDIA.sub(lambda found: f"{found[1]}{base}/{found[2]}", post.html)


def cover_of(post: Post) -> PostPicture | None:
    return post.cover or next(iter(post.pictures), None)


def fields_of(post: Post, *, media_url: str, rip: str) -> dict[str, str]:
    cover = cover_of(post)
    fields = {
        "title": post.title,
        "content": html_of(post, media_url),
        "cover": f"{media_url.rstrip('/')}/{cover.key}" if cover is not None else "",
        "text": post.text,
        "rip": rip,
    }
    return {**fields, "summary": post.digest} if post.digest else fields


def unsure() -> Outcome:
    """After a lost answer: without its post the article may be there all the same, and no list shows articles."""
    cause = "头条文章的发布没有答复，微博的接口查不到文章。"
    remedy = "请在微博“我的文章”里核对：已发出就登记链接，没有就点“重新发送”。"
    return Outcome(state="unknown", refusal=problem(ErrorClass.NEEDS_HUMAN, cause, remedy))


def by_hand(address: str) -> Outcome:
    refusal = problem(ErrorClass.NEEDS_HUMAN, "头条文章只能由人在微博上删除。", _WITHDRAW)
    return Outcome(state="pending_user", refusal=refusal, hand_off=address)
