"""Accounts at work: checks that stop and start them, the owner's consent, and call-backs, against the stand-ins."""

from __future__ import annotations

import hashlib
import json
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from queue_parts import Clock, a_delivery, a_newsroom, an_account, receipt_of, the

from connectors.base import Journal, Outcome
from connectors.channels.douyin import Douyin
from connectors.channels.kuaishou import Kuaishou
from content_store import accounts, log, people
from content_store.database import Store
from content_store.tables import Account
from content_store.tables import DeliveryState as State
from sandbox.serve import in_thread
from steps.accounts import check_account, consent_ends_at, consent_url, finish_consent
from steps.adding_accounts import WrongFields, change_account, enter_account, values_of
from steps.by_hand import give_up, register_live, register_withdrawn, show_hand_off, withdraw
from steps.callbacks import look_into_doubts, receive_event
from steps.clocks import standing
from steps.errors import Missing, Refused
from steps.newsroom import Newsroom
from steps.publish import poll_accepted, publish_due

BACK = "http://127.0.0.1/back"
DOUYIN = {"client_key": "awsandboxkepu", "client_secret": "fake-secret-douyin", "open_id": "_000sandbox-jilin"}


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with in_thread(seed=5) as address:
        yield address


@pytest.fixture
def newsroom(sqlite_store: Store, tmp_path: Path) -> Newsroom:
    return a_newsroom(sqlite_store, tmp_path, Clock(datetime.now(UTC)))


def registered(newsroom: Newsroom, base: str, platform: str, secrets: dict[str, str], **settings: Any) -> Account:
    settings = {"base_url": f"{base}/{platform}", "bound_domain": "127.0.0.1"} | settings
    account = an_account(newsroom, platform, platform, settings=settings)
    with newsroom.store.session() as session:
        accounts.keep_credentials(session, account, secrets, newsroom.vault, now=newsroom.now())
    return stored(newsroom, account)


def stored(newsroom: Newsroom, account: int | None) -> Account:
    with newsroom.store.reading() as session:
        row = session.get(Account, account)
        assert row is not None
        return row


def agreed(url: str, **fields: str) -> str:
    """The owner presses yes on the platform's page; returns the code."""
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
    form = urllib.parse.urlencode(query | fields).encode()
    opener = urllib.request.build_opener(_Stays())
    with opener.open(urllib.request.Request(url.partition("?")[0], data=form), timeout=10) as answer:
        back = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(answer.headers["Location"]).query))
    assert back["state"] == "s1"
    return back["code"]


class _Stays(urllib.request.HTTPRedirectHandler):
    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        return fp


def test_a_refused_account_stops_and_goes_on_once_it_works(newsroom: Newsroom, base: str) -> None:
    secrets = {"appid": "wxsandboxbaicheng", "appsecret": "fake-secret-wechat-baicheng"}
    account = registered(newsroom, base, "wechat", secrets)
    refused = check_account(newsroom, "wechat", newsroom.now())
    assert refused.raw_code == "48001"
    assert "只存草稿" in stored(newsroom, account.id).stopped_reason
    with newsroom.store.session() as session:
        accounts.put(session, "wechat", {"mode": "draft_only"}, now=newsroom.now())
    assert check_account(newsroom, "wechat", newsroom.now()).state == "done"
    assert stored(newsroom, account.id).stopped_reason == ""
    assert account.id is not None
    with newsroom.store.reading() as session:
        assert [entry.act for entry in log.of(session, "account", account.id)] == ["stopped", "works"]
    with pytest.raises(Missing):
        check_account(newsroom, "nobody", newsroom.now())


def test_a_new_consent_starts_a_weibo_account(newsroom: Newsroom, base: str) -> None:
    account = registered(newsroom, base, "weibo", {"app_key": "1234500000", "app_secret": "fake-secret-weibo"})
    assert check_account(newsroom, "weibo", newsroom.now()).state == "failed"
    assert stored(newsroom, account.id).stopped_reason
    url = consent_url(newsroom, "weibo", redirect_uri=BACK, state="s1")
    code = agreed(url, uid="7700000001", say="yes")
    finish_consent(newsroom, "weibo", code=code, redirect_uri=BACK, now=newsroom.now(), by=None)
    assert stored(newsroom, account.id).stopped_reason == ""
    assert check_account(newsroom, "weibo", newsroom.now()).state == "done"
    ends = consent_ends_at(newsroom, stored(newsroom, account.id))
    assert ends is not None
    assert ends > newsroom.now()
    wrong = agreed(consent_url(newsroom, "weibo", redirect_uri=BACK, state="s1"), uid="7700000002", say="yes")
    with pytest.raises(Refused, match="另一个账号"):
        finish_consent(newsroom, "weibo", code=wrong, redirect_uri=BACK, now=newsroom.now(), by=None)
    assert check_account(newsroom, "weibo", newsroom.now()).state == "done"


def test_a_new_consent_opens_douyins_figures(newsroom: Newsroom, base: str) -> None:
    account = registered(newsroom, base, "douyin", DOUYIN)
    assert newsroom.channel(account).capabilities.metrics == "import"
    url = consent_url(newsroom, "douyin", redirect_uri=BACK, state="s1")
    code = agreed(url, open_id="_000sandbox-jilin")
    finish_consent(newsroom, "douyin", code=code, redirect_uri=BACK, now=newsroom.now(), by=None)
    assert newsroom.channel(account).capabilities.metrics == "daily"
    assert check_account(newsroom, "douyin", newsroom.now()).state == "done"


KUAISHOU = {"app_id": "ks000000sandbox", "app_secret": "fake-secret-kuaishou", "open_id": "f18sandbox-jilin"}
OTHER_APP = {"app_id": "ks000000other", "app_secret": "other-secret", "open_id": "f18other-jilin"}


def with_another_app(newsroom: Newsroom, base: str) -> tuple[Account, dict[str, str], int]:
    """A Kuaishou account with a consent, the form with the keys of another app, and who changes it."""
    body = json.dumps({"platform": "kuaishou", "name": "科普吉林", **OTHER_APP}).encode()
    request = urllib.request.Request(
        f"{base}/_sandbox/accounts", data=body, headers={"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=10).close()
    tokens = {"access_token": "fake-token-kuaishou-jilin", "refresh_token": "fake-refresh-kuaishou-jilin"}
    account = registered(newsroom, base, "kuaishou", KUAISHOU | tokens)
    with newsroom.store.session() as session:
        by = people.add(session, name="guanli", display_name="管理", password_hash="x", roles=[], now=newsroom.now()).id
    assert by is not None
    keys = {f"credentials.{name}": OTHER_APP[name] for name in ("app_id", "app_secret")}
    return account, values_of(newsroom, account) | keys, by


def test_another_app_of_the_same_owner_can_be_consented_to(newsroom: Newsroom, base: str) -> None:
    _, form, by = with_another_app(newsroom, base)
    change_account(newsroom, "kuaishou", form, by=by, now=newsroom.now())
    code = agreed(consent_url(newsroom, "kuaishou", redirect_uri=BACK, state="s1"), open_id=OTHER_APP["open_id"])
    finish_consent(newsroom, "kuaishou", code=code, redirect_uri=BACK, now=newsroom.now(), by=by)
    assert check_account(newsroom, "kuaishou", newsroom.now()).state == "done"


def test_an_account_with_posts_keeps_its_app_where_nobody_could_tell_whose_consent_comes(
    newsroom: Newsroom, base: str
) -> None:
    account, form, by = with_another_app(newsroom, base)
    a_delivery(newsroom, account.id or 0, "kpone")
    with pytest.raises(WrongFields, match="请另加账号") as wrong:
        change_account(newsroom, "kuaishou", form, by=by, now=newsroom.now())
    assert list(wrong.value.fields) == ["credentials.app_id"]
    values = {"platform": "kuaishou", "name": "kuaishou"}
    with pytest.raises(Refused, match="请另加账号"):
        enter_account(newsroom, "kuaishou", values, {"app_id": OTHER_APP["app_id"]}, now=newsroom.now())


def test_a_consent_that_comes_while_the_app_is_changed_is_not_kept(
    newsroom: Newsroom, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, form, by = with_another_app(newsroom, base)
    code = agreed(consent_url(newsroom, "kuaishou", redirect_uri=BACK, state="s1"), open_id=KUAISHOU["open_id"])
    exchanged = Kuaishou.consent

    def consent(channel: Kuaishou, *given: str) -> dict[str, str]:
        change_account(newsroom, "kuaishou", form, by=by, now=newsroom.now())
        return exchanged(channel, *given)

    monkeypatch.setattr(Kuaishou, "consent", consent)
    with pytest.raises(Refused, match="重新授权"):
        finish_consent(newsroom, "kuaishou", code=code, redirect_uri=BACK, now=newsroom.now(), by=by)
    with newsroom.store.reading() as session:
        kept = accounts.credentials(session, account.id or 0, newsroom.vault)
    assert kept == {"app_id": OTHER_APP["app_id"], "app_secret": OTHER_APP["app_secret"]}


def test_a_platform_without_consent_says_so(newsroom: Newsroom, base: str) -> None:
    registered(newsroom, base, "wechat", {"appid": "wxsandboxjilin", "appsecret": "fake-secret-wechat-jilin"})
    with pytest.raises(Refused, match="直接填写密钥"):
        consent_url(newsroom, "wechat", redirect_uri=BACK, state="s1")


@pytest.mark.parametrize(
    ("platform", "secrets", "said"),
    [
        ("wechat", {"appid": "wx1", "appsecret": "s"}, "连不上微信："),
        ("weibo", {"app_key": "1", "app_secret": "s", "uid": "7", "access_token": "t"}, "连不上微博："),
        ("douyin", {"client_key": "k", "client_secret": "s"}, "连不上抖音："),
    ],
)
def test_a_platform_that_cannot_be_reached_is_called_by_its_name(
    newsroom: Newsroom, platform: str, secrets: dict[str, str], said: str
) -> None:
    registered(newsroom, "http://127.0.0.1:9", platform, secrets)
    refusal = check_account(newsroom, platform, newsroom.now()).refusal
    assert refusal is not None
    assert refusal.cause.startswith(said)


# ---------------------------------------------------------------- call-backs of Douyin


def handed_over(newsroom: Newsroom, base: str) -> int:
    account = registered(newsroom, base, "douyin", DOUYIN)
    assert account.id is not None
    form = {"title": "一分钟看懂雪盲", "video_url": "https://kepujilin.example/v.mp4"}
    delivery = a_delivery(newsroom, account.id, "kpdouyin", form=form)
    publish_due(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, delivery).state == State.HANDED_OVER
    return delivery


def told(newsroom: Newsroom, event: str, content: dict[str, str], open_id: str = "_000sandbox-jilin") -> str | None:
    body = {"event": event, "client_key": "awsandboxkepu", "from_user_id": open_id, "content": json.dumps(content)}
    raw = json.dumps(body).encode()
    headers = {"X-Douyin-Signature": hashlib.sha1(b"fake-secret-douyin" + raw).hexdigest(), "Msg-Id": "m1"}
    return receive_event(newsroom, "douyin", {}, headers, raw, newsroom.now())


def test_the_callback_completes_the_hand_off_once_however_often_it_comes(newsroom: Newsroom, base: str) -> None:
    delivery = handed_over(newsroom, base)
    first, second = (show_hand_off(newsroom, delivery, newsroom.now()) for _ in range(2))
    assert first != second
    share = receipt_of(newsroom, delivery).external_ids["share_id"]
    content = {"share_id": share, "item_id": "@item", "video_id": "712345"}
    assert told(newsroom, "create_video", {**content, "share_id": "999"}) == "success"
    assert the(newsroom, delivery).state == State.HANDED_OVER
    assert told(newsroom, "create_video", content) == "success"
    assert told(newsroom, "create_video", {**content, "item_id": "@other"}) == "success"
    poll_accepted(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, delivery).state == State.LIVE
    receipt = receipt_of(newsroom, delivery)
    assert receipt.external_ids["item_id"] == "@item"
    assert receipt.public_url == "https://www.douyin.com/video/712345"
    with pytest.raises(Refused):
        show_hand_off(newsroom, delivery, newsroom.now())


def test_a_hand_off_that_was_called_off_and_confirmed_all_the_same_needs_a_person(
    newsroom: Newsroom, base: str
) -> None:
    delivery = handed_over(newsroom, base)
    share = receipt_of(newsroom, delivery).external_ids["share_id"]
    assert withdraw(newsroom, delivery, None, newsroom.now()) == State.WITHDRAWING
    publish_due(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, delivery).state == State.WITHDRAWN
    told(newsroom, "create_video", {"share_id": share, "item_id": "@late"})
    row = the(newsroom, delivery)
    assert row.state == State.NEEDS_PERSON
    assert "手机" in row.reason
    assert register_withdrawn(newsroom, delivery, None, newsroom.now()) == State.WITHDRAWN


def test_a_hand_off_whose_work_was_told_of_is_not_given_up(newsroom: Newsroom, base: str) -> None:
    delivery = handed_over(newsroom, base)
    share = receipt_of(newsroom, delivery).external_ids["share_id"]
    told(newsroom, "create_video", {"share_id": share, "item_id": "@already"})
    assert give_up(newsroom, delivery, None, newsroom.now()) == State.LIVE
    assert receipt_of(newsroom, delivery).external_ids["item_id"] == "@already"


def test_a_work_that_is_told_of_while_taking_back_is_asked_about_is_not_withdrawn(
    newsroom: Newsroom, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = handed_over(newsroom, base)
    share = receipt_of(newsroom, delivery).external_ids["share_id"]
    asks = Douyin.withdraw

    def meanwhile(channel: Douyin, known: Mapping[str, str], journal: Journal) -> Outcome:
        found = asks(channel, known, journal)
        if "item_id" not in known:
            told(newsroom, "create_video", {"share_id": share, "item_id": "@meanwhile"})
        return found

    monkeypatch.setattr(Douyin, "withdraw", meanwhile)
    withdraw(newsroom, delivery, None, newsroom.now())
    publish_due(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, delivery).state == State.WITHDRAWING
    publish_due(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, delivery).state == State.NEEDS_PERSON


@pytest.mark.parametrize("polled_between", [True, False])
def test_a_hand_off_confirmed_twice_needs_a_person_who_sees_both_works(
    newsroom: Newsroom, base: str, polled_between: bool
) -> None:
    delivery = handed_over(newsroom, base)
    share = receipt_of(newsroom, delivery).external_ids["share_id"]
    told(newsroom, "create_video", {"share_id": share, "item_id": "@one", "video_id": "111"})
    if polled_between:
        poll_accepted(newsroom, newsroom.now(), worker="w")
    second = {"share_id": share, "item_id": "@two", "video_id": "222"}
    told(newsroom, "create_video", second)
    told(newsroom, "create_video", second)
    poll_accepted(newsroom, newsroom.now(), worker="w")
    row, receipt = the(newsroom, delivery), receipt_of(newsroom, delivery)
    assert (row.state, row.reason) == (State.NEEDS_PERSON, "同一条在抖音上发了两次，请删除多出的一条。")
    links = ["https://www.douyin.com/video/111", "https://www.douyin.com/video/222"]
    assert all(link in row.remedy for link in links)
    assert (receipt.public_url, receipt.external_ids["url_2"]) == tuple(links)
    assert (receipt.external_ids["item_id_2"], "item_id_3" in receipt.external_ids) == ("@two", False)
    # the second stays: what is measured from now on is that one, and its late call-back is no third work
    assert register_live(newsroom, delivery, links[1], None, newsroom.now()) == State.LIVE
    told(newsroom, "create_video", {"share_id": share, "item_id": "@one", "video_id": "111"})
    assert the(newsroom, delivery).state == State.LIVE
    ids = receipt_of(newsroom, delivery).external_ids
    assert (ids["item_id"], ids["video_id"]) == ("@two", "222")


def test_a_work_on_another_account_is_not_ours(newsroom: Newsroom, base: str) -> None:
    delivery = handed_over(newsroom, base)
    share = receipt_of(newsroom, delivery).external_ids["share_id"]
    told(newsroom, "create_video", {"share_id": share, "item_id": "@x"}, open_id="_000sandbox-jilinshi")
    poll_accepted(newsroom, newsroom.now(), worker="w")
    assert the(newsroom, delivery).state == State.NEEDS_PERSON


def with_consent(newsroom: Newsroom, base: str) -> int:
    account = registered(newsroom, base, "douyin", DOUYIN)
    assert account.id is not None
    code = agreed(consent_url(newsroom, "douyin", redirect_uri=BACK, state="s1"), open_id=DOUYIN["open_id"])
    finish_consent(newsroom, "douyin", code=code, redirect_uri=BACK, now=newsroom.now(), by=None)
    return account.id


def revoke(base: str) -> None:
    body = json.dumps({"platform": "douyin", "account": DOUYIN["open_id"], "action": "revoke"}).encode()
    request = urllib.request.Request(f"{base}/_sandbox/tokens", data=body, headers={"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).close()


def test_an_owner_who_takes_the_consent_back_stops_that_account_only(newsroom: Newsroom, base: str) -> None:
    account = with_consent(newsroom, base)
    revoke(base)
    told(newsroom, "unauthorize", {"scopes": "user_info"}, open_id="_000sandbox-somebody")
    assert look_into_doubts(newsroom, newsroom.now()) == 0
    told(newsroom, "unauthorize", {"scopes": "user_info"})
    assert look_into_doubts(newsroom, newsroom.now()) == 1
    assert "重新授权" in stored(newsroom, account).stopped_reason
    assert stored(newsroom, account).callback_seen_at is not None
    assert look_into_doubts(newsroom, newsroom.now() + timedelta(days=1)) == 0


def test_an_old_message_of_a_consent_taken_back_stops_no_account_that_was_consented_for_again(
    newsroom: Newsroom, base: str
) -> None:
    account = with_consent(newsroom, base)
    for _ in range(2):
        # word for word, and once more under another Msg-Id, which nobody signed
        assert told(newsroom, "unauthorize", {"scopes": "user_info"}) == "success"
        look_into_doubts(newsroom, newsroom.now())
        assert stored(newsroom, account).stopped_reason == ""
    with newsroom.store.session() as session:
        assert session.get_one(Account, account).doubted_at is None


def test_a_doubt_that_could_not_be_asked_about_stays_and_stops_nothing(newsroom: Newsroom, base: str) -> None:
    account = with_consent(newsroom, base)
    with newsroom.store.session() as session:
        row = session.get_one(Account, account)
        row.settings = row.settings | {"base_url": "http://127.0.0.1:9"}
        session.add(row)
    told(newsroom, "unauthorize", {"scopes": "all"})
    now = newsroom.now()
    assert look_into_doubts(newsroom, now) == 1
    assert look_into_doubts(newsroom, now) == 0, "not asked every second"
    assert look_into_doubts(newsroom, now + timedelta(minutes=11)) == 1
    assert stored(newsroom, account).stopped_reason == ""


def test_a_check_asks_the_platform_whether_the_consent_stands(newsroom: Newsroom, base: str) -> None:
    with_consent(newsroom, base)
    assert check_account(newsroom, "douyin", newsroom.now()).state == "done"
    revoke(base)
    assert check_account(newsroom, "douyin", newsroom.now()).state == "failed"


@pytest.mark.parametrize("minutes", [0, 20])
def test_a_clock_that_is_off_is_shown_once_and_no_more_once_it_is_right(
    newsroom: Newsroom, base: str, minutes: int
) -> None:
    with_consent(newsroom, base)
    ahead = replace(newsroom, now=lambda: newsroom.now() + timedelta(minutes=minutes))
    for _ in range(2):
        check_account(ahead, "douyin", ahead.now())
    with newsroom.store.reading() as session:
        said = standing(session, ahead.now())
    assert len(said) == (1 if minutes else 0)
    assert all("本机时钟比抖音快约 20 分钟，请校准" in each for each in said)
    # put right, and begun anew
    check_account(replace(newsroom), "douyin", newsroom.now())
    with newsroom.store.reading() as session:
        assert standing(session, newsroom.now()) == []


@pytest.mark.parametrize("odd", ["\ud800", "a\0b"])
def test_a_signed_call_back_that_nobody_could_keep_is_refused(newsroom: Newsroom, base: str, odd: str) -> None:
    registered(newsroom, base, "douyin", DOUYIN)
    registered(newsroom, base, "kuaishou", KUAISHOU)
    assert told(newsroom, "create_video", {"share_id": odd, "item_id": "@x"}) is None
    assert told(newsroom, "create_video", {"share_id": "s", "item_id": odd}) is None
    assert told(newsroom, "create_video", {"share_id": "s", "item_id": "@x"}, open_id=odd) is None
    moment = int(newsroom.now().timestamp() * 1000)
    event = {"app_id": KUAISHOU["app_id"], "event": "UN_AUTHORIZE", "message_id": odd, "timestamp": moment}
    body = json.dumps({**event, "data": {"open_id": KUAISHOU["open_id"]}}).encode()
    signed = {"kwaisign": hashlib.md5(body + KUAISHOU["app_secret"].encode()).hexdigest()}
    assert receive_event(newsroom, "kuaishou", {}, signed, body, newsroom.now()) is None
