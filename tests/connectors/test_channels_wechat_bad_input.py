"""What people and platforms get wrong, against the WeChat stand-in over real HTTP: a clear sentence in Chinese, nothing sent
twice, nothing lost, and no secret in any of it."""

from __future__ import annotations

import base64
import io
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from channel_parts import Shelf, World, a_world, article, picture, post_picture
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from wechat_parts import AES_KEY, TOKEN, Fresh, fresh, secret_of, signed
from wechatpy.crypto import WeChatCrypto

from connectors.base import ErrorClass, Outcome, Refusal
from connectors.channels.codes import Refused
from connectors.channels.wechat import WeChat
from connectors.channels.wechat.api import WeChatCredentials
from connectors.channels.wechat.events import Callbacks
from sandbox.clock import parse_moment

PNG = picture()
SENTENCE = re.compile(r"^[^\n]*[\u4e00-\u9fff][^\n]*。$")


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    with a_world(start_time=parse_moment("2026-11-10T09:00:00+08:00")) as world:
        yield world


@pytest.fixture
def account(shared: World) -> Iterator[Fresh]:
    yield fresh(shared)
    shared.faults()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(autouse=True)
def _no_secrets_are_told(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, shelf: Shelf
) -> Iterator[None]:
    """Whatever a test of this file does, no log record of any level holds a token or a secret."""
    caplog.set_level(logging.DEBUG)
    yield
    told = "\n".join(record.getMessage() for when in ("setup", "call") for record in caplog.get_records(when))
    assert "sandbox-not-a-real-token" not in told
    assert "fake-secret" not in told
    assert "wrongsecret" not in told


def said_clearly(outcome: Outcome, kind: ErrorClass, words: str) -> None:
    """Cause and remedy are Chinese sentences that name the thing; nothing in the outcome is secret."""
    assert outcome.refusal is not None, outcome
    assert outcome.refusal.kind is kind
    sentences_of(outcome.refusal, words)
    told = outcome.model_dump_json()
    assert not re.search(r"sandbox-not-a-real-token|fake-secret|wrongsecret", told)


def sentences_of(refusal: Refusal, words: str) -> None:
    assert SENTENCE.match(refusal.cause), refusal.cause
    assert SENTENCE.match(refusal.remedy), refusal.remedy
    assert words in refusal.cause + refusal.remedy


# ---------------------------------------------------------------- who may


def test_a_wrong_secret_stops_before_anything_is_uploaded(account: Fresh, shelf: Shelf) -> None:
    built, journal = account.channel(shelf, secret="wrongsecret"), account.notebook()
    said_clearly(built.publish(article("wxsecret"), journal), ErrorClass.AUTH_REAUTH, "AppSecret")
    said_clearly(built.check(), ErrorClass.AUTH_REAUTH, "AppSecret")
    assert set(account.calls()) == {"stable_token"}
    assert account.channel(shelf).publish(article("wxsecret"), journal).state == "accepted", "put right, it goes on"
    account.world.advance(30)
    assert len(account.ever_public()) == 1


def test_a_secret_reset_in_the_middle_keeps_what_was_uploaded(account: Fresh, shelf: Shelf) -> None:
    journal, reset = account.notebook(), secret_of(account.appid) + "-new"
    account.fault("error", "draft/add", code=45011)
    assert account.channel(shelf).publish(article("wxreset"), journal).state == "failed"
    account.world.control("/tokens", {"platform": "wechat", "account": account.appid})
    entry = {"platform": "wechat", "appid": account.appid, "secret": reset, "name": "甲"}
    account.world.control("/accounts", entry)
    said_clearly(account.channel(shelf).publish(article("wxreset"), journal), ErrorClass.AUTH_REAUTH, "AppSecret")
    assert account.channel(shelf, secret=reset).publish(article("wxreset"), journal).state == "accepted"
    assert (journal.calls.count("uploadimg"), journal.calls.count("add_material")) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "code", "kind", "words"),
    [
        ({"ip_whitelist": ["10.0.0.1"]}, "40164", ErrorClass.PERMISSION, "白名单"),
        ({"verified": False}, "48001", ErrorClass.PERMISSION, "只存草稿"),
        ({"frozen": True}, "50007", ErrorClass.AUTH_REAUTH, "冻结"),
        ({"api_banned": True}, "48004", ErrorClass.PERMISSION, "封禁"),
        ({"limited": True}, "50002", ErrorClass.PERMISSION, "限制"),
    ],
)
def test_an_account_that_may_not_is_told_apart_and_goes_on_once_it_may(
    shared: World, shelf: Shelf, fields: dict[str, Any], code: str, kind: ErrorClass, words: str
) -> None:
    account = fresh(shared, **fields)
    journal = account.notebook()
    for outcome in (account.channel(shelf).check(), account.channel(shelf).publish(article("wxmayn0t"), journal)):
        said_clearly(outcome, kind, words)
        assert outcome.raw_code == code
    assert account.ever_public() == []
    entry = {"platform": "wechat", "appid": account.appid, "secret": secret_of(account.appid), "name": "甲"}
    shared.control("/accounts", entry)
    assert account.channel(shelf).publish(article("wxmayn0t"), journal).state == "accepted"
    shared.advance(30)
    assert len(account.ever_public()) == 1


def test_a_right_taken_away_between_draft_and_submit_leaves_one_draft_to_go_on_from(
    account: Fresh, shelf: Shelf
) -> None:
    built, journal = account.channel(shelf), account.notebook()
    account.fault("error", "freepublish/submit", code=48001)
    said_clearly(built.publish(article("wxright"), journal), ErrorClass.PERMISSION, "权限")
    assert built.publish(article("wxright"), journal).state == "accepted"
    assert journal.calls.count("draft_add") == 1


# ---------------------------------------------------------------- pictures


def _bytes(kind: str, size: tuple[int, int], **options: Any) -> bytes:
    held = io.BytesIO()
    Image.effect_noise(size, 120).convert("RGB").save(held, kind, **options)
    return held.getvalue()


def _huge_by_its_header() -> bytes:
    """A small file that says it is 60,000 pixels wide and high."""
    header = PNG[:16] + (60_000).to_bytes(4, "big") * 2 + PNG[24:29]
    return header + zlib.crc32(header[12:29]).to_bytes(4, "big") + PNG[33:]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "打不开"),
        (b"%PDF-1.7", "打不开"),
        (b"", "打不开"),
        (PNG[: len(PNG) // 2], "打不开"),
        (_huge_by_its_header(), "像素过大"),
    ],
)
def test_a_picture_of_a_wrong_kind_is_named_before_anything_is_asked(
    account: Fresh, shelf: Shelf, content: bytes, words: str
) -> None:
    built = account.channel(shelf)
    inside = article("wxkind", pictures=(post_picture("snow", content),))
    cover = article("wxkind", cover=post_picture("cover", content))
    for post, what in ((inside, "图片“snow.png”"), (cover, "封面图片")):
        refused = built.publish(post, account.notebook())
        said_clearly(refused, ErrorClass.VALIDATION, words)
        assert refused.refusal is not None
        assert refused.refusal.cause.startswith(what)
    assert account.calls() == []


@pytest.mark.parametrize("kind", ["PNG", "BMP", "WEBP", "TIFF", "GIF"])
def test_a_picture_too_large_or_of_another_kind_is_made_to_fit(account: Fresh, shelf: Shelf, kind: str) -> None:
    large = _bytes(kind, (700, 600))
    post = article("wxlarge", pictures=(post_picture("snow", large),), cover=post_picture("cover", large))
    assert account.channel(shelf, limits={"picture_bytes": 100_000}).publish(post, account.notebook()).state == (
        "accepted"
    )


def test_a_refusal_of_a_picture_by_the_platform_is_shown_and_not_repeated_by_itself(
    account: Fresh, shelf: Shelf
) -> None:
    built, journal = account.channel(shelf), account.notebook()
    for code, words in ((40005, "格式"), (40009, "太大"), (40113, "格式")):
        account.fault("error", "media/uploadimg", code=code)
        said_clearly(built.publish(article("wxrefused"), journal), ErrorClass.VALIDATION, words)


# ---------------------------------------------------------------- one character more

LETTERS = {"汉字": "雪", "emoji": "🌨", "second plane": "𠮷", "ascii": "a"}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
@pytest.mark.parametrize(
    ("field", "most", "code"), [("title", 32, "45003"), ("author", 16, "45110"), ("digest", 128, "45004")]
)
def test_the_longest_text_passes_here_and_there_and_one_character_more_in_neither(
    account: Fresh, shelf: Shelf, field: str, most: int, code: str, letter: str
) -> None:
    built, journal = account.channel(shelf), account.notebook()
    longest = article("wxlimit", **{field: letter * most})
    assert built.problems(longest) == []
    assert built.publish(longest, journal).state == "accepted"
    over = article("wxlimit", **{field: letter * (most + 1)})
    asked = len(account.calls())
    said_clearly(built.publish(over, account.notebook()), ErrorClass.VALIDATION, f"有 {most + 1} 字")
    assert len(account.calls()) == asked, "nothing was sent"
    fields = {
        "title": "题",
        "content": "文",
        "thumb_media_id": journal.known["cover_media_id"],
        field: letter * (most + 1),
    }
    with pytest.raises(Refused) as refused:
        built._api.act("/cgi-bin/draft/add", {"articles": [fields]})
    assert refused.value.code == code, "the platform counts as we do"


def test_a_link_one_byte_too_long_is_found(account: Fresh, shelf: Shelf) -> None:
    built = account.channel(shelf)
    head = "http://127.0.0.1/s/1?m=wxlink&x="
    longest = article("wxlink", link=head + "a" * (1024 - len(head)))
    assert built.publish(longest, account.notebook()).state == "accepted"
    over = article("wxlink", link=head + "雪" * 340)
    said_clearly(built.publish(over, account.notebook()), ErrorClass.VALIDATION, "链接")


@pytest.mark.parametrize("field", ["title", "digest", "author", "html"])
def test_characters_that_cannot_be_sent_are_found_before_sending(account: Fresh, shelf: Shelf, field: str) -> None:
    built = account.channel(shelf)
    for value in ("雪\x0b后", "半个字符\ud83c"):
        refused = built.publish(article("wxchar", **{field: value}), account.notebook())
        said_clearly(refused, ErrorClass.VALIDATION, "控制字符")
    assert account.calls() == []


@pytest.mark.parametrize("field", ["title", "digest", "author"])
def test_an_escape_written_out_is_found_as_the_platform_refuses_it(account: Fresh, shelf: Shelf, field: str) -> None:
    built = account.channel(shelf)
    refused = built.publish(article("wxescape", **{field: "雪\\u96ea"}), account.notebook())
    said_clearly(refused, ErrorClass.VALIDATION, "\\u96ea")
    assert account.calls() == []


# ---------------------------------------------------------------- call-backs


def sealed(
    account: Fresh, at: datetime, *, token: str = TOKEN, inner: str = "", nonce: str = "n1"
) -> tuple[Any, bytes]:
    """A call-back as an independent implementation seals it: (query, body)."""
    xml = inner or (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
        "<Event>PUBLISHJOBFINISH</Event><PublishEventInfo><publish_id>7</publish_id><publish_status>0</publish_status>"
        "</PublishEventInfo></xml>"
    )
    stamp = str(int(at.timestamp()))
    body = str(WeChatCrypto(token, AES_KEY, account.appid).encrypt_message(xml, nonce, stamp))
    secret = re.search(r"<Encrypt><!\[CDATA\[(.+?)]]></Encrypt>", body)
    assert secret is not None
    query = {"timestamp": stamp, "nonce": nonce, "encrypt_type": "aes", "signature": signed(TOKEN, stamp, nonce)}
    return query | {"msg_signature": signed(token, stamp, nonce, secret[1])}, body.encode()


def test_what_another_implementation_sealed_is_understood(account: Fresh, shelf: Shelf) -> None:
    query, body = sealed(account, account.world.now())
    event = account.channel(shelf).event(query, {}, body)
    assert event is not None
    assert event.external_ids == {"publish_id": "7", "told_status": "0"}


def _other_body(query: Any, body: bytes) -> tuple[Any, bytes]:
    return query, body.replace(b"<Encrypt><![CDATA[", b"<Encrypt><![CDATA[AAAA")


FORGERIES: dict[str, Callable[[Any, bytes], tuple[Any, bytes]]] = {
    "no signature": lambda query, body: ({k: v for k, v in query.items() if k != "msg_signature"}, body),
    "the signature that does not cover the body": lambda query, body: (
        query | {"msg_signature": query["signature"]},
        body,
    ),
    "another body": _other_body,
    "another time": lambda query, body: (query | {"timestamp": str(int(query["timestamp"]) + 1)}, body),
    "another nonce": lambda query, body: (query | {"nonce": "n2"}, body),
    "no time": lambda query, body: (query | {"timestamp": ""}, body),
    "a time in other digits": lambda query, body: (query | {"timestamp": "１７６２７３"}, body),
    "plain where AES is agreed": lambda query, body: (query, b"<xml><Event>PUBLISHJOBFINISH</Event></xml>"),
    "no XML": lambda query, body: (query, b"not xml"),
    "an entity": lambda query, body: (query, b'<!DOCTYPE x [<!ENTITY e "x">]><xml><Encrypt>&e;</Encrypt></xml>'),
    "nothing": lambda query, body: ({}, b""),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_call_back_is_nobodys(account: Fresh, shelf: Shelf, how: str) -> None:
    query, body = FORGERIES[how](*sealed(account, account.world.now()))
    assert account.channel(shelf).event(query, {}, body) is None


def test_a_call_back_signed_with_another_token_or_for_another_account_is_nobodys(account: Fresh, shelf: Shelf) -> None:
    now = account.world.now()
    assert account.channel(shelf).event(*_split(sealed(account, now, token="other"))) is None
    assert account.channel(shelf).event(*_split(sealed(Fresh(account.world, "wxsomebodyelse"), now))) is None


def _split(sent: tuple[Any, bytes]) -> tuple[Any, dict[str, str], bytes]:
    return sent[0], {}, sent[1]


@given(
    body=st.binary(max_size=80), values=st.lists(st.text(max_size=12), min_size=4, max_size=4), with_key=st.booleans()
)
def test_no_call_back_whatever_it_holds_is_more_than_nobodys(body: bytes, values: list[str], with_key: bool) -> None:
    at = datetime(2026, 11, 10, tzinfo=UTC)
    secrets = {"appid": "wx1", "appsecret": "s", "callback_token": TOKEN, "aes_key": AES_KEY if with_key else ""}
    reading = Callbacks(WeChatCredentials.model_validate(secrets), lambda: at)
    stamp, nonce = str(int(at.timestamp())), values[1]
    query = dict(zip(("timestamp", "nonce", "signature", "msg_signature"), values, strict=True))
    assert reading.event(query, body) is None
    assert reading.event(query | {"timestamp": stamp, "msg_signature": signed(TOKEN, stamp, nonce, "")}, body) is None
    sealed_ = base64.b64encode(body).decode()
    outer = f"<xml><Encrypt>{sealed_}</Encrypt></xml>".encode()
    genuine = {"timestamp": stamp, "nonce": nonce, "msg_signature": signed(TOKEN, stamp, nonce, sealed_)}
    assert reading.event(query | genuine, outer) is None


@pytest.mark.parametrize(("seconds", "genuine"), [(0, True), (890, True), (910, False), (3600, False), (-910, False)])
def test_a_late_call_back_is_nobodys_after_a_quarter_of_an_hour(
    account: Fresh, shelf: Shelf, seconds: int, genuine: bool
) -> None:
    sent = sealed(account, account.world.now() - timedelta(seconds=seconds))
    assert (account.channel(shelf).event(*_split(sent)) is not None) is genuine


def test_a_replayed_call_back_is_the_same_event_and_an_old_one_none(account: Fresh, shelf: Shelf) -> None:
    built, sent = account.channel(shelf), _split(sealed(account, account.world.now()))
    first, again = built.event(*sent), built.event(*sent)
    assert first == again, "the queue looks once more; nothing else comes of it"
    account.world.advance(1000)
    assert built.event(*sent) is None


# ---------------------------------------------------------------- clocks


@pytest.mark.parametrize(("minutes", "call_backs"), [(10, 1), (-10, 1), (20, 0), (-20, 0)])
def test_a_clock_that_is_off_publishes_once_and_is_live_with_or_without_its_call_backs(
    account: Fresh, shelf: Shelf, minutes: int, call_backs: int
) -> None:
    def now() -> datetime:
        return account.world.now() + timedelta(minutes=minutes)

    built, journal = account.channel(shelf, now=now), account.notebook()
    journal._now = now
    with account.hearing(built) as heard:
        assert built.publish(article("wxclock"), journal).state == "accepted"
        account.world.advance(30)
        assert len(heard(1)) == call_backs, "a call-back from quite another time may be a replayed one"
    live = built.poll(journal.known)
    assert live.state == "done"
    assert built.withdraw(live.external_ids, journal).state == "absent"
    assert len(account.ever_public()) == 1


@pytest.mark.parametrize("minutes", [10, -10])
@pytest.mark.parametrize("path", ["draft/add", "freepublish/submit"])
def test_a_clock_off_by_ten_minutes_still_finds_what_was_lost(
    account: Fresh, shelf: Shelf, path: str, minutes: int
) -> None:
    def now() -> datetime:
        return account.world.now() + timedelta(minutes=minutes)

    built, journal = account.channel(shelf, now=now), account.notebook()
    journal._now = now
    account.fault("reset_after_effect", path)
    assert built.publish(article("wxclocklost"), journal).state == "unknown"
    account.world.advance(30)
    found = built.look_up(article("wxclocklost"), journal)
    if path == "freepublish/submit":
        assert found.state == "done"
    else:
        assert found.external_ids["draft_media_id"]
        journal.settle(found.external_ids)
        assert built.publish(article("wxclocklost"), journal).state == "accepted"
        account.world.advance(30)
    assert journal.calls.count("draft_add") == 1
    assert len(account.ever_public()) == 1


def test_a_token_lives_as_long_as_the_platform_says_whatever_our_clock_says(account: Fresh, shelf: Shelf) -> None:
    def ahead() -> datetime:
        return account.world.now() + timedelta(minutes=10)

    built = account.channel(shelf, now=ahead)
    assert built.check().state == "done"
    assert built.check().state == "done"
    assert account.calls().count("stable_token") == 1
    account.world.advance(7000)
    assert built.check().state == "done"
    assert account.calls().count("stable_token") == 2


# ---------------------------------------------------------------- the platform is away


def test_a_platform_that_is_down_is_waited_for_and_told_of(account: Fresh, shelf: Shelf) -> None:
    built, journal = account.channel(shelf), account.notebook()
    account.fault("http_500_before", "media/uploadimg")
    said_clearly(built.publish(article("wxdown"), journal), ErrorClass.RETRYABLE, "微信暂时不可用")
    account.fault("http_500_before", "stable_token")
    away = account.channel(Shelf()).publish(article("wxdown"), journal)
    said_clearly(away, ErrorClass.RETRYABLE, "微信")
    assert built.publish(article("wxdown"), journal).state == "accepted"


@pytest.mark.parametrize("body", ["<html>busy</html>", "[]", "null", '{"errcode": 0', "", "{}"])
def test_an_answer_that_is_no_answer_makes_a_draft_unknown_and_never_a_second_one(
    account: Fresh, shelf: Shelf, body: str
) -> None:
    built, journal = account.channel(shelf), account.notebook()
    account.fault("wrong_json", "draft/add", body=body)
    said = built.publish(article("wxwrong"), journal)
    assert said.state == "unknown", said
    found = built.look_up(article("wxwrong"), journal)
    journal.settle(found.external_ids)
    assert built.publish(article("wxwrong"), journal).state == "accepted"
    assert journal.calls.count("draft_add") == 1


@pytest.mark.parametrize("path", ["freepublish/submit", "message/mass/sendall"])
def test_an_answer_without_its_number_is_never_taken_for_a_success(account: Fresh, shelf: Shelf, path: str) -> None:
    mode = "mass_send" if "mass" in path else "direct"
    built, journal = account.channel(shelf, mode=mode), account.notebook()
    account.fault("wrong_json", path, body='{"errcode": 0, "errmsg": "ok"}')
    assert built.publish(article("wxnumberless"), journal).state == "unknown"


def test_every_sentence_of_the_channel_names_a_remedy(account: Fresh, shelf: Shelf) -> None:
    """All that the preflight can say, at once."""
    for settings in ({}, {"article_type": "newspic"}):
        built: WeChat = account.channel(shelf, **settings)
        worst = article(
            "wxworst", title="", author="长" * 17, digest="长" * 129, html="", link="x", cover=None, pictures=()
        )
        for refusal in built.problems(worst):
            sentences_of(refusal, "请")
