"""What WeChat pushes, and how it proves that it was WeChat. Contract: wechat.md §5."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from sandbox.pushes import Delivery, Outgoing, enqueue
from sandbox.store import Doc, Tx
from sandbox.world import World

BLOCK = 32
REPLIES = {"text", "image", "voice", "video", "music", "news", "transfer_customer_service"}


def tag(name: str, value: object, raw: bool = False) -> str:
    return f"<{name}>{value}</{name}>" if raw else f"<{name}><![CDATA[{value}]]></{name}>"


def push_event(world: World, tx: Tx, appid: str, event: str, inner: str, at: float) -> None:
    account = tx.get("account.wechat", appid) or {}
    head = tag("ToUserName", account["original_id"]) + tag("FromUserName", "o" + account["original_id"][3:] + "mp")
    xml = (
        f"<xml>{head}{tag('CreateTime', int(at), raw=True)}{tag('MsgType', 'event')}{tag('Event', event)}{inner}</xml>"
    )
    enqueue(world, tx, "wechat", appid, appid, event, {"xml": xml, "to": account["original_id"]}, at)


def sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def pad(data: bytes) -> bytes:
    """PKCS#7 over blocks of 32, as WeChat does it."""
    missing = BLOCK - len(data) % BLOCK
    return data + bytes([missing]) * missing


def encrypt(xml: str, encoding_aes_key: str, appid: str, salt: bytes) -> str:
    """`salt`: 16 bytes that stand before the message."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = base64.b64decode(encoding_aes_key + "=")
    message = xml.encode()
    plain = pad(salt + struct.pack(">I", len(message)) + message + appid.encode())
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def decrypt(secret: str, encoding_aes_key: str, appid: str) -> str:
    """What an answer holds. Raises ValueError where it is broken or for another account."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = base64.b64decode(encoding_aes_key + "=")
    decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = decryptor.update(base64.b64decode(secret)) + decryptor.finalize()
    plain = plain[: -plain[-1]]
    end = 20 + int.from_bytes(plain[16:20], "big")
    if plain[end:] != appid.encode():
        raise ValueError("not for this account")
    return plain[20:end].decode()


def build(callback: Doc, message: Doc, now: float, nonce: str) -> Outgoing:
    """Signed afresh for each delivery. In AES mode `signature` is there too, but does not cover the body."""
    stamp = str(int(now))
    query = {"signature": sign(callback["token"], stamp, nonce), "timestamp": stamp, "nonce": nonce}
    body = message["xml"]
    if callback["aes_key"]:
        salt = hashlib.sha256(f"{nonce}{stamp}".encode()).digest()[:16]
        secret = encrypt(body, callback["aes_key"], callback["key"], salt)
        query |= {"encrypt_type": "aes", "msg_signature": sign(callback["token"], stamp, nonce, secret)}
        body = f"<xml>{tag('ToUserName', message['to'])}{tag('Encrypt', secret)}</xml>"
    joint = "&" if "?" in callback["url"] else "?"
    return Outgoing(callback["url"] + joint + urlencode(query), body.encode(), headers={"Content-Type": "text/xml"})


def echo_request(callback: Doc, now: float, nonce: str, echo: str) -> Outgoing:
    """The check when an address is set: the echostr must come back as it is."""
    stamp = str(int(now))
    query = {
        "signature": sign(callback["token"], stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": echo,
    }
    joint = "&" if "?" in callback["url"] else "?"
    return Outgoing(callback["url"] + joint + urlencode(query), method="GET")


def taken(status: int, body: bytes) -> bool:
    return status == 200 and body.strip() in (b"", b"success")


def replied(callback: Doc, body: bytes) -> bool:
    """Whether the answer is a message to the follower; in AES mode it must be signed and encrypted as ours are."""
    try:
        root = ElementTree.fromstring(body, forbid_dtd=True)
        if callback["aes_key"]:
            secret, said = root.findtext("Encrypt") or "", root.findtext("MsgSignature") or ""
            parts = (callback["token"], root.findtext("TimeStamp") or "", root.findtext("Nonce") or "", secret)
            if not hmac.compare_digest(sign(*parts).encode(), said.encode()):
                return False
            root = ElementTree.fromstring(decrypt(secret, callback["aes_key"], callback["key"]), forbid_dtd=True)
    except (ElementTree.ParseError, ValueError, IndexError):
        return False
    return _is_reply(root)


def _is_reply(root: Element) -> bool:
    named = all(root.find(name) is not None for name in ("ToUserName", "FromUserName", "CreateTime"))
    return named and root.findtext("MsgType") in REPLIES


DELIVERY = Delivery(build, taken, most=3, replied=replied)
