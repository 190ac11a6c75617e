"""What Douyin would refuse, found before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.base import ErrorClass, Post, Refusal
from connectors.channels.captions import TOPICS_HINT, caption_of, topics_in
from connectors.channels.codes import problem
from connectors.channels.douyin.settings import DouyinSettings
from connectors.channels.pictures import readable
from connectors.channels.videos import reachable

_V = ErrorClass.VALIDATION


def problems_of(post: Post, settings: DouyinSettings) -> Iterator[Refusal]:
    if not post.title.strip():
        yield problem(_V, "没有标题。", "请填写视频标题。")
    counted = [("标题", len(post.title), "title", "字"), ("图片", len(post.pictures), "pictures", "张")]
    # what the app is handed is the title and the topics; directly, the words are sent too
    beside = topics_in(caption_of(post)) if settings.way == "direct" else topics_in(post.title) + len(post.topics)
    counted.append(("话题", beside, "topics", "个"))
    if settings.way == "direct":
        counted.append(("整段文案连同话题和稿号", len(caption_of(post)), "text", "字"))
    for what, have, name, unit in counted:
        limit = settings.limit(name)
        if have > limit:
            remedy = f"请把{what}减到 {limit} {unit}以内{TOPICS_HINT if name == 'topics' else ''}。"
            yield problem(_V, f"{what}有 {have} {unit}，抖音最多 {limit} {unit}。", remedy)
    # a phone fetches the pictures itself; directly, they are sent
    shown = post.pictures and (settings.way != "handoff" or settings.media_url)
    if not post.video_url and not shown:
        yield problem(_V, "没有视频，也没有手机能打开的图片。", "请填写视频网址，或请管理员设置图片的公开网址。")
    if post.video_url and not reachable(post.video_url, settings.base_url):
        yield problem(_V, "视频网址不是 https 开头，手机打不开。", "请换成以 https:// 开头的网址。")
    for picture in [*post.pictures, *([post.cover] if post.cover else [])] if settings.way == "direct" else ():
        if not readable(picture.content):
            yield problem(_V, f"图片“{picture.name}”打不开。", "请换一张图片。")
