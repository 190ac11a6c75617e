"""The stand-in for Weibo keeps each rule of the contract (weibo.md), over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from platform_clients import QUICK, Weibo, code_of, picture, until

from sandbox.clock import parse_moment
from sandbox.serve import in_thread
from sandbox.weibo.text import long_mid, short_mid, weight

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
def wb(base: str) -> Weibo:
    return Weibo(base)


# ---------------------------------------------------------------- posting


def test_a_post_is_public_at_once_and_keeps_its_id_as_text(wb: Weibo) -> None:
    post = wb.posted()
    assert post["idstr"] == post["mid"] == str(post["id"])
    assert int(post["id"]) > 2**53
    assert re.fullmatch(r"Fri Nov 20 12:\d\d:\d\d \+0800 2026", post["created_at"])
    row = wb.control.ledger(account=wb.uid)[0]
    assert row["ids"]["id"] == post["idstr"]
    assert row["marker"] in post["text"]
    assert "暴雨来了怎么办" in requests.get(row["url"], timeout=5).text
    assert requests.get(f"{wb.root}/{wb.uid}/{post['idstr']}", timeout=5).status_code == 200
    assert requests.head(row["url"], timeout=5).status_code == 200
    assert requests.get(f"{wb.root}/status/{post['idstr']}", timeout=5).status_code == 200


def test_the_text_needs_a_link_of_the_bound_domain(wb: Weibo) -> None:
    for text in ("没有链接", "别处 https://other.example/1", f"子域 https://www.{wb.domain}/1"):
        answer = wb.share(text)
        assert code_of(answer) == (400, 10017)
        assert answer.json()["error"] == "appkey not bind domain!"


def test_the_address_of_the_acting_user_is_required(wb: Weibo) -> None:
    for fields, code in (({}, 10016), ({"rip": "nobody"}, 10017), ({"rip": "192.168.1.9"}, 10017)):
        answer = wb.raw("POST", "/2/statuses/share.json", data={"status": wb.text(), **fields})
        assert code_of(answer) == (400, code)
    assert code_of(wb.raw("POST", "/2/statuses/share.json", json={"status": "x"})) == (400, 10016)


def test_the_text_has_at_most_140_characters_where_a_link_counts_eleven(wb: Weibo) -> None:
    link = f" https://{wb.domain}/{'a' * 200}"
    assert weight("长" * 128 + link) == 140
    assert wb.share("长" * 128 + link).status_code == 200
    assert code_of(wb.share("短" * 130 + link)) == (400, 20012)
    assert wb.share("ab" * 128 + link).status_code == 200


def test_hash_signs_are_filtered_but_not_those_of_links(wb: Weibo) -> None:
    text = wb.share(f"#雷电#来了 https://{wb.domain}/a#part").json()["text"]
    assert text == f"雷电来了 https://{wb.domain}/a#part"


def test_the_same_text_twice_in_a_row_is_refused_but_not_with_another_between(wb: Weibo) -> None:
    first, second = wb.text(), wb.text()
    assert wb.share(first).status_code == 200
    assert code_of(wb.share(first)) == (400, 20019)
    assert code_of(wb.share(first.replace("，", "") + "！")) == (400, 20017)
    assert wb.share(second).status_code == 200
    assert wb.share(first).status_code == 200
    assert len(wb.control.ledger(account=wb.uid)) == 3


def test_a_picture_travels_as_multipart(wb: Weibo) -> None:
    def send(content: bytes) -> requests.Response:
        fields = {"status": wb.text(), "rip": "::1"}
        return wb.raw("POST", "/2/statuses/share.json", data=fields, files={"pic": ("a.png", content)})

    post = send(picture()).json()
    shown = requests.get(post["thumbnail_pic"], timeout=5)
    assert (shown.status_code, shown.content) == (200, picture())
    assert code_of(send(picture("WEBP"))) == (400, 20005)
    assert code_of(send(picture() + b"0" * 5 * 1024 * 1024)) == (400, 20006)
    fields = {"status": wb.text(), "rip": "::1", "pic": "bytes"}
    assert code_of(wb.raw("POST", "/2/statuses/share.json", data=fields)) == (400, 20007)


def test_a_post_may_appear_late_without_an_id(own: str) -> None:
    wb = Weibo(own)
    wb.control.faults({"kind": "delayed_id", "path": "/2/statuses/share.json", "times": 1})
    text = wb.text()
    assert code_of(wb.share(text)) == (400, 20032)
    assert wb.control.ledger(account=wb.uid) == []
    wb.control.advance(121)
    statuses = wb.raw("GET", "/2/statuses/user_timeline.json").json()["statuses"]
    assert [status["text"] for status in statuses] == [text]
    assert len(wb.control.ledger(account=wb.uid)) == 1


def test_thirty_posts_an_hour_and_a_hundred_calls_a_day(own: str) -> None:
    wb = Weibo(own, calls_per_day=8, posts_per_hour=2)
    wb.posted()
    wb.posted()
    assert code_of(wb.share(wb.text())) == (400, 20016)
    status = wb.raw("GET", "/2/account/rate_limit_status.json").json()
    assert (status["user_limit"], status["remaining_user_hits"]) == (8, 4)
    wb.control.advance(3600)
    wb.posted()
    for _ in range(3):
        wb.raw("GET", "/2/account/get_uid.json")
    assert code_of(wb.raw("GET", "/2/account/get_uid.json")) == (403, 10023)
    wb.control.post("/clock", {"now": "2026-11-21T00:00:01+08:00"})
    assert wb.raw("GET", "/2/account/get_uid.json").json() == {"uid": int(wb.uid)}
    assert Weibo(own).raw("GET", "/2/account/rate_limit_status.json").json()["user_limit"] == 100


# ---------------------------------------------------------------- reading


def test_counts_are_strings_and_leave_out_what_is_gone(own: str) -> None:
    wb = Weibo(own)
    first, second = wb.posted()["idstr"], wb.posted()["idstr"]
    wb.control.advance(86_400)
    assert wb.raw("POST", "/2/statuses/destroy.json", data={"id": second}).json()["idstr"] == second
    counts = wb.raw("GET", "/2/statuses/count.json", params={"ids": f"{first},{second},42"}).json()
    assert [count["id"] for count in counts] == [first]
    assert all(isinstance(counts[0][name], str) for name in ("comments", "reposts", "attitudes"))
    assert int(counts[0]["attitudes"]) > 0
    shown = wb.raw("GET", "/2/statuses/show.json", params={"id": first}).json()
    assert shown["attitudes_count"] == int(counts[0]["attitudes"])
    assert code_of(wb.raw("GET", "/2/statuses/count.json", params={"ids": ",".join(["1"] * 101)})) == (400, 10008)


def test_figures_never_fall_and_stand_still_after_deletion(own: str) -> None:
    wb = Weibo(own)
    post = wb.posted()["idstr"]

    def likes() -> int:
        return int(wb.raw("GET", "/2/statuses/count.json", params={"ids": post}).json()[0]["attitudes"])

    seen = []
    for _ in range(6):
        seen.append(likes())
        wb.control.advance(40_000)
    assert seen == sorted(seen)
    assert seen[-1] > seen[0]


def test_the_timeline_shows_the_newest_five_of_ones_own(wb: Weibo) -> None:
    ids = [wb.posted()["idstr"] for _ in range(6)]
    answer = wb.raw("GET", "/2/statuses/user_timeline.json", params={"count": 100}).json()
    assert [status["idstr"] for status in answer["statuses"]] == ids[:0:-1]
    assert wb.raw("GET", "/2/statuses/user_timeline.json", params={"page": 2}).json()["statuses"] == []
    assert code_of(wb.raw("GET", "/2/statuses/user_timeline.json", params={"uid": "1"})) == (403, 10014)


def test_deleting_needs_an_existing_post_of_ones_own(base: str) -> None:
    mine, other = Weibo(base), Weibo(base)
    post = other.posted()["idstr"]
    assert code_of(mine.raw("POST", "/2/statuses/destroy.json", data={"id": post})) == (400, 20102)
    assert other.raw("POST", "/2/statuses/destroy.json", data={"id": post}).status_code == 200
    assert code_of(other.raw("POST", "/2/statuses/destroy.json", data={"id": post})) == (400, 20101)
    row = other.control.ledger(account=other.uid)[0]
    assert (row["removed_by"], requests.get(row["url"], timeout=5).status_code) == ("account", 404)


def test_users_have_counts(wb: Weibo) -> None:
    user = wb.raw("GET", "/2/users/show.json", params={"uid": wb.uid}).json()
    counts = wb.raw("GET", "/2/users/counts.json", params={"uids": f"{wb.uid},1"}).json()
    assert [(one["id"], one["followers_count"]) for one in counts] == [(int(wb.uid), user["followers_count"])]
    assert code_of(wb.raw("GET", "/2/users/show.json", params={"uid": "1"})) == (400, 20003)


# ---------------------------------------------------------------- consent


def test_tokens_are_checked_and_end(own: str) -> None:
    wb = Weibo(own, token_days=1)
    info = requests.post(f"{wb.root}/oauth2/get_token_info", data={"access_token": wb.token}, timeout=5).json()
    assert (info["uid"], info["appkey"]) == (int(wb.uid), "987650000")
    assert 86_390 <= info["expire_in"] <= 86_400
    uid = "/2/account/get_uid.json"
    assert requests.get(f"{wb.root}{uid}", params={"access_token": wb.token}, timeout=5).status_code == 200
    assert code_of(wb.raw("GET", uid, headers={"Authorization": ""})) == (400, 10006)
    assert code_of(wb.raw("GET", uid, headers={"Authorization": "OAuth2 nonsense"})) == (403, 21332)
    wb.control.advance(86_401)
    assert code_of(wb.raw("GET", uid)) == (403, 21327)
    gone = requests.post(f"{wb.root}/oauth2/get_token_info", data={"access_token": wb.token}, timeout=5)
    assert gone.json()["error_code"] == "21327"


def test_the_consent_page_gives_a_code_for_one_token(base: str) -> None:
    wb = Weibo(base, app_key="app42")
    back = "https://desk.example/back"
    query = {"client_id": "app42", "redirect_uri": back, "response_type": "code", "state": "s1"}
    assert "授权" in requests.get(f"{wb.root}/oauth2/authorize", params=query, timeout=5).text
    form = {"uid": wb.uid, "client_id": "app42", "redirect_uri": back, "state": "s1"}

    def say(word: str) -> dict[str, list[str]]:
        data = form | {"say": word}
        answer = requests.post(f"{wb.root}/oauth2/authorize", data=data, allow_redirects=False, timeout=5)
        return parse_qs(urlsplit(answer.headers["location"]).query)

    assert say("no")["error_code"] == ["21330"]
    fields = {"client_id": "app42", "client_secret": "fake-app", "grant_type": "authorization_code"}
    fields |= {"code": say("yes")["code"][0], "redirect_uri": back}

    def exchange(**change: str) -> Any:
        return requests.post(f"{wb.root}/oauth2/access_token", data=fields | change, timeout=5).json()

    assert exchange(client_secret="wrong")["error_code"] == "21324"
    assert exchange(redirect_uri="https://else.example")["error_code"] == "21322"
    token = exchange()
    assert (token["uid"], token["expires_in"]) == (wb.uid, 30 * 86_400)
    assert exchange()["error_code"] == "21325"
    wb.token = token["access_token"]
    assert wb.posted()
    requests.post(f"{wb.root}/oauth2/revokeoauth2", data={"access_token": wb.token}, timeout=5)
    assert code_of(wb.share(wb.text())) == (403, 21316)


def test_unknown_addresses_and_methods_are_told_apart(wb: Weibo) -> None:
    assert code_of(wb.raw("GET", "/2/statuses/share")) == (404, 10020)
    assert code_of(wb.raw("GET", "/2/statuses/share.json")) == (400, 10021)
    assert code_of(wb.raw("POST", "/2/statuses/update.json")) == (404, 10020)


# ---------------------------------------------------------------- long articles


def article(wb: Weibo, encode: Any = quote, **change: str) -> Any:
    fields = {"title": "寒潮防护", "content": "<p>穿 暖 1+1</p>", "cover": "https://kepu.example/c.png"}
    fields |= {"summary": "要点", "text": "寒潮来了", "rip": "127.0.0.1"} | change
    body = urlencode(fields, quote_via=encode)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return wb.raw("POST", "/proxy/article/publish.json", data=body, headers=headers)


def test_an_article_is_published_with_its_short_post(wb: Weibo) -> None:
    answer = article(wb).json()
    assert answer["code"] == "100000"
    page = requests.get(answer["data"]["url"], timeout=5).text
    assert "<p>穿 暖 1+1</p>" in page
    timeline = wb.raw("GET", "/2/statuses/user_timeline.json").json()
    assert timeline["statuses"][0]["idstr"] == answer["data"]["mid"]
    assert [row["kind"] for row in wb.control.ledger(account=wb.uid)] == ["article", "status"]


def test_a_plus_sign_is_no_space_in_an_article(wb: Weibo) -> None:
    from urllib.parse import quote_plus

    url = article(wb, encode=quote_plus).json()["data"]["url"]
    assert "<p>穿+暖+1+1</p>" in requests.get(url, timeout=5).text


@pytest.mark.parametrize("change", [{"title": "长" * 33}, {"text": "长" * 1901}, {"rip": ""}, {"cover": "none"}])
def test_articles_have_limits(wb: Weibo, change: dict[str, str]) -> None:
    assert article(wb, **change).json()["code"] == "10008"


def test_an_article_may_be_left_half_done(wb: Weibo) -> None:
    path = "/proxy/article/publish.json"
    wb.control.faults({"kind": "half_done", "code": "11003", "path": path, "account": wb.uid})
    assert article(wb).json()["code"] == "11003"
    assert len(wb.control.ledger(account=wb.uid)) == 2
    wb.control.faults({"kind": "half_done", "code": "11002", "path": path, "account": wb.uid})
    assert article(wb).json()["code"] == "11002"
    assert len(wb.control.ledger(account=wb.uid)) == 3
    wb.control.faults()


def test_articles_sent_too_often_are_refused_in_their_own_envelope(wb: Weibo) -> None:
    wb.control.faults({"kind": "error", "code": 11001, "path": "/proxy/article/*", "account": wb.uid})
    assert article(wb).json() == {"code": "11001", "msg": "发布过于频繁", "data": {}}
    assert wb.control.ledger(account=wb.uid) == []
    wb.control.faults()


def test_articles_are_for_verified_accounts(base: str) -> None:
    assert code_of(article(Weibo(base, verified=False))) == (403, 10014)


# ---------------------------------------------------------------- measures


@given(st.integers(min_value=1, max_value=10**19))
def test_public_ids_lead_back_to_the_number(number: int) -> None:
    assert long_mid(short_mid(str(number))) == str(number)


def test_a_known_public_id_is_made_as_the_platform_makes_it() -> None:
    assert short_mid("3501756485200075") == "z0JH2lOMb"


@given(st.text(alphabet="a雷é ", max_size=300))
def test_two_latin_letters_weigh_one_character(text: str) -> None:
    assert weight(text) == -(-sum(c in "a " for c in text) // 2) + sum(c in "雷é" for c in text)


def test_nothing_is_public_before_it_is_in_the_ledger(wb: Weibo) -> None:
    post = wb.posted()["idstr"]
    rows = until(lambda: wb.control.ledger(account=wb.uid, public_only=True))
    assert [row["ids"]["id"] for row in rows] == [post]


# ---------------------------------------------------------------- the paid interface


def test_the_paid_interface_takes_nine_pictures_each_for_one_post(base: str) -> None:
    paid = Weibo(base, commercial=True)

    def upload(kind: str = "PNG") -> requests.Response:
        return paid.raw("POST", "/2/statuses/upload_pic/biz.json", files={"pic": ("a.png", picture(kind))})

    def post(ids: list[str], text: str = "", **fields: str) -> requests.Response:
        data = {"status": text or paid.text(), "rip": "127.0.0.1", "pic_id": ",".join(ids)} | fields
        return paid.raw("POST", "/2/statuses/upload_url_text/biz.json", data=data)

    ids = [str(upload().json()["pic_id"]) for _ in range(10)]
    assert code_of(post(ids)) == (400, 10008)
    said = post(ids[:9]).json()
    assert len(said["pic_urls"]) == 9
    assert requests.get(said["pic_urls"][8]["thumbnail_pic"], timeout=5).status_code == 200
    assert code_of(post(ids[:1])) == (400, 10008), "a picture serves one post"
    assert code_of(upload("BMP")) == (400, 20005)
    long = "字" * 1000
    assert code_of(post([], long)) == (400, 20012)
    assert code_of(post([], long, is_longtext="1")) == (403, 10014)
    assert code_of(Weibo(base).raw("POST", "/2/statuses/upload_pic/biz.json")) == (403, 10014)
