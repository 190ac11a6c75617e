"""The draft box. Contract: wechat.md §3.1."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from sandbox.calls import Call, Platform, Refused
from sandbox.markup import plain_text
from sandbox.store import Doc
from sandbox.wechat.content import filtered
from sandbox.wechat.media import material
from sandbox.wechat.reading import has_literal_escape, json_body, page_of, text_field

MOST_ARTICLES = 8
CROP = re.compile(r"^(0(\.\d{1,6})?|1(\.0{1,6})?)(_(0(\.\d{1,6})?|1(\.0{1,6})?)){3}$")


# ---------------------------------------------------------------- what an article may be


def checked_article(call: Call, source: Any, alone: bool) -> Doc:
    """One article as the platform keeps it, or the refusal for it."""
    if not isinstance(source, dict):
        raise Refused(47001)
    kind = source.get("article_type", "news")
    if kind not in ("news", "newspic"):
        raise Refused(40097)
    article = _checked_texts(source, alone)
    article["article_type"] = kind
    article["content"] = _checked_content(call, source, kind)
    article |= _checked_switches(call, source)
    article |= _checked_cover(call, source, kind)
    if not article["digest"] and alone:
        article["digest"] = plain_text(article["content"])[:54]
    return article


def _checked_texts(source: Doc, alone: bool) -> Doc:
    title, author = text_field(source, "title"), text_field(source, "author")
    digest, link = text_field(source, "digest"), text_field(source, "content_source_url", 41039)
    if not title.strip():
        raise Refused(44003)
    if any(has_literal_escape(text) for text in (title, author, digest)):
        raise Refused(40033)
    for text, most, code in ((title, 32, 45003), (author, 16, 45110), (digest, 128, 45004)):
        if len(text) > most:
            raise Refused(code)
    parts = urlsplit(link)
    if link and (len(link.encode()) > 1024 or parts.scheme not in ("http", "https") or not parts.hostname):
        raise Refused(41039)
    return {"title": title, "author": author, "digest": digest if alone else "", "content_source_url": link}


def _checked_content(call: Call, source: Doc, kind: str) -> str:
    content = text_field(source, "content", 45166)
    if not content.strip():
        raise Refused(44004)
    size = len(content.encode())
    if len(content) >= 20_000 or size >= 1024 * 1024:
        raise Refused(45002)
    if call.account["content_bytes"] is not None and size > call.account["content_bytes"]:
        raise Refused(45166)
    return content if kind == "newspic" else filtered(content, call.account["links_allowed"])


def _checked_switches(call: Call, source: Doc) -> Doc:
    switches = {name: source.get(name, 0) for name in ("need_open_comment", "only_fans_can_comment")}
    if any(value not in (0, 1) for value in switches.values()):
        raise Refused(40097)
    if switches["need_open_comment"] and not call.account["comments_allowed"]:
        raise Refused(88000)
    return switches


def _checked_cover(call: Call, source: Doc, kind: str) -> Doc:
    for name in ("pic_crop_235_1", "pic_crop_1_1"):
        if source.get(name) and not (isinstance(source[name], str) and CROP.match(source[name])):
            raise Refused(40097)
    if kind == "news":
        doc = material(call, source.get("thumb_media_id"))
        if doc["type"] not in ("image", "thumb"):
            raise Refused(40007)
        return {"thumb_media_id": doc["media_id"], "thumb_url": doc["url"], "pictures": []}
    info = source.get("image_info")
    listed = info.get("image_list") if isinstance(info, dict) else None
    if not isinstance(listed, list) or not 1 <= len(listed) <= 20:
        raise Refused(40007)
    docs = [material(call, item.get("image_media_id") if isinstance(item, dict) else None) for item in listed]
    if any(doc["type"] != "image" for doc in docs):
        raise Refused(40007)
    urls = [doc["url"] for doc in docs]
    return {"thumb_media_id": docs[0]["media_id"], "thumb_url": urls[0], "pictures": urls}


# ---------------------------------------------------------------- the box


def add(call: Call) -> Doc:
    articles = json_body(call).get("articles")
    if not isinstance(articles, list):
        raise Refused(47001)
    if not articles:
        raise Refused(44003)
    if len(articles) > MOST_ARTICLES:
        raise Refused(45008)
    kept = [checked_article(call, article, alone=len(articles) == 1) for article in articles]
    media_id = "draft" + call.tx.fresh_hex("wechat.draft", 59)
    doc: Doc = {
        "media_id": media_id,
        "appid": call.account_key,
        "articles": kept,
        "create_time": int(call.now),
        "update_time": int(call.now),
        "preview": call.tx.fresh_hex("wechat.preview", 24),
    }
    call.tx.put("wechat.draft", media_id, doc, call.account_key)
    call.tx.put("wechat.preview", doc["preview"], {"media_id": media_id}, call.account_key)
    return {"media_id": media_id}


def draft_of(call: Call, media_id: object) -> Doc:
    doc = call.tx.get("wechat.draft", media_id) if isinstance(media_id, str) else None
    if doc is None or doc["appid"] != call.account_key:
        raise Refused(40007)
    return doc


def news_item(call: Call, article: Doc, url: str) -> Doc:
    """An article as the reading calls show it."""
    shown = ("title", "author", "digest", "content", "content_source_url", "thumb_media_id", "article_type")
    return {name: article[name] for name in shown} | {
        "show_cover_pic": 0,
        "need_open_comment": article["need_open_comment"],
        "only_fans_can_comment": article["only_fans_can_comment"],
        "url": url,
        "thumb_url": article["thumb_url"],
    }


def _items(call: Call, doc: Doc, with_content: bool = True) -> list[Doc]:
    base = f"{call.world.base}/wechat/s/preview/{doc['preview']}"
    items = [news_item(call, article, f"{base}?idx={n}") for n, article in enumerate(doc["articles"], 1)]
    return items if with_content else [{**item, "content": ""} for item in items]


def get(call: Call) -> Doc:
    doc = draft_of(call, json_body(call).get("media_id"))
    return {"news_item": _items(call, doc), "create_time": doc["create_time"], "update_time": doc["update_time"]}


def update(call: Call) -> Doc:
    fields = json_body(call)
    doc = draft_of(call, fields.get("media_id"))
    index, source = fields.get("index", 0), fields.get("articles")
    if not isinstance(source, dict):
        raise Refused(47001)
    if not isinstance(index, int) or not 0 <= index < len(doc["articles"]):
        raise Refused(40114)
    doc["articles"][index] = checked_article(call, source, alone=len(doc["articles"]) == 1)
    doc["update_time"] = int(call.now)
    call.tx.put("wechat.draft", doc["media_id"], doc)
    return {"errcode": 0, "errmsg": "ok"}


def delete(call: Call) -> Doc:
    doc = draft_of(call, json_body(call).get("media_id"))
    call.tx.drop("wechat.draft", doc["media_id"])
    return {"errcode": 0, "errmsg": "ok"}


def count(call: Call) -> Doc:
    return {"total_count": call.tx.count("wechat.draft", call.account_key)}


def batchget(call: Call) -> Doc:
    fields = json_body(call)
    offset, most = page_of(fields)
    docs = call.tx.find("wechat.draft", call.account_key, most, offset)
    with_content = fields.get("no_content", 0) != 1
    items = [
        {
            "media_id": doc["media_id"],
            "content": {"news_item": _items(call, doc, with_content)},
            "update_time": doc["update_time"],
        }
        for doc in docs
    ]
    return {"total_count": call.tx.count("wechat.draft", call.account_key), "item_count": len(items), "item": items}


def register(platform: Platform) -> None:
    for name, run in {"add": add, "get": get, "update": update, "delete": delete, "batchget": batchget}.items():
        platform.on("POST", f"/cgi-bin/draft/{name}")(run)
    platform.on("GET", "/cgi-bin/draft/count")(count)
