"""Addresses that must not be asked, however they are spelled, and names that change their mind."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from loopback import serving
from misbehaving import leading_to, misbehaving, saying
from test_collecting_bad_answers import FEED, NOW, add, newsroom_of

from connectors import network
from connectors.errors import ConnectorError, NeedsPerson, RetryLater
from connectors.http import HttpClient, HttpLimits
from connectors.network import may_be_asked
from content_store.database import Store
from steps.collect import collect_each

LIMITS = HttpLimits(connect_seconds=1, read_seconds=2, total_seconds=3)
INNER = "内部网络"

NEVER = [
    "http://169.254.169.254/latest/meta-data/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://2852039166/",
    "http://0xa9fea9fe/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://169.254.169.254./",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[2002:a9fe:a9fe::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://100.100.100.200/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://224.0.0.1/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://0300.0250.1.1/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://[fc00::1]/",
    "http://[::ffff:10.0.0.1]/",
]
INSIDE = [
    "http://127.0.0.1/",
    "http://127.0.0.1:22/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
]
WRONG = [
    "ftp://a.example/feed",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "data:text/xml,<rss/>",
    "http://user:word@127.0.0.1/",
    "http://a.example@169.254.169.254/",
    "http://a.example:99999/",
    "http://[::1",
    "http:///feed",
]


def client(*, inside: bool = True) -> HttpClient:
    return HttpClient(LIMITS, now=lambda: NOW, inside=inside)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Makes the resolver give these addresses for *.test, one after the other; returns the list of look-ups made."""
    real = socket.getaddrinfo

    def resolving(*answers: str) -> list[str]:
        asked: list[str] = []

        def look_up(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
            if not str(host).rstrip(".").endswith(".test"):
                return real(host, port, *arguments, **options)
            asked.append(str(host))
            return real(answers[min(len(asked), len(answers)) - 1], port, *arguments, **options)

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        return asked

    return resolving


@pytest.mark.parametrize("url", NEVER)
@pytest.mark.parametrize("inside", [True, False])
def test_private_networks_and_where_keys_are_handed_out_are_never_asked(url: str, inside: bool) -> None:
    with pytest.raises(NeedsPerson, match=INNER):
        client(inside=inside).fetch(url)


@pytest.mark.parametrize("url", INSIDE)
def test_without_leave_no_spelling_leads_inside(url: str) -> None:
    with pytest.raises(NeedsPerson, match=INNER):
        client(inside=False).fetch(url)


@pytest.mark.parametrize("url", WRONG)
def test_what_is_no_web_address_is_for_a_person(url: str) -> None:
    with pytest.raises(NeedsPerson, match="网址"):
        client().fetch(url)


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fd00:ec2::254"])
def test_a_name_that_resolves_inside_is_refused(address: str, names: Callable[..., list[str]]) -> None:
    names(address)
    with pytest.raises(NeedsPerson, match=r"feed\.test 指向内部网络"):
        client(inside=False).fetch("http://feed.test/")


def test_leave_to_read_this_machine_is_for_addresses_spelled_so_and_never_for_names(
    names: Callable[..., list[str]],
) -> None:
    with misbehaving(saying("inside")) as inner:
        names("127.0.0.1")
        with pytest.raises(NeedsPerson, match=r"feed\.test 指向内部网络"):
            client(inside=True).fetch(inner.base.replace("127.0.0.1", "feed.test"))
        assert inner.asked == []
        assert client(inside=True).fetch(inner.base).body == b"inside"


def test_a_name_is_looked_up_once_and_the_checked_address_is_the_one_connected_to(
    names: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = names("93.184.216.34", "127.0.0.1")
    connected: list[Any] = []

    def connect(place: Any, *_: Any) -> socket.socket:
        connected.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(network, "_socket_to", connect)
    with pytest.raises(RetryLater):
        client(inside=False).fetch("http://rebinding.test/")
    assert (asked, connected) == (["rebinding.test"], [("93.184.216.34", 80)])


def test_a_name_that_answers_differently_at_the_second_look_reaches_only_the_first(
    names: Callable[..., list[str]],
) -> None:
    with misbehaving(saying("first")) as first:
        port = int(first.base.rpartition(":")[2])
        with misbehaving(saying("second"), "127.0.0.2", port) as second:
            asked = names("127.0.0.1", "127.0.0.2")
            assert client().call("GET", f"http://rebinding.test:{port}/", writes=False).body == b"first"
            assert (len(asked), second.asked) == (1, [])


def test_every_hop_is_checked_again(names: Callable[..., list[str]]) -> None:
    with misbehaving(saying("inside")) as inner:
        target = inner.base.replace("127.0.0.1", "inner.test")
        with misbehaving(leading_to(target)) as start:
            names("127.0.0.1")
            with pytest.raises(NeedsPerson, match=r"inner\.test 指向内部网络"):
                client().fetch(f"{start.base}/")
        assert inner.asked == []


def test_a_certificate_is_asked_for_by_name_and_not_by_address(names: Callable[..., list[str]], tmp_path: Path) -> None:
    names("127.0.0.1")
    with secure(tmp_path, "other.test") as (port, asked_for):
        with pytest.raises(RetryLater, match="连不上"):
            client().call("GET", f"https://feed.test:{port}/", writes=False)
        assert asked_for == ["feed.test"]


def test_a_round_goes_on_past_addresses_that_must_not_be_asked(sqlite_store: Store, tmp_path: Path) -> None:
    newsroom = newsroom_of(sqlite_store, tmp_path)
    wrong = [url for url in (*NEVER, *WRONG) if "://" in url]
    with serving() as site:
        for number, url in enumerate(wrong):
            add(newsroom, f"bad-{number}", url)
        add(newsroom, "good", site.put("/feed", FEED))
        keys = [f"bad-{number}" for number in range(len(wrong))]
        visits = {visit.key: visit for visit in collect_each(newsroom, NOW, [*keys, "good"])}
    assert visits["good"].counts["new"] == 1
    assert all(visits[key].error.endswith("。") for key in keys)


@pytest.mark.parametrize(
    ("address", "inside", "allowed"),
    [
        ("8.8.8.8", False, True),
        ("2001:4860:4860::8888", False, True),
        ("2002:808:808::1", False, True),
        ("64:ff9b::808:808", False, True),
        ("::ffff:8.8.8.8", False, True),
        ("10.1.2.3", True, False),
        ("::1", True, True),
        ("fd00::1", True, False),
        ("fe80::1%lo", True, False),
        ("64:ff9b:1::808:808", False, False),
        ("2001:0:7f00:1::", False, False),
        ("::ffff:0:0", True, False),
        ("192.0.0.192", True, False),
        ("168.63.129.16", False, False),
        ("255.255.255.255", False, False),
    ],
)
def test_who_may_be_asked(address: str, inside: bool, allowed: bool) -> None:
    assert may_be_asked(address, inside=inside) is allowed


@pytest.fixture(autouse=True)
def _nobody_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in these tests must not send anything beyond this machine."""
    real = socket.socket.connect

    def connect(self: socket.socket, place: Any) -> None:
        if isinstance(place, tuple) and not str(place[0]).startswith(("127.", "::1")):
            raise AssertionError(f"asked {place}")
        real(self, place)

    monkeypatch.setattr(socket.socket, "connect", connect)


class secure:
    """A TLS server with a certificate for `name`; notes which name it is asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        pem = folder / "server.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        pem.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
        self._asked: list[str] = []
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pem)
        self._context.sni_callback = lambda _, asked, __: self._asked.append(str(asked))
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> tuple[int, list[str]]:
        threading.Thread(target=self._serve, daemon=True).start()
        return self._listener.getsockname()[1], self._asked

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        try:
            connection, _ = self._listener.accept()
            with connection, self._context.wrap_socket(connection, server_side=True):
                return
        except (OSError, ConnectorError):
            return
