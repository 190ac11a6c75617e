"""Our clock beside those of the platforms."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from connectors.clock import ClockWatch
from connectors.http import HttpClient

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def dated(minutes: float, **more: str) -> dict[str, str]:
    return {"date": (NOW + timedelta(minutes=minutes)).strftime("%a, %d %b %Y %H:%M:%S GMT"), **more}


@pytest.mark.parametrize(("minutes", "said"), [(6, "比微信慢约 6 分钟"), (-10, "比微信快约 10 分钟")])
def test_a_clock_that_is_off_is_told_once_and_again_after_it_was_right(
    caplog: pytest.LogCaptureFixture, minutes: float, said: str
) -> None:
    watch = ClockWatch()
    for off in (minutes, minutes, 0, minutes):
        watch.compare("微信", dated(off), NOW)
    assert [said in text for text in caplog.messages] == [True, True]


@pytest.mark.parametrize(
    "headers", [dated(0), dated(4.9), dated(-4.9), {}, {"date": "soon"}, dated(-60, age="3600")], ids=str
)
def test_what_tells_nothing_of_our_clock_is_no_warning(
    caplog: pytest.LogCaptureFixture, headers: dict[str, str]
) -> None:
    ClockWatch().compare("微信", headers, NOW)
    assert caplog.messages == []


@pytest.fixture
def platform() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_every_answer_of_a_platform_is_compared_with_our_clock(platform: str, caplog: pytest.LogCaptureFixture) -> None:
    ahead = HttpClient(now=lambda: datetime.now(UTC) + timedelta(minutes=20))
    ahead.call("GET", platform, writes=False)
    assert caplog.messages == [], "only platforms are taken at their word"
    ahead.named("微信").call("GET", platform, writes=False)
    ahead.named("微信").call("GET", platform, writes=False)
    assert len(caplog.messages) == 1
    assert "比微信快约 20 分钟" in caplog.messages[0]
