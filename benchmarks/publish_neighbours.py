"""What else stands on a played account: posts and drafts of people, made on the platform's own site, before and after ours.

They are written into the stand-ins' memory, as no interface of a platform makes them, and stand in its lists and its ledger.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.douyin import works as douyin_works
from sandbox.kuaishou import works as kuaishou_works
from sandbox.store import Doc, Tx
from sandbox.toutiao import works as toutiao_works
from sandbox.wechat import public
from sandbox.wechat.publish import next_msg_data_id
from sandbox.weibo import statuses
from sandbox.world import World

Places = Callable[[World, Tx, str, str, float], int]
"""World, transaction, the account's key, the title, since when it is public → its row in the ledger."""


def placed(world: World, platform: str, key: str, title: str, *, ago: float) -> int:
    """A post of somebody else that is public since `ago` seconds; the number of its row in the ledger."""
    with world.tx() as tx:
        return _PLACES[platform](world, tx, key, title, tx.now - ago)


def drafted(world: World, key: str, title: str) -> str:
    """A draft of somebody else in the account's box; its media_id."""
    with world.tx() as tx:
        media_id = "draft" + tx.fresh_hex("bench.draft", 59)
        preview = tx.fresh_hex("wechat.preview", 24)
        times = {"create_time": int(tx.now), "update_time": int(tx.now)}
        draft: Doc = {"media_id": media_id, "appid": key, "articles": [_article(title)], "preview": preview, **times}
        tx.put("wechat.draft", media_id, draft, key)
    return media_id


def still_drafted(world: World, media_id: str) -> bool:
    with world.tx() as tx:
        return tx.get("wechat.draft", media_id) is not None


def _article(title: str) -> Doc:
    texts = {"title": title, "author": "值班编辑", "digest": title, "content": f"<p>{title}。</p>"}
    shown = {"thumb_media_id": "", "thumb_url": "", "pictures": [], "article_type": "news"}
    link = {"content_source_url": "http://127.0.0.1/people/1"}
    return {**texts, **shown, **link, "need_open_comment": 0, "only_fans_can_comment": 0}


def _wechat(world: World, tx: Tx, key: str, title: str, at: float) -> int:
    made = public.make_public(tx, key, [_article(title)], next_msg_data_id(tx), at, notified=False)
    return int(made["items"][0]["ledger_id"])


def _weibo(world: World, tx: Tx, key: str, title: str, at: float) -> int:
    number = statuses.FIRST_ID + tx.bump("weibo.id") * 7_919
    text = f"{title}：一句话说清楚。（值班编辑发） http://127.0.0.1/people/{number % 1000}"
    post: Doc = {"id": str(number), "uid": key, "text": text, "picture": "", "at": at}
    tx.put("weibo.last", key, {"text": text})
    tx.put("weibo.post", post["id"], post | {"visible": False, "removed_at": None, "ledger_id": 0}, key)
    return int(statuses.appear(tx, post | {"visible": False, "removed_at": None}, at)["ledger_id"])


def _douyin(world: World, tx: Tx, key: str, title: str, at: float) -> int:
    account = tx.get("account.douyin", key) or {}
    post: Doc = {"title": f"{title} 值班编辑发", "hashtags": ["科普"], "video": "/v.mp4", "pictures": []}
    work = douyin_works.make(world, tx, account, post | {"private_status": 0, "created": at})
    douyin_works.reviewed(world, tx, at, {"video_id": work["video_id"]})
    return int((tx.get("douyin.work", work["video_id"]) or {})["ledger_id"])


def _kuaishou(world: World, tx: Tx, key: str, title: str, at: float) -> int:
    photo_id = "3x" + tx.fresh_hex("bench.photo", 13).translate(str.maketrans("01", "zy"))
    work: Doc = {"photo_id": photo_id, "open_id": key, "caption": f"{title} 值班编辑发 #科普", "cover": "", "blob": ""}
    work |= {"created": at, "seen_from": at, "state": kuaishou_works.PENDING, "failure": 0, "refused": False}
    tx.put("kuaishou.work", photo_id, work | {"removed_at": None, "ledger_id": 0}, key)
    kuaishou_works.reviewed(world, tx, at, {"photo_id": photo_id})
    return int((tx.get("kuaishou.work", photo_id) or {})["ledger_id"])


def _toutiao(world: World, tx: Tx, key: str, title: str, at: float) -> int:
    number = str(7_560_000_000_000_000_000 + tx.bump("toutiao.work") * 104_729)
    work: Doc = {"item_id": number, "open_id": key, "video_id": f"v{number}", "title": title, "created": at}
    state = {"state": toutiao_works.REVIEW, "removed_at": None, "ledger_id": 0, "to_be_refused": False}
    tx.put("toutiao.work", number, work | state, key)
    toutiao_works.reviewed(world, tx, at, {"item_id": number})
    return int((tx.get("toutiao.work", number) or {})["ledger_id"])


def _kepuchina(world: World, tx: Tx, key: str, title: str, at: float) -> int:
    return article(tx, "kepuchina", key, title, at)


def article(tx: Tx, platform: str, key: str, title: str, at: float) -> int:
    """An article that a person typed into a platform's own editor. Nothing but the ledger knows of it."""
    number = 7_600_000_000_000_000_000 + tx.bump("bench.article") * 104_729
    path = f"/{platform}/article/{number}"
    told = {"title": title, "text": title, "marker": "", "path": path}
    return tx.make_public(
        platform=platform, account=key, kind="article", ids={"article_id": str(number)}, at=at, **told
    )


_PLACES: dict[str, Places] = {
    "wechat": _wechat,
    "weibo": _weibo,
    "douyin": _douyin,
    "kuaishou": _kuaishou,
    "toutiao": _toutiao,
    "kepuchina": _kepuchina,
}
