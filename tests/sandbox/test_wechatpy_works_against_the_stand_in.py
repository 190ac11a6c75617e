"""wechatpy, a client written by others for the real platform, works unchanged against the stand-in over real HTTP.

Only the address is another: its token address stands in its code, so the requests are turned to the loopback one as
they leave.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from platform_clients import QUICK, Control, picture, until
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException, WeChatClientException
from wechatpy.replies import TextReply, create_reply
from wechatpy.utils import check_signature

from sandbox.clock import parse_moment
from sandbox.serve import in_thread

NOON = parse_moment("2026-11-20T12:00:00+08:00")
TOKEN, AES_KEY = "callbacktoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
REAL = "https://api.weixin.qq.com"


class ToTheStandIn(HTTPAdapter):
    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = str(request.url).replace(REAL, f"{self._base}/wechat", 1)
        return super().send(request, *args, **kwargs)


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with in_thread(seed=7, start_time=NOON, settings=QUICK) as address:
        yield address


def client_of(base: str, appid: str, secret: str) -> WeChatClient:
    built = WeChatClient(appid, secret, timeout=10)
    built._http.mount(REAL, ToTheStandIn(base))
    return built


@pytest.fixture
def fresh(base: str) -> WeChatClient:
    """An account that has spent nothing yet."""
    appid = f"wxbypeer{next(_NUMBERS)}"
    account = {"platform": "wechat", "appid": appid, "secret": "fake-secret-peer", "name": "对照号"}
    Control(base).post("/accounts", account)
    return client_of(base, appid, "fake-secret-peer")


_NUMBERS = iter(range(1, 100))


def file_of(content: bytes, name: str = "snow.png") -> io.BytesIO:
    held = io.BytesIO(content)
    held.name = name
    return held


def article(client: WeChatClient, **fields: Any) -> dict[str, Any]:
    cover = client.material.add("image", file_of(picture()))["media_id"]
    texts = {"title": "暴雪天怎样出行", "author": "科普吉林", "digest": "先看路况。", "content": "<p>减速慢行。</p>"}
    return {**texts, "content_source_url": "https://kepu.example/s/1?m=peer", "thumb_media_id": cover, **fields}


def published(client: WeChatClient, **fields: Any) -> dict[str, Any]:
    draft = client.draft.add([article(client, **fields)])["media_id"]
    job = client.freepublish.submit(draft)

    def ended() -> Any:
        said = client.freepublish.get(job["publish_id"])
        return said if said["publish_status"] != 1 else None

    return {**job, **until(ended)}


# ---------------------------------------------------------------- drafts and material


def test_drafts_are_added_read_changed_listed_counted_and_deleted(fresh: WeChatClient) -> None:
    first = fresh.draft.add([article(fresh), article(fresh, title="第二条", digest="")])["media_id"]
    second = fresh.draft.add([article(fresh, title="另一篇")])["media_id"]
    assert [item["title"] for item in fresh.draft.get(first)["news_item"]] == ["暴雪天怎样出行", "第二条"]
    assert fresh.draft.update(first, 1, article(fresh, title="改过的第二条"))["errcode"] == 0
    assert fresh.draft.get(first)["news_item"][1]["title"] == "改过的第二条"
    listed = fresh.draft.batchget(0, 20, 1)
    assert (listed["total_count"], listed["item_count"]) == (2, 2)
    assert [item["media_id"] for item in listed["item"]] == [second, first]
    assert listed["item"][0]["content"]["news_item"][0]["content_source_url"].endswith("m=peer")
    assert fresh.draft.count() == {"total_count": 2}
    assert fresh.draft.delete(first)["errcode"] == 0
    assert fresh.draft.count() == {"total_count": 1}
    with pytest.raises(WeChatClientException) as gone:
        fresh.draft.get(first)
    assert gone.value.errcode == 40007


def test_pictures_become_permanent_material_and_pictures_of_an_article(fresh: WeChatClient) -> None:
    kept = fresh.material.add("image", file_of(picture()))
    assert kept["url"].startswith("http://mmbiz.qpic.cn/")
    assert fresh.material.get_count()["image_count"] == 1
    listed = fresh.material.batchget("image")
    assert [item["media_id"] for item in listed["item"]] == [kept["media_id"]]
    inside = fresh.media.upload_image(file_of(picture("JPEG"), "snow.jpg"))
    draft = fresh.draft.add([article(fresh, content=f'<p>雪</p><img src="{inside}">')])["media_id"]
    assert inside in fresh.draft.get(draft)["news_item"][0]["content"]
    assert fresh.material.delete(kept["media_id"])["errcode"] == 0
    with pytest.raises(WeChatClientException) as wrong:
        fresh.material.add("image", file_of(picture("WEBP"), "snow.webp"))
    assert wrong.value.errcode == 40113


def test_a_picture_post_goes_into_the_draft_box_and_out(base: str, fresh: WeChatClient) -> None:
    pictures = [fresh.material.add("image", file_of(picture()))["media_id"] for _ in range(3)]
    images = {"image_list": [{"image_media_id": each} for each in pictures]}
    post = {"article_type": "newspic", "title": "雪后长春", "content": "三张照片", "image_info": images}
    # its own `draft.add` passes the fields of news articles only
    draft = fresh.post("draft/add", data={"articles": [post]})["media_id"]
    assert fresh.draft.get(draft)["news_item"][0]["article_type"] == "newspic"
    fresh.freepublish.submit(draft)
    rows = until(lambda: Control(base).ledger(account=fresh.appid))
    assert [row["title"] for row in rows] == ["雪后长春"]


# ---------------------------------------------------------------- publishing


def test_an_article_is_published_read_listed_and_deleted(base: str, fresh: WeChatClient) -> None:
    done = published(fresh)
    assert done["publish_status"] == 0
    article_id = done["article_id"]
    assert fresh.freepublish.getarticle(article_id)["news_item"][0]["title"] == "暴雪天怎样出行"
    listed = fresh.freepublish.batchget(0, 20, 1)
    assert [item["article_id"] for item in listed["item"]] == [article_id]
    assert len(Control(base).ledger(account=fresh.appid, public_only=True)) == 1
    assert fresh.freepublish.delete(article_id, 1)["errcode"] == 0
    assert Control(base).ledger(account=fresh.appid, public_only=True) == []
    assert fresh.freepublish.get(done["publish_id"])["publish_status"] == 5


def test_a_mass_send_is_asked_about_taken_back_and_known_by_its_key(base: str, fresh: WeChatClient) -> None:
    draft = fresh.draft.add([article(fresh)])["media_id"]
    sent = fresh.message.send_mass_article(draft, is_to_all=True, client_msg_id="peer1")
    until(lambda: fresh.message.get_mass(sent["msg_id"])["msg_status"] == "SEND_SUCCESS")
    with pytest.raises(WeChatClientException) as again:
        fresh.message.send_mass_article(draft, is_to_all=True, client_msg_id="peer1")
    assert again.value.errcode == 45066
    assert fresh.message.delete_mass(sent["msg_id"])["errcode"] == 0
    assert Control(base).ledger(account=fresh.appid, public_only=True) == []


def test_a_token_that_ran_out_is_renewed_by_the_client_itself(base: str, fresh: WeChatClient) -> None:
    fresh.draft.count()
    Control(base).post("/tokens", {"platform": "wechat", "account": fresh.appid, "action": "expire"})
    assert fresh.draft.count() == {"total_count": 0}


# ---------------------------------------------------------------- call-backs

Answer = Callable[[dict[str, str], bytes], str]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """A server of a few lines, as wechatpy's own handbook shows it; what it raises becomes a 403."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            self._say(lambda: _echo(query))

        def do_POST(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._say(lambda: answer(query, body))

        def _say(self, words: Callable[[], str]) -> None:
            try:
                status, said = 200, words().encode()
            except (InvalidSignatureException, InvalidAppIdException):
                status, said = 403, b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    finally:
        server.shutdown()
        server.server_close()


def _echo(query: dict[str, str]) -> str:
    check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
    return query["echostr"]


def pushed(base: str, appid: str) -> list[dict[str, Any]]:
    """Call-backs of the account that are done with."""
    rows = [row for row in Control(base).get("/pushes") if row["account"] == appid]
    return rows if rows and all(row["state"] not in ("waiting", "sending") for row in rows) else []


def listen_at(base: str, appid: str, url: str, aes_key: str = "", token: str = TOKEN) -> None:
    callback = {"platform": "wechat", "key": appid, "url": url, "token": token, "aes_key": aes_key}
    Control(base).post("/callbacks", callback)


def test_a_plain_call_back_carries_a_signature_it_accepts_and_takes_its_empty_reply(
    base: str, fresh: WeChatClient
) -> None:
    heard: list[Any] = []

    def answer(query: dict[str, str], body: bytes) -> str:
        check_signature(TOKEN, query["signature"], query["timestamp"], query["nonce"])
        heard.append(parse_message(body))
        return str(create_reply(None).render())

    with answering(answer) as url:
        listen_at(base, fresh.appid, url)
        done = published(fresh)
        assert until(lambda: pushed(base, fresh.appid))[0]["state"] == "delivered"
    told = heard[0]._data["PublishEventInfo"]
    assert heard[0]._data["Event"] == "PUBLISHJOBFINISH"
    assert (told["publish_id"], told["publish_status"]) == (str(done["publish_id"]), "0")
    assert told["article_detail"]["item"]["article_url"] == done["article_detail"]["item"][0]["article_url"]


def test_an_encrypted_call_back_is_opened_and_its_encrypted_reply_is_taken(base: str, fresh: WeChatClient) -> None:
    heard: list[Any] = []
    crypto = WeChatCrypto(TOKEN, AES_KEY, fresh.appid)

    def answer(query: dict[str, str], body: bytes) -> str:
        opened = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        heard.append(parse_message(opened))
        reply = TextReply(content="收到", message=heard[-1]).render()
        return str(crypto.encrypt_message(reply, query["nonce"], query["timestamp"]))

    with answering(answer) as url:
        listen_at(base, fresh.appid, url, AES_KEY)
        sent = fresh.message.send_mass_article(
            fresh.draft.add([article(fresh)])["media_id"], is_to_all=True, client_msg_id="peeraes"
        )
        push = until(lambda: pushed(base, fresh.appid))[0]
    assert (push["state"], push["note"]) == ("delivered", "HTTP 200, with a reply")
    assert (heard[0].event, heard[0].id, heard[0].status) == ("masssendjobfinish", sent["msg_id"], "send success")
    assert heard[0]._data["ArticleUrlResult"]["ResultList"]["item"]["ArticleUrl"].startswith("http")


@pytest.mark.parametrize(("wrong", "appid"), [({"token": "other"}, ""), ({}, "wxsomebodyelse")])
def test_what_was_signed_or_sealed_for_somebody_else_is_refused_and_given_up(
    base: str, fresh: WeChatClient, wrong: dict[str, str], appid: str
) -> None:
    crypto = WeChatCrypto(wrong.get("token", TOKEN), AES_KEY, appid or fresh.appid)

    def answer(query: dict[str, str], body: bytes) -> str:
        crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        return "success"

    with answering(answer) as url:
        listen_at(base, fresh.appid, url, AES_KEY)
        published(fresh)
        push = until(lambda: pushed(base, fresh.appid))[0]
    assert (push["state"], push["note"], push["attempts"]) == ("given up", "HTTP 403", 3)


@pytest.mark.parametrize("secret", ["plain", "othertoken", "otherapp", "broken"])
def test_a_reply_that_the_platform_could_not_read_is_not_taken(base: str, fresh: WeChatClient, secret: str) -> None:
    def answer(query: dict[str, str], body: bytes) -> str:
        reply = TextReply(content="收到", source="a", target="b").render()
        if secret == "plain":
            return str(reply)
        token = "other" if secret == "othertoken" else TOKEN
        appid = "wxsomebodyelse" if secret == "otherapp" else fresh.appid
        sealed = str(WeChatCrypto(token, AES_KEY, appid).encrypt_message(reply, query["nonce"], query["timestamp"]))
        return sealed.replace("</Encrypt>", "") if secret == "broken" else sealed

    with answering(answer) as url:
        listen_at(base, fresh.appid, url, AES_KEY)
        published(fresh)
        assert until(lambda: pushed(base, fresh.appid))[0]["state"] == "given up"
