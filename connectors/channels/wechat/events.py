"""WeChat call-backs: signature, encryption, and the few events that concern the queue."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from xml.etree.ElementTree import Element

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml import ElementTree

from connectors.base import PlatformEvent
from connectors.channels.wechat.api import WeChatCredentials

_OLDEST_SECONDS = 900
"""The platform repeats a call-back within seconds; the rest is for a clock of ours that is off. It is a hint only: a replay
within this time makes the queue look once more."""
_DIGITS = 12
"""Seconds since 1970 have ten."""


class Callbacks:
    """Verifies call-backs of one account."""

    def __init__(self, credentials: WeChatCredentials, now: Callable[[], datetime]) -> None:
        self._credentials = credentials
        self._now = now

    def event(self, query: Mapping[str, str], body: bytes) -> PlatformEvent | None:
        if not self._credentials.callback_token.get_secret_value() or not self._recent(query.get("timestamp", "")):
            return None
        if "echostr" in query and not body:
            return self._address_check(query)
        message = self._message(query, body)
        return _event(message) if message is not None else None

    def _recent(self, timestamp: str) -> bool:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _DIGITS):
            return False
        return abs(self._now().timestamp() - int(timestamp)) <= _OLDEST_SECONDS

    def _address_check(self, query: Mapping[str, str]) -> PlatformEvent | None:
        if not self._signed(query, query.get("signature", "")):
            return None
        return PlatformEvent(key="", kind="address_check", answer=query["echostr"])

    def _message(self, query: Mapping[str, str], body: bytes) -> Element | None:
        if not self._credentials.aes_key.get_secret_value():
            return _xml(body) if self._signed(query, query.get("signature", "")) else None
        outer = _xml(body)
        if outer is None:
            return None
        sealed = outer.findtext("Encrypt") or ""
        # `signature` is sent as well, but does not cover the body
        if not sealed or not self._signed(query, query.get("msg_signature", ""), sealed):
            return None
        return _xml(self._opened(sealed))

    def _signed(self, query: Mapping[str, str], signature: str, *covered: str) -> bool:
        token = self._credentials.callback_token.get_secret_value()
        parts = sorted([token, query.get("timestamp", ""), query.get("nonce", ""), *covered])
        expected = hashlib.sha1("".join(parts).encode("utf-8", "replace")).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))

    def _opened(self, sealed: str) -> bytes:
        """The message inside; empty where it is not ours or broken."""
        try:
            key = base64.b64decode(self._credentials.aes_key.get_secret_value() + "=")
            decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
            plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
            plain = plain[: -plain[-1]]
            (length,) = struct.unpack(">I", plain[16:20])
        except (ValueError, IndexError, struct.error):
            return b""
        message, appid = plain[20 : 20 + length], plain[20 + length :]
        return message if appid.decode("utf-8", "replace") == self._credentials.appid else b""


def _xml(body: bytes) -> Element | None:
    try:
        return ElementTree.fromstring(body, forbid_dtd=True)
    except (ElementTree.ParseError, ValueError):  # defusedxml's own errors are ValueErrors
        return None


def _event(message: Element) -> PlatformEvent:
    kind = message.findtext("Event") or message.findtext("MsgType") or ""
    if kind in _READERS:
        return _READERS[kind](message)
    key = message.findtext("MsgId") or f"{message.findtext('FromUserName')}+{message.findtext('CreateTime')}"
    return PlatformEvent(key=key, kind=kind)


def _published(message: Element) -> PlatformEvent:
    info = message.find("PublishEventInfo")
    if info is None:
        return PlatformEvent(key="", kind=_PUBLISHED)
    publish_id, status = info.findtext("publish_id") or "", info.findtext("publish_status") or ""
    # names of their own: told, not yet proven
    found = {"publish_id": publish_id, "told_status": status, "told_article_id": info.findtext("article_id") or ""}
    # FromUserName + CreateTime would collide for two jobs that finish in one second
    return PlatformEvent(key=f"{publish_id}+{status}", kind=_PUBLISHED, external_ids=_told(found))


def _mass_sent(message: Element) -> PlatformEvent:
    """The address and the reason of a failure stand nowhere else."""
    msg_id, status = message.findtext("MsgID") or "", message.findtext("Status") or ""
    found = {
        "msg_id": msg_id,
        "mass_status": status,
        "mass_url": message.findtext("ArticleUrlResult/ResultList/item/ArticleUrl") or "",
    }
    return PlatformEvent(key=f"{msg_id}+{status}", kind=_MASS_SENT, external_ids=_told(found))


def _told(found: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in found.items() if value}


_PUBLISHED, _MASS_SENT = "PUBLISHJOBFINISH", "MASSSENDJOBFINISH"
_READERS: dict[str, Callable[[Element], PlatformEvent]] = {_PUBLISHED: _published, _MASS_SENT: _mass_sent}
