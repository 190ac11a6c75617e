"""Articles once they are public: their address, their row in the ledger, their removal."""

from __future__ import annotations

from sandbox.store import Doc, Tx


def make_public(tx: Tx, appid: str, articles: list[Doc], msg_data_id: str, at: float, notified: bool) -> Doc:
    """Puts the articles of one publish (or mass send) before the public; each has its page and its ledger row."""
    account = tx.get("account.wechat", appid) or {}
    article_id = tx.fresh_hex("wechat.article", 43)
    items = []
    for idx, article in enumerate(articles, 1):
        sn = tx.fresh_hex("wechat.sn", 32)
        path = f"/wechat/s?__biz={account['biz']}&mid={msg_data_id}&idx={idx}&sn={sn}"
        ledger_id = tx.make_public(
            platform="wechat",
            account=appid,
            kind="mass" if notified else "freepublish",
            ids={
                "article_id": article_id,
                "msg_data_id": msg_data_id,
                "msgid": f"{msg_data_id}_{idx}",
                "idx": str(idx),
            },
            title=article["title"],
            text=article["content"],
            marker=article["content_source_url"],
            path=path,
            at=at,
        )
        items.append({**article, "idx": idx, "sn": sn, "path": path, "ledger_id": ledger_id, "removed_at": None})
        tx.put("wechat.page", sn, {"article_id": article_id, "idx": idx})
    doc = {"article_id": article_id, "appid": appid, "msg_data_id": msg_data_id, "at": at, "notified": notified}
    return tx.put("wechat.publication", article_id, {**doc, "items": items}, appid, at)


def remove(tx: Tx, publication: Doc, index: int, at: float, by: str) -> Doc:
    """Takes one article off (index from 1), or all of them (0)."""
    for item in publication["items"]:
        if index in (0, item["idx"]) and item["removed_at"] is None:
            item["removed_at"] = at
            tx.remove_public(item["ledger_id"], at, by)
    return tx.put("wechat.publication", publication["article_id"], publication)


def by_ledger_id(tx: Tx, ledger_id: int) -> tuple[Doc, Doc] | None:
    """The publication and the item behind a ledger row."""
    for publication in tx.find("wechat.publication"):
        for item in publication["items"]:
            if item["ledger_id"] == ledger_id:
                return publication, item
    return None


def post_key(publication: Doc, item: Doc) -> str:
    """`msgid` of datacube: msg_data_id and the index from 1."""
    return f"{publication['msg_data_id']}_{item['idx']}"
