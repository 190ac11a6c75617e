"""The whole path as a newcomer meets it: `kepu up --demo` in a process of its own, and people at real browsers.

collect → tag → story → three reviews → queue → live on three platforms → figures → ranking, and
alert → two releases → live → cancel → follow-ups.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from desk.build import BuildFailed, build

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
BEIJING = ZoneInfo("Asia/Shanghai")
KEPU = [sys.executable, "-c", "from cli.main import main; main()"]
START_SECONDS = 240


@dataclass
class World:
    """A running demonstration."""

    home: Path
    port: int
    passwords: dict[str, str]

    @property
    def desk(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.port + 2}"

    def control(self, path: str, body: Any = None) -> Any:
        """A word to the stand-ins' control."""
        method = "GET" if body is None else "POST"
        answer = requests.request(method, f"{self.sandbox}/_sandbox{path}", json=body, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def kepu(self, *arguments: str) -> str:
        """Runs the command beside the running world; returns what it printed."""
        done = subprocess.run(
            [*KEPU, "--home", str(self.home), *arguments], capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def public(self, title: str) -> list[dict[str, Any]]:
        """What really became public under this title, by the stand-ins' ledger."""
        return [row for row in self.control("/ledger?public_only=true") if title in row["title"] + row["text"]]


def three_free_ports() -> int:
    for first in range(20000 + os.getpid() % 5000, 60000, 7):
        try:
            for port in range(first, first + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise AssertionError("no free ports")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home, port = tmp_path_factory.mktemp("journey"), three_free_ports()
    log = home / "up.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [*KEPU, "--home", str(home), "up", "--demo", "--port", str(port)], stdout=sink, stderr=sink
        )
    try:
        _wait(lambda: _answers(f"http://127.0.0.1:{port}/login"), START_SECONDS, process, log)
        said = log.read_text()
        yield World(home, port, dict(re.findall(r"^  (\w+) +(?:一次性)?密码 (\S+)$", said, re.MULTILINE)))
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) is not None


def _wait(ready: Callable[[], bool], seconds: float, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + seconds
    while not ready():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < give_up, log.read_text()
        time.sleep(0.3)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.exceptions.RequestException:
        return False


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("chromium is absent: the browser tests are passed over")
    try:
        build()
    except BuildFailed as error:
        pytest.skip(f"the browser scripts cannot be built here: {error}")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)


Enter = Callable[[str], Page]


@pytest.fixture
def enter(browser: Browser, world: World) -> Iterator[Enter]:
    """A window of one person, logged in."""
    contexts: list[BrowserContext] = []

    def open_window(name: str) -> Page:
        context = browser.new_context(base_url=world.desk, locale="zh-CN", viewport={"width": 1440, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto("/login")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(world.passwords[name])
        page.get_by_role("button", name="登录").click()
        expect(page).to_have_url(f"{world.desk}/articles")
        return page

    yield open_window
    for context in contexts:
        context.close()


def test_one_piece_travels_the_whole_way(world: World, enter: Enter) -> None:
    title = "查干湖冬捕：冰下一张网里的科学（编辑部整理）"
    story = _make_story(enter("bianji"), title)
    for step, name in (("初审", "chushen"), ("复审", "fushen"), ("终审", "zhongshen")):
        page = enter(name)
        page.goto("/reviews")
        page.get_by_text(title).first.click()
        page.get_by_role("button", name=f"{step}通过").click()
        expect(page.get_by_role("status")).to_contain_text("通过")

    page = enter("bianji")
    page.goto(f"/stories/{story}/schedule")
    for platform in ("微信", "微博", "抖音"):
        group = page.locator("fieldset[data-group]").filter(has=page.locator("legend", has_text=platform))
        group.locator("label.choice", has_text="科普吉林").first.get_by_role("checkbox").check()
    page.get_by_role("button", name="排入队列").click()
    expect(page.get_by_role("status")).to_contain_text("已排入 3 个账号")

    _eventually(page, f"/deliveries?story={story}", lambda: page.get_by_text("看线上内容").count() == 2)
    _finish_on_the_phone(world, page, story)
    _eventually(page, f"/deliveries?story={story}", lambda: page.get_by_text("看线上内容").count() == 3)
    rows = world.public(title[:9])
    assert sorted(row["platform"] for row in rows) == ["douyin", "wechat", "weibo"]
    short = next(row for row in rows if row["platform"] == "weibo")
    link = re.search(rf"{world.desk}/s/\d+\S*", short["text"])
    assert link, "a short post leads to the full text on our own page"
    assert requests.get(link[0], timeout=10).status_code == 200
    for row in rows:
        assert requests.get(row["url"], timeout=10).status_code == 200

    _figures_and_ranking(world, page, title)


def _make_story(page: Page, title: str) -> int:
    page.get_by_label("搜索素材").fill("冬捕")
    page.get_by_label("搜索素材").press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    page.locator("[data-row] [data-open]").first.click()
    expect(page.get_by_text("前郭尔罗斯").first).to_be_visible()
    page.get_by_role("button", name="做成稿件").click()
    page.locator("[name=title]").fill(title)
    page.get_by_label("AI 使用情况").select_option("none")
    page.get_by_role("button", name="保存并送审").click()
    expect(page.get_by_role("status")).to_contain_text("已保存并送审")
    found = re.search(r"/stories/(\d+)", page.url)
    assert found
    page.goto(f"/stories/{found[1]}/preview")
    expect(page.locator("main iframe")).to_have_count(6)
    return int(found[1])


def _finish_on_the_phone(world: World, page: Page, story: int) -> None:
    """The duty person scans the code; here the phone is the stand-in's own page."""
    page.goto(f"/deliveries?story={story}")
    page.locator("[data-row]", has_text="抖音").locator("[data-open]").click()
    page.get_by_role("button", name=re.compile("二维码")).click()
    schema = page.get_by_role("link", name="在本机打开").get_attribute("href")
    assert schema
    assert schema.startswith("snssdk1128://")
    phone = page.context.new_page()
    phone.goto(f"{world.sandbox}/douyin/_phone?schema={quote(schema, safe='')}")
    phone.get_by_role("button", name="发布").click()
    # the answer first: a page that is closed while it still loads can leave the browser waiting for ever
    expect(phone.get_by_role("button", name="发布")).to_have_count(0)
    phone.wait_for_load_state()


def _figures_and_ranking(world: World, page: Page, title: str) -> None:
    """A day later by the stand-ins' clock, today's figures are there; this week's ranking names the story."""
    today = datetime.now(BEIJING).date()
    world.control("/clock", {"now": (datetime.now(UTC) + timedelta(days=1, hours=3)).isoformat()})
    try:
        counts = json.loads(world.kepu("measure", "--date", today.isoformat(), "--json"))
    finally:
        world.control("/clock", {"now": datetime.now(UTC).isoformat()})
    assert counts["readings"] > 10
    page.goto("/reports")
    expect(page.get_by_role("row").filter(has_text=title).first).to_be_visible()
    year, week, _ = today.isocalendar()
    name = f"{year}-W{week:02d}"
    world.kepu("rank", "--week", name, "--format", "xlsx", "-o", str(world.home / "week.xlsx"))
    assert (world.home / "week.xlsx").read_bytes().startswith(b"PK")
    page.goto(f"/reports/{name}")
    page.get_by_role("navigation", name="各表").get_by_role("link", name=re.compile("稿件|内容|作品")).first.click()
    expect(page.get_by_text(title).first).to_be_visible()


def test_an_alert_goes_live_after_two_releases_and_its_end_is_followed(world: World, enter: Enter) -> None:
    world.control("/newsroom/alerts", {"name": "snow-red"})
    world.kepu("collect", "--source", "yujing")
    first = enter("fushen")
    first.goto("/emergency")
    first.get_by_text("暴雪红色").first.click()
    stories = first.get_by_role("button", name=re.compile("第一人"))
    number = stories.count()
    assert number >= 1
    for left in range(number, 0, -1):
        stories.first.click()
        expect(first.get_by_role("button", name=re.compile("第一人"))).to_have_count(left - 1)
    assert world.public("暴雪红色") == []

    second = enter("zhiban")
    second.goto(first.url)
    started = time.monotonic()
    for left in range(number, 0, -1):
        second.get_by_role("button", name="第二人签发并发布").first.click()
        expect(second.get_by_role("button", name="第二人签发并发布")).to_have_count(left - 1)
    path = first.url.removeprefix(world.desk)
    _eventually(second, path, lambda: second.locator("#progress").get_by_text("已发布").count() >= 3)
    assert time.monotonic() - started < 120
    markers = [row["ids"] for row in world.public("暴雪红色")]
    assert len(markers) >= 3

    world.kepu("alert", str(_cancel(world)))
    second.goto(path)
    expect(second.get_by_text("已解除").first).to_be_visible()
    tasks = second.get_by_role("button", name="完成")
    assert tasks.count() >= 3


def _cancel(world: World) -> Path:
    """The Cancel of the red alert, as its sender would put it."""
    feed = requests.get(f"{world.sandbox}/_sandbox/newsroom/alerts", timeout=10).json()
    red = next(each for each in feed["out"] if each["name"] == "snow-red")
    xml = requests.get(red["url"] if red["url"].startswith("http") else world.sandbox + red["url"], timeout=10).text
    sender = re.search(r"<sender>(.*?)</sender>", xml)
    sent = re.search(r"<sent>(.*?)</sent>", xml)
    assert sender
    assert sent
    later = datetime.now(BEIJING).replace(microsecond=0)
    xml = xml.replace(red["identifier"], f"22000041600000_{later:%Y%m%d%H%M%S}_9")
    xml = xml.replace(sent[0], f"<sent>{later.isoformat()}</sent>").replace(
        "<msgType>Alert</msgType>", "<msgType>Cancel</msgType>"
    )
    reference = f"<references>{sender[1]},{red['identifier']},{sent[1]}</references>"
    xml = re.sub(r"(</scope>)", rf"\1{reference}", xml, count=1)
    path = world.home / "cancel.xml"
    path.write_text(xml)
    return path


def test_every_page_answers_for_the_administrator_once_the_password_is_changed(world: World, browser: Browser) -> None:
    page = browser.new_context(base_url=world.desk, locale="zh-CN").new_page()
    page.goto("/login")
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(world.passwords["admin"])
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(re.compile("/password"))
    page.context.close()


def _eventually(page: Page, path: str, condition: Callable[[], bool], seconds: float = 240) -> None:
    give_up = time.monotonic() + seconds
    while True:
        page.goto(path)
        if condition():
            return
        assert time.monotonic() < give_up, page.locator("main").inner_text()
        time.sleep(1)
