"""The demonstration's platforms call back, and their call-backs are genuine: over real HTTP, as after `kepu up --demo`."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from PIL import Image

from cli import demo
from config import entries
from content_store import accounts, deliveries, stories
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.tables import DeliveryState, Lane
from content_store.vault import Vault, key_from
from sandbox.serve import in_thread
from steps.adapt import form_of
from steps.callbacks import receive_event
from steps.newsroom import Newsroom
from steps.publish import publish_due


@contextmanager
def desk(room: Newsroom) -> Iterator[str]:
    """What the desk does with a call-back."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts, now = urlsplit(self.path), room.now()
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            key, query = parts.path.rpartition("/")[2], dict(parse_qsl(parts.query))
            answer = receive_event(room, key, query, dict(self.headers.items()), body, now)
            self.send_response(200 if answer is not None else 403)
            self.end_headers()
            self.wfile.write((answer or "").encode())

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def queue_a_post(room: Newsroom, account_key: str) -> None:
    now, picture = room.now(), BytesIO()
    Image.new("RGB", (320, 200), (40, 90, 160)).save(picture, "PNG")
    with room.store.session() as session:
        account = accounts.by_key(session, account_key)
        media = room.media.keep_picture(session, picture.getvalue(), origin="test", now=now)
        fields = {
            "title": "雪盲是怎么回事",
            "digest": "一句话。",
            "body_html": "<p>文。</p>",
            "cover_sha256": media.sha256,
        }
        version = stories.add(session, fields=fields, by=None, now=now)
        assert account is not None
        assert account.id is not None
        assert version.id is not None
        marker = deliveries.new_marker()
        deliveries.add(
            session,
            version_id=version.id,
            account_id=account.id,
            marker=marker,
            form=form_of(version, account, marker=marker, site_url=room.site_url),
            fingerprint="",
            state=DeliveryState.QUEUED,
            lane=Lane.NORMAL,
            due_at=now,
            by=None,
            now=now,
        )


def test_every_wechat_account_of_the_demonstration_has_a_token_of_its_own() -> None:
    found = [entry for entry in entries.accounts(demo.DATA / "accounts.toml") if entry.platform == "wechat"]
    tokens = {entry.credentials["callback_token"] for entry in found}
    assert len(tokens) == len(found) > 0
    # what WeChat takes: 3 to 32 letters and digits
    assert all(token.isascii() and token.isalnum() and 3 <= len(token) <= 32 for token in tokens)


def test_a_wechat_post_of_the_demonstration_is_called_back_about(sqlite_store: Store, tmp_path: Path) -> None:
    room = Newsroom(
        store=sqlite_store,
        media=MediaFolder(tmp_path / "media"),
        vault=Vault(key_from(tmp_path / "secret.key")),
        lexicon_files={},
        site_url="http://127.0.0.1:8800",
        now=lambda: datetime.now(UTC),
    )
    quick = {"job_seconds": [0.05, 0.1], "push_seconds": 0.0, "retry_seconds": 0.1}
    with in_thread(seed=5, settings=quick) as base, desk(room) as address:
        demo.add_sources_and_accounts(room, base, room.now())
        demo._register_callbacks(base, address)
        queue_a_post(room, "wechat-changchun")
        assert publish_due(room, room.now()) == {"accepted": 1}
        give_up = time.monotonic() + 8
        while not seen(room, "wechat-changchun") and time.monotonic() < give_up:
            time.sleep(0.05)
    assert seen(room, "wechat-changchun")


def seen(room: Newsroom, account_key: str) -> bool:
    with room.store.reading() as session:
        account = accounts.by_key(session, account_key)
        assert account is not None
        return account.callback_seen_at is not None
