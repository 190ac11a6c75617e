"""The stand-in for WeChat keeps each rule of the contract (wechat.md), over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from platform_clients import QUICK, Control, Wechat, picture, receiver, until

from sandbox.clock import day_of, parse_moment
from sandbox.serve import in_thread

NOON = parse_moment("2026-11-20T12:00:00+08:00")


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with in_thread(seed=7, start_time=NOON, settings=QUICK) as address:
        yield address


@pytest.fixture
def own() -> Iterator[str]:
    """A world whose clock may be moved."""
    with in_thread(seed=7, start_time=NOON, settings=QUICK) as address:
        yield address


@pytest.fixture
def wx(base: str) -> Wechat:
    return Wechat(base)


# ---------------------------------------------------------------- tokens


def test_a_stable_token_stays_the_same_and_says_how_long_it_lives(own: str) -> None:
    wx = Wechat(own)
    first = wx.stable()
    assert first["expires_in"] == 7200
    wx.control.advance(1000)
    again = wx.stable()
    assert again["access_token"] == first["access_token"]
    assert 6190 <= again["expires_in"] <= 6200
    wx.control.advance(5950)
    renewed = wx.stable()
    assert renewed["access_token"] != first["access_token"]
    wx.token = first["access_token"]
    assert wx.call("/cgi-bin/draft/count", method="GET") == {"total_count": 0}
    wx.control.advance(300)
    assert wx.call("/cgi-bin/draft/count", method="GET")["errcode"] == 42001


def test_forcing_kills_the_old_token_at_once_and_not_twice_in_half_a_minute(own: str) -> None:
    wx = Wechat(own)
    first = wx.stable()["access_token"]
    second = wx.stable(force_refresh=True)["access_token"]
    assert second != first
    wx.token = first
    assert wx.call("/cgi-bin/draft/count", method="GET")["errcode"] == 40001
    assert wx.stable(force_refresh=True)["access_token"] == second
    for _ in range(19):
        wx.control.advance(31)
        assert "access_token" in wx.stable(force_refresh=True)
    wx.control.advance(31)
    assert wx.stable(force_refresh=True)["errcode"] == 45009


def test_the_plain_token_rotates_and_the_previous_one_dies_after_five_minutes(own: str) -> None:
    wx = Wechat(own)
    query = {"grant_type": "client_credential", "appid": wx.appid, "secret": wx.secret}

    def plain() -> str:
        return str(wx.raw("GET", "/cgi-bin/token", params=query).json()["access_token"])

    stable, first, second = wx.stable()["access_token"], plain(), plain()
    assert len({stable, first, second}) == 3
    wx.token = first
    assert "total_count" in wx.call("/cgi-bin/draft/count", method="GET")
    wx.control.advance(301)
    assert wx.call("/cgi-bin/draft/count", method="GET")["errcode"] == 40001
    for alive in (stable, second):
        wx.token = alive
        assert "total_count" in wx.call("/cgi-bin/draft/count", method="GET")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grant_type": "x"}, 40002),
        ({"appid": "wxunknown"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"appid": ""}, 41002),
        ({"secret": ""}, 41004),
    ],
)
def test_wrong_credentials_are_told_apart(wx: Wechat, change: dict[str, str], code: int) -> None:
    answer = wx.stable(**change)
    assert answer["errcode"] == code
    assert re.search(r"rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$", answer["errmsg"])


def test_accounts_may_be_frozen_or_bound_to_addresses(base: str) -> None:
    assert Wechat(base, frozen=True).stable()["errcode"] == 50007
    shut = Wechat(base, ip_whitelist=["10.1.2.3"]).stable()
    assert shut["errcode"] == 40164
    assert "127.0.0.1" in shut["errmsg"]
    assert "access_token" in Wechat(base, ip_whitelist=["127.0.0.1"]).stable()


def test_tokens_and_methods_are_checked_before_anything_else(wx: Wechat) -> None:
    count = "/cgi-bin/draft/count"
    assert wx.raw("GET", count).json()["errcode"] == 41001
    assert wx.raw("GET", count, params={"access_token": "x" * 60}).json()["errcode"] == 40001
    assert wx.raw("GET", count, params={"access_token": "short"}).json()["errcode"] == 40014
    assert wx.raw("POST", count).json()["errcode"] == 43001
    assert wx.raw("GET", "/cgi-bin/stable_token").json()["errcode"] == 43002
    assert wx.call("/cgi-bin/no/such")["errcode"] == 40066


# ---------------------------------------------------------------- media


def test_pictures_inside_articles_are_png_or_jpg_below_one_megabyte_with_a_plain_name(wx: Wechat) -> None:
    path = "/cgi-bin/media/uploadimg"
    url = wx.upload(path, "a.png", picture())["url"]
    assert url.startswith("http://mmbiz.qpic.cn/")
    assert wx.upload(path, "a.jpg", picture("JPEG"))["url"].endswith("wx_fmt=jpeg")
    assert wx.upload(path, "a.webp", picture("WEBP"))["errcode"] == 40113
    assert wx.upload(path, "a.png", b"no picture at all")["errcode"] == 40005
    assert wx.upload(path, "a.png", picture(size=700, noise=True) + b"0" * 1024 * 1024)["errcode"] == 40009
    assert wx.call(path, files={"media": picture()}, query={})["errcode"] == 41005
    assert wx.upload(path, "雷电.png", picture())["errcode"] == 41005
    assert wx.upload(path, "noextension", picture())["errcode"] == 41005
    assert wx.call(path, {"media": 1})["errcode"] == 41005


def test_material_is_permanent_listed_and_deleted(wx: Wechat) -> None:
    path = "/cgi-bin/material/add_material"
    cover = wx.upload(path, "a.png", picture(), type="image")
    assert set(cover) == {"media_id", "url"}
    assert wx.upload(path, "a.png", picture(), type="hologram")["errcode"] == 40004
    assert wx.upload(path, "a.png", picture(), type="thumb")["errcode"] == 40113
    assert wx.upload(path, "a.jpg", picture("JPEG", 400, noise=True), type="thumb")["errcode"] == 40009
    movie = b"\0\0\0\x18ftypmp42" + b"\0" * 50
    assert wx.upload(path, "a.mp4", movie, type="video")["errcode"] == 47001
    with_words = {"media": ("a.mp4", movie), "description": (None, json.dumps({"title": "t", "introduction": "i"}))}
    assert "media_id" in wx.call(path, files=with_words, query={"type": "video"})
    listed = wx.call("/cgi-bin/material/batchget_material", {"type": "image", "offset": 0, "count": 20})
    assert [item["media_id"] for item in listed["item"]] == [cover["media_id"]]
    assert wx.call("/cgi-bin/material/del_material", {"media_id": cover["media_id"]})["errcode"] == 0
    assert wx.call("/cgi-bin/material/get_materialcount", method="GET")["image_count"] == 0


# ---------------------------------------------------------------- drafts


def add(wx: Wechat, **fields: Any) -> Any:
    return wx.call("/cgi-bin/draft/add", {"articles": [wx.article(**fields)]})


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"title": "长" * 33}, 45003),
        ({"title": ""}, 44003),
        ({"author": "长" * 17}, 45110),
        ({"digest": "长" * 129}, 45004),
        ({"content": "长" * 20_000}, 45002),
        ({"content": ""}, 44004),
        ({"content_source_url": "ftp://kepu.example"}, 41039),
        ({"content_source_url": "https://kepu.example/" + "a" * 1024}, 41039),
        ({"thumb_media_id": "unknown"}, 40007),
        ({"article_type": "song"}, 40097),
        ({"pic_crop_1_1": "0_0_2_2"}, 40097),
    ],
)
def test_drafts_have_limits(wx: Wechat, fields: dict[str, Any], code: int) -> None:
    assert add(wx, **fields)["errcode"] == code


def test_lengths_at_the_limit_pass(wx: Wechat) -> None:
    assert "media_id" in add(wx, title="长" * 32, author="长" * 16, digest="长" * 128, content="长" * 19_999)


def test_a_temporary_picture_is_no_cover(wx: Wechat) -> None:
    temporary = wx.upload("/cgi-bin/media/upload", "a.png", picture(), type="image")
    assert set(temporary) == {"type", "media_id", "created_at"}
    assert add(wx, thumb_media_id=temporary["media_id"])["errcode"] == 40007


def test_escapes_are_refused_in_titles_and_shown_literally_in_the_text(wx: Wechat) -> None:
    def send(article: dict[str, Any]) -> Any:
        query = {"access_token": wx.token}
        return wx.raw("POST", "/cgi-bin/draft/add", params=query, json={"articles": [article]}).json()

    assert send(wx.article(title="雷电"))["errcode"] == 40033
    media_id = send(wx.article(title="plain", content="<p>雷</p>"))["media_id"]
    item = wx.call("/cgi-bin/draft/get", {"media_id": media_id})["news_item"][0]
    assert item["content"] == "<p>\\u96f7</p>"


def test_broken_bodies_are_refused(wx: Wechat) -> None:
    wx.cover()
    for body, code in ((b"", 44002), (b"{", 47001), (b"[]", 47001), ("{}".encode("utf-16"), 40033)):
        answer = wx.raw("POST", "/cgi-bin/draft/add", params={"access_token": wx.token}, data=body)
        assert answer.json()["errcode"] == code
    assert wx.call("/cgi-bin/draft/add", {"articles": []})["errcode"] == 44003
    assert wx.call("/cgi-bin/draft/add", {"articles": {}})["errcode"] == 47001
    assert wx.call("/cgi-bin/draft/add", {"articles": [wx.article()] * 9})["errcode"] == 45008


def test_foreign_pictures_scripts_and_handlers_vanish_without_an_error(wx: Wechat) -> None:
    kept = wx.upload("/cgi-bin/media/uploadimg", "a.png", picture())["url"]
    content = (
        f'<section id="x" style="color:red;position:absolute"><p onclick="a()">雷&amp;电</p><img src="{kept}">'
        '<img src="https://elsewhere.example/b.png"><script>alert(1)</script><iframe src="https://a.example"></iframe>'
        '<a href="https://elsewhere.example">链接</a></section>'
    )
    item = wx.call("/cgi-bin/draft/get", {"media_id": wx.draft(content=content)})["news_item"][0]
    assert item["content"] == (f'<section style="color:red"><p>雷&amp;电</p><img src="{kept}"><a>链接</a></section>')
    assert item["digest"] == "雷&amp;电链接"


def test_drafts_are_read_changed_listed_and_deleted(wx: Wechat) -> None:
    first, second = wx.draft(title="第一篇"), wx.draft(title="第二篇")
    article = wx.article(title="改过")
    update = {"media_id": first, "index": 0, "articles": article}
    assert wx.call("/cgi-bin/draft/update", update)["errcode"] == 0
    assert wx.call("/cgi-bin/draft/update", update | {"articles": [article]})["errcode"] == 47001
    assert wx.call("/cgi-bin/draft/update", update | {"index": 1})["errcode"] == 40114
    listed = wx.call("/cgi-bin/draft/batchget", {"offset": 0, "count": 20, "no_content": 1})
    assert [item["media_id"] for item in listed["item"]] == [second, first]
    news = listed["item"][1]["content"]["news_item"][0]
    assert (news["title"], news["content"]) == ("改过", "")
    assert "草稿预览" in requests.get(news["url"], timeout=5).text
    assert wx.call("/cgi-bin/draft/batchget", {"offset": 0, "count": 21})["errcode"] == 40097
    assert wx.call("/cgi-bin/draft/delete", {"media_id": first})["errcode"] == 0
    assert wx.call("/cgi-bin/draft/get", {"media_id": first})["errcode"] == 40007
    assert wx.call("/cgi-bin/draft/count", method="GET") == {"total_count": 1}


def test_comments_need_the_right_to_them(base: str) -> None:
    assert add(Wechat(base, comments_allowed=False), need_open_comment=1)["errcode"] == 88000


def test_a_picture_post_takes_up_to_twenty_permanent_pictures(wx: Wechat) -> None:
    def newspic(pictures: int) -> Any:
        images = {"image_list": [{"image_media_id": cover}] * pictures}
        article = {"article_type": "newspic", "title": "图集", "content": "文字", "image_info": images}
        return wx.call("/cgi-bin/draft/add", {"articles": [article]})

    cover = wx.cover()
    assert "media_id" in newspic(20)
    assert newspic(21)["errcode"] == 40007
    cover = wx.upload("/cgi-bin/material/add_material", "a.jpg", picture("JPEG"), type="thumb")["media_id"]
    assert newspic(1)["errcode"] == 40007, "a thumb is no picture of the library"


# ---------------------------------------------------------------- publishing


def test_publishing_is_accepted_first_and_public_later(wx: Wechat) -> None:
    wx.control.post("/settings", {"job_seconds": [0.4, 0.5]})
    job = wx.submit(title="寒潮来了")
    wx.control.post("/settings", {"job_seconds": [0.05, 0.1]})
    assert isinstance(job["publish_id"], int)
    assert isinstance(job["msg_data_id"], str)
    running = wx.call("/cgi-bin/freepublish/get", {"publish_id": job["publish_id"]})
    assert (running["publish_status"], running["fail_idx"]) == (1, [])
    assert wx.call("/cgi-bin/freepublish/batchget", {"offset": 0, "count": 1})["total_count"] == 0
    assert wx.control.ledger(account=wx.appid) == []
    done = wx.ended(str(job["publish_id"]))
    url = done["article_detail"]["item"][0]["article_url"]
    assert "寒潮来了" in requests.get(url, timeout=5).text
    assert wx.call("/cgi-bin/draft/count", method="GET") == {"total_count": 0}
    row = wx.control.ledger(account=wx.appid)[0]
    assert (row["url"], row["title"], row["marker"]) == (url, "寒潮来了", "https://kepu.example/1?m=a")
    assert row["ids"]["msgid"] == f"{job['msg_data_id']}_1"


def test_submitting_a_draft_twice_while_it_runs_makes_it_public_twice(wx: Wechat) -> None:
    media_id = wx.draft()
    jobs = [wx.call("/cgi-bin/freepublish/submit", {"media_id": media_id}) for _ in range(2)]
    for job in jobs:
        wx.ended(job["publish_id"])
    assert len(wx.control.ledger(account=wx.appid)) == 2
    assert wx.call("/cgi-bin/freepublish/submit", {"media_id": media_id})["errcode"] == 40007


@pytest.mark.parametrize(("status", "bad"), [(2, [1]), (3, []), (4, [1])])
def test_a_publish_may_fail_and_leaves_the_draft(wx: Wechat, status: int, bad: list[int]) -> None:
    path = "/cgi-bin/freepublish/submit"
    wx.control.faults({"kind": "publish_status", "value": status, "path": path, "account": wx.appid})
    _, done = wx.published()
    assert (done["publish_status"], done["fail_idx"]) == (status, bad)
    assert wx.call("/cgi-bin/draft/count", method="GET") == {"total_count": 1}
    assert wx.control.ledger(account=wx.appid) == []


def test_a_service_account_gets_its_publish_id_as_text_and_a_test_account_fails(base: str) -> None:
    assert isinstance(Wechat(base, kind="service").submit()["publish_id"], str)
    assert Wechat(base, test_account=True).published()[1]["publish_status"] == 3


def test_an_unverified_account_may_draft_but_not_publish(base: str) -> None:
    wx = Wechat(base, verified=False)
    assert wx.call("/cgi-bin/freepublish/submit", {"media_id": wx.draft()})["errcode"] == 48001
    assert wx.call("/datacube/getusersummary", {})["errcode"] == 48001


def test_deleting_takes_one_article_or_all_and_the_page_with_it(wx: Wechat) -> None:
    articles = [wx.article(title=f"第{n}篇") for n in (1, 2, 3)]
    media_id = wx.call("/cgi-bin/draft/add", {"articles": articles})["media_id"]
    job = wx.call("/cgi-bin/freepublish/submit", {"media_id": media_id})
    done = wx.ended(job["publish_id"])
    article_id = done["article_id"]
    urls = [item["article_url"] for item in done["article_detail"]["item"]]
    delete = "/cgi-bin/freepublish/delete"
    assert wx.call(delete, {"article_id": article_id, "index": 2})["errcode"] == 0
    deleted = [
        n["is_deleted"] for n in wx.call("/cgi-bin/freepublish/getarticle", {"article_id": article_id})["news_item"]
    ]
    assert deleted == [False, True, False]
    assert [requests.get(url, timeout=5).status_code for url in urls] == [200, 404, 200]
    assert wx.call(delete, {"article_id": article_id})["errcode"] == 0
    assert all(row["removed_at"] for row in wx.control.ledger(account=wx.appid))
    assert wx.call("/cgi-bin/freepublish/get", {"publish_id": job["publish_id"]})["publish_status"] == 5
    assert wx.call(delete, {"article_id": "unknown"})["errcode"] == 53600


def test_the_platform_may_ban_what_was_public(wx: Wechat) -> None:
    job, _ = wx.published()
    wx.control.post("/remove", {"ledger_id": wx.control.ledger(account=wx.appid)[0]["id"]})
    assert wx.call("/cgi-bin/freepublish/get", {"publish_id": job["publish_id"]})["publish_status"] == 6


def test_daily_quotas_end_and_begin_anew_at_midnight_in_beijing(own: str) -> None:
    wx = Wechat(own, quotas={"draft/count": 2})
    codes = [wx.call("/cgi-bin/draft/count", method="GET").get("errcode") for _ in range(3)]
    assert codes == [None, None, 45009]
    quota = wx.call("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/draft/count"})["quota"]
    assert quota == {"daily_limit": 2, "used": 2, "remain": 0}
    wx.jump("2026-11-21T00:00:05+08:00")
    assert wx.call("/cgi-bin/draft/count", method="GET") == {"total_count": 0}


def test_new_accounts_have_the_quotas_of_the_contract(wx: Wechat) -> None:
    listed = {"draft/add": 1000, "draft/get": 500, "freepublish/get": 100, "freepublish/delete": 10}
    for name, limit in listed.items():
        quota = wx.call("/cgi-bin/openapi/quota/get", {"cgi_path": f"/cgi-bin/{name}"})["quota"]
        assert quota["daily_limit"] == limit


# ---------------------------------------------------------------- mass sending


def sendall(wx: Wechat, media_id: str, clientmsgid: str) -> Any:
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": media_id}}
    return wx.call("/cgi-bin/message/mass/sendall", body | {"clientmsgid": clientmsgid, "send_ignore_reprint": 0})


def test_a_mass_send_is_known_by_its_clientmsgid_for_a_day(own: str) -> None:
    wx = Wechat(own)
    media_id = wx.draft()
    first = sendall(wx, media_id, "a")
    assert first["errcode"] == 0
    assert sendall(wx, media_id, "a")["errcode"] == 45066
    wx.control.advance(61)
    again = sendall(wx, media_id, "a")
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    sent = wx.call("/cgi-bin/message/mass/get", {"msg_id": first["msg_id"]})
    assert sent == {"msg_id": first["msg_id"], "msg_status": "SEND_SUCCESS"}
    assert len(wx.control.ledger(account=wx.appid)) == 1
    assert wx.call("/cgi-bin/draft/count", method="GET") == {"total_count": 0}
    assert sendall(wx, wx.draft(), "b")["errcode"] == 45028
    assert sendall(wx, wx.draft(), "x" * 65)["errcode"] == 45067
    assert wx.call("/cgi-bin/freepublish/batchget", {"offset": 0, "count": 1})["total_count"] == 0


def test_a_mass_send_can_be_taken_back(wx: Wechat) -> None:
    msg_id = sendall(wx, wx.draft(), "c")["msg_id"]
    until(lambda: wx.control.ledger(account=wx.appid))
    assert wx.call("/cgi-bin/message/mass/delete", {"msg_id": msg_id})["errcode"] == 0
    assert wx.control.ledger(account=wx.appid)[0]["removed_at"]
    assert wx.call("/cgi-bin/message/mass/get", {"msg_id": msg_id})["msg_status"] == "DELETE"
    assert wx.call("/cgi-bin/message/mass/delete", {"msg_id": 1})["errcode"] == 40059


def test_a_mass_send_of_two_articles_is_deleted_once_both_are(wx: Wechat) -> None:
    articles = [wx.article(title="第一条"), wx.article(title="第二条")]
    media_id = wx.call("/cgi-bin/draft/add", {"articles": articles})["media_id"]
    msg_id = sendall(wx, media_id, "two")["msg_id"]
    until(lambda: wx.control.ledger(account=wx.appid))

    def status_after_deleting(idx: int) -> str:
        assert wx.call("/cgi-bin/message/mass/delete", {"msg_id": msg_id, "article_idx": idx})["errcode"] == 0
        return str(wx.call("/cgi-bin/message/mass/get", {"msg_id": msg_id})["msg_status"])

    assert [status_after_deleting(idx) for idx in (1, 2)] == ["SEND_SUCCESS", "DELETE"]


# ---------------------------------------------------------------- events


def test_the_end_of_a_publish_is_pushed_with_a_signature(wx: Wechat) -> None:
    with receiver() as hook:
        wx.control.post("/callbacks", {"platform": "wechat", "key": wx.appid, "url": hook.url, "token": "tok"})
        job, done = wx.published()
        event = until(hook.posts)[0]
        query = event.query
        assert (
            query["signature"]
            == hashlib.sha1("".join(sorted(["tok", query["timestamp"], query["nonce"]])).encode()).hexdigest()
        )
        text = event.body.decode()
        assert "<Event><![CDATA[PUBLISHJOBFINISH]]></Event>" in text
        assert f"<publish_id>{job['publish_id']}</publish_id><publish_status>0</publish_status>" in text
        assert done["article_detail"]["item"][0]["article_url"] in text


def test_events_in_secure_mode_can_be_read_with_the_key_only(wx: Wechat) -> None:
    aes_key = base64.b64encode(bytes(range(32))).decode().rstrip("=")
    with receiver() as hook:
        callback = {"platform": "wechat", "key": wx.appid, "url": hook.url, "token": "tok", "aes_key": aes_key}
        wx.control.post("/callbacks", callback)
        sendall(wx, wx.draft(), "aes")
        event = until(hook.posts)[0]
    secret = re.search(r"<Encrypt><!\[CDATA\[(.+?)\]\]></Encrypt>", event.body.decode())
    assert secret is not None
    assert b"MASSSENDJOBFINISH" not in event.body
    signed = sorted(["tok", event.query["timestamp"], event.query["nonce"], secret[1]])
    assert event.query["msg_signature"] == hashlib.sha1("".join(signed).encode()).hexdigest()
    key = bytes(range(32))
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(secret[1])) + decryptor.finalize()
    plain = plain[: -plain[-1]]
    length = int.from_bytes(plain[16:20], "big")
    assert plain[20 + length :].decode() == wx.appid
    assert "<Status><![CDATA[send success]]></Status>" in plain[20 : 20 + length].decode()


def test_a_push_that_nobody_takes_is_tried_three_times(wx: Wechat) -> None:
    with receiver() as hook:
        wx.control.post("/callbacks", {"platform": "wechat", "key": wx.appid, "url": hook.url, "token": "tok"})
        hook.answers = [500, 500, 500, 500]
        wx.published()
        until(lambda: len(hook.posts()) == 3)
        until(lambda: [p["state"] for p in wx.control.get("/pushes") if p["account"] == wx.appid] == ["given up"])
        assert len(hook.posts()) == 3
        assert len({post.query["nonce"] for post in hook.posts()}) == 3


def test_an_address_that_gives_no_echo_is_not_registered(wx: Wechat) -> None:
    with receiver(echo=False) as hook:
        callback = {"platform": "wechat", "key": wx.appid, "url": hook.url, "token": "tok"}
        wx.control.post("/callbacks", callback, status=400)
    wx.control.post("/callbacks", callback | {"url": "http://kepu.example/hook"}, status=422)


# ---------------------------------------------------------------- figures


def cube(wx: Wechat, name: str, first: date, last: date | None = None) -> Any:
    return wx.call(f"/datacube/{name}", {"begin_date": first.isoformat(), "end_date": (last or first).isoformat()})


def test_figures_are_of_days_gone_by_and_grow_over_days(own: str) -> None:
    wx = Wechat(own, followers=20_000)
    job, done = wx.published(title="暴雨避险指南")
    born, key = day_of(NOON), f"{job['msg_data_id']}_1"
    assert cube(wx, "getarticleread", born)["errcode"] == 61501
    wx.jump("2026-11-21T07:00:00+08:00")
    assert cube(wx, "getarticleread", born) == {"list": [], "is_delay": True}
    wx.jump("2026-11-21T09:00:00+08:00")
    row = cube(wx, "getarticleread", born)["list"][0]
    assert row["msgid"] == key
    assert sum(source["user_count"] for source in row["detail"]["read_user_source"]) == row["detail"]["read_user"] > 0
    assert cube(wx, "getarticleshare", born)["list"][0]["detail"]["share_user"] > 0
    wx.jump("2026-12-25T09:00:00+08:00")
    total = cube(wx, "getarticletotaldetail", born)["list"][0]
    reads = [one["read_user"] for one in total["detail_list"]]
    assert len(reads) == 30
    assert reads == sorted(reads)
    assert reads[0] < reads[-1]
    assert (total["publish_type"], total["msgid"]) == (1, key)
    assert total["content_url"] == done["article_detail"]["item"][0]["article_url"]
    assert cube(wx, "getarticletotaldetail", born)["list"][0] == total


def test_spans_and_dates_are_checked(wx: Wechat) -> None:
    yesterday = day_of(NOON) - timedelta(days=1)
    assert cube(wx, "getarticleread", yesterday - timedelta(days=1), yesterday)["errcode"] == 61501
    assert cube(wx, "getbizsummary", yesterday - timedelta(days=30), yesterday)["errcode"] == 61501
    assert "list" in cube(wx, "getbizsummary", yesterday - timedelta(days=29), yesterday)
    assert cube(wx, "getusersummary", yesterday - timedelta(days=7), yesterday)["errcode"] == 61501
    assert cube(wx, "getusercumulate", yesterday, yesterday - timedelta(days=1))["errcode"] == 61501
    assert wx.call("/datacube/getarticleread", {"begin_date": "2026/11/01", "end_date": "x"})["errcode"] == 61500


def test_followers_change_as_the_summaries_say(wx: Wechat) -> None:
    last = day_of(NOON) - timedelta(days=1)
    first = last - timedelta(days=6)
    changes = cube(wx, "getusersummary", first, last)["list"]
    totals = {row["ref_date"]: row["cumulate_user"] for row in cube(wx, "getusercumulate", first, last)["list"]}
    for day in (first + timedelta(days=n) for n in range(1, 7)):
        net = sum(row["new_user"] - row["cancel_user"] for row in changes if row["ref_date"] == day.isoformat())
        assert totals[day.isoformat()] - totals[(day - timedelta(days=1)).isoformat()] == net


def test_figures_may_be_late(wx: Wechat) -> None:
    wx.control.faults({"kind": "is_delay", "path": "/datacube/*", "account": wx.appid, "times": 1})
    yesterday = day_of(NOON) - timedelta(days=1)
    assert [cube(wx, "getbizsummary", yesterday)["is_delay"] for _ in range(2)] == [True, False]


def test_control_lists_the_default_accounts(base: str) -> None:
    units = [one for one in Control(base).get("/accounts") if one["platform"] == "wechat" and "sandbox" in one["appid"]]
    assert len(units) == 6
    assert {one["area"][:2] for one in units} == {"22"}
