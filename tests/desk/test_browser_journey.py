"""The desk in a real browser, over a real server: from the inbox to the queue, by keyboard, on a phone, without scripts."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from conftest_desk import PASSWORD, World, a_picture, rows, status_of, text_of
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from desk.app import create_app
from desk.build import BuildFailed, build
from sandbox.serve import in_thread

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
Enter = Callable[..., Page]


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


@pytest.fixture
def site(world: World) -> Iterator[str]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(world.newsroom), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def enter(browser: Browser, site: str) -> Iterator[Enter]:
    """A window of one person, logged in. Afterwards: nothing went wrong in it, and nobody else was asked for anything."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_window(name: str, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **{"viewport": {"width": 1440, "height": 900}, **options},
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda asked: troubles.append(asked.url) if _elsewhere(asked.url, site) else None)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto("/login")
        page.get_by_label("用户名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        expect(page).to_have_url(f"{site}/articles")
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert troubles == []


def ready(page: Page) -> None:
    """The page's scripts are loaded: keys pressed before go nowhere."""
    expect(page.locator("html[data-ready]")).to_be_attached()


def written(page: Page) -> Locator:
    """The editor itself, not the text field that it replaces."""
    return page.locator(".editor [role=textbox]")


def _elsewhere(url: str, site: str) -> bool:
    return urlsplit(url).scheme in ("http", "https") and not url.startswith(site)


def test_an_article_becomes_a_story_passes_three_reviews_and_enters_the_queue(
    world: World, enter: Enter, tmp_path: Path
) -> None:
    story = _write(enter("editor"), tmp_path)
    assert "多备一份热水。" in text_of(world, story).body_html
    for step, name in (("初审", "first"), ("复审", "second"), ("终审", "final")):
        page = enter(name)
        page.get_by_role("link", name=re.compile("审签")).first.click()
        page.locator("[data-row] [data-open]").first.click()
        expect(page.get_by_text("多备一份热水。").first).to_be_visible()
        page.get_by_role("button", name=f"{step}通过").click()
        expect(page.get_by_role("status")).to_contain_text("通过")
    assert status_of(world, story) == "approved"

    page = enter("scheduler")
    page.goto(f"/stories/{story}/schedule")
    page.get_by_label("全选").check()
    expect(page.locator("#warnings")).to_contain_text("已选 2 个账号")
    page.get_by_role("button", name="排入队列").click()
    expect(page.get_by_role("status")).to_contain_text("已排入 2 个账号")
    expect(page.locator("#queue [data-row]")).to_have_count(2)
    assert sorted(line.account.key for line in rows(world)) == ["wb-cc", "wb-jl"]


def _write(page: Page, folder: Path) -> int:
    """Opens the first article by keyboard, makes a story, writes into it, gives it a cover, submits it."""
    ready(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="长春市民防寒指南")).to_be_visible()
    ready(page)
    page.keyboard.press("e")
    expect(page.get_by_role("status")).to_contain_text("已做成稿件")
    written(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("多备一份热水。")
    cover = folder / "cover.png"
    cover.write_bytes(a_picture("#335577"))
    page.get_by_label("上传新封面").set_input_files(str(cover))
    page.get_by_label("AI 使用情况").select_option("none")
    page.get_by_role("button", name="保存并送审").click()
    expect(page.get_by_role("status")).to_contain_text("已保存并送审")
    found = re.search(r"/stories/(\d+)", page.url)
    assert found
    return int(found[1])


def test_opening_and_saving_a_story_with_every_kind_of_markup_changes_nothing(world: World, enter: Enter) -> None:
    body = (
        '<h2>题</h2><p>水是H<sub>2</sub>O，面积m<sup>2</sup></p><table><tr><th>甲</th><td colspan="2">乙</td></tr></table>'
        f'<figure><img src="media:{world.picture}" alt="图"><figcaption>图注</figcaption></figure><ol><li>一</li></ol>'
    )
    page = enter("editor")
    page.goto("/stories/new")
    # written as the textarea has it, as somebody without the editor would
    page.evaluate("body => { document.querySelector('[name=body_html]').value = body }", body)
    page.get_by_label("标题", exact=False).first.fill("标记")
    page.get_by_role("button", name="保存").click()
    story = int(page.url.rpartition("/")[2])
    before = text_of(world, story)
    page.goto(f"/stories/{story}/edit")
    expect(written(page)).to_contain_text("图注")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("没有变化")
    # and what the editor itself makes of it keeps every part
    page.goto(f"/stories/{story}/edit")
    written(page).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("好")
    page.get_by_role("button", name="保存", exact=True).click()
    after = text_of(world, story)
    assert after.number == before.number + 1
    for kept in (
        "<sub>2</sub>",
        "<sup>2</sup>",
        'colspan="2"',
        "<figcaption>图注</figcaption>",
        f"media:{world.picture}",
    ):
        assert kept in after.body_html


_IN_CAPTION = """() => {
  const { anchorNode } = getSelection();
  return (anchorNode?.nodeType === 1 ? anchorNode : anchorNode?.parentElement)?.closest("figcaption");
}"""


def test_a_picture_gets_its_caption_in_the_editor(world: World, enter: Enter, tmp_path: Path) -> None:
    picture = tmp_path / "雾凇.png"
    picture.write_bytes(a_picture("#99aabb"))
    page = enter("editor")
    page.goto("/stories/new")
    page.locator("[name=title]").fill("图注")
    written(page).click()
    page.keyboard.type("看雾凇")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="插入图片").click()
    chooser.value.set_files(str(picture))
    expect(written(page).locator("figcaption")).to_be_visible()
    written(page).locator("figure img").click()
    expect(written(page).locator("figure img.ProseMirror-selectednode")).to_be_visible()
    page.get_by_role("button", name="给图片加图注").click()
    page.wait_for_function(_IN_CAPTION)
    page.keyboard.type("净月潭，摄影：王晓")
    page.keyboard.press("Enter")
    page.keyboard.type("下一段")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已保存")
    kept = text_of(world, int(page.url.rpartition("/")[2])).body_html
    assert "<figcaption>净月潭，摄影：王晓</figcaption></figure><p>下一段</p>" in kept
    # a picture of an older text stands alone: the button makes room for its caption
    page.goto("/stories/new")
    page.evaluate(
        "key => { document.querySelector('[name=body_html]').value = `<p>文</p><img src='/media/${key}'>` }",
        world.picture,
    )
    page.locator("[name=title]").fill("旧图")
    page.get_by_role("button", name="保存").click()
    story = int(page.url.rpartition("/")[2])
    page.goto(f"/stories/{story}/edit")
    written(page).locator("img").click()
    page.get_by_role("button", name="给图片加图注").click()
    page.wait_for_function(_IN_CAPTION)
    page.keyboard.type("旧图的图注")
    page.get_by_role("button", name="保存", exact=True).click()
    assert "<figcaption>旧图的图注</figcaption>" in text_of(world, story).body_html


def test_the_same_topic_unfolds_and_a_tag_goes_without_leaving_the_page(enter: Enter) -> None:
    page = enter("editor")
    page.get_by_text("另有 1 篇同题").click()
    expect(page.get_by_role("link", name="暴雪天防寒指南（转载）")).to_be_visible()
    page.goto("/articles/1")
    page.get_by_role("button", name="去掉标签 暴雪").click()
    page.get_by_role("button", name="恢复标签 暴雪").click()
    expect(page.get_by_role("button", name="去掉标签 暴雪")).to_be_visible()


def test_an_article_is_put_beside_another_with_the_keyboard_alone(enter: Enter) -> None:
    page = enter("editor")
    page.goto("/articles/4")
    ready(page)
    page.get_by_text("改正同题").focus()
    page.keyboard.press("Enter")
    field = page.get_by_label("找另一篇素材")
    expect(field).to_be_visible()
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    page.keyboard.type("防寒指南")
    choice = page.get_by_role("button", name="归入：暴雪来了怎么办？")
    expect(choice).to_be_visible()
    assert "归入同题" not in page.title(), "the page is still that of the article"
    page.keyboard.press("ArrowDown")
    expect(choice).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("已归入同题")
    expect(page.locator("#others")).to_contain_text("同题素材 2 篇")


def test_the_form_of_an_article_is_corrected_and_given_back_without_leaving_the_page(enter: Enter) -> None:
    page = enter("editor")
    page.goto("/articles/1")
    ready(page)
    page.get_by_role("button", name="辟谣").click()
    expect(page.get_by_role("button", name="辟谣")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="改回系统判断").click()
    expect(page.get_by_role("button", name="科普", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_pasted_address_becomes_a_source_whose_articles_are_in_the_inbox_within_a_minute(
    world: World, enter: Enter
) -> None:
    with in_thread() as sandbox:
        page, begun = enter("editor"), time.monotonic()
        page.get_by_role("link", name=re.compile("来源")).first.click()
        page.get_by_role("link", name="添加来源").click()
        ready(page)
        page.get_by_label("网址").fill(f"{sandbox}/sites/kepujilin/")
        page.get_by_role("button", name="看一看").click()
        preview = page.locator("#preview")
        expect(preview).to_contain_text("雾凇不是雪也不是霜")
        expect(page.get_by_label("转载许可")).to_have_value("ask")
        ready(page)
        # a slip in a selector shows at once, and so does its mending
        page.get_by_text("网页采得不对时再填").click()
        page.get_by_label("列表中的文章").fill(".newslist h9 a")
        page.get_by_label("标题位置").click()
        expect(preview).to_contain_text("没有找到文章链接")
        page.get_by_label("列表中的文章").fill(".newslist h3 a")
        page.get_by_label("标题位置").click()
        expect(preview).to_contain_text("雾凇不是雪也不是霜")
        page.get_by_label("名称").fill("松江科普")
        page.get_by_label("地区").select_option("吉林市")
        page.get_by_role("button", name="保存来源").click()
        expect(page.get_by_role("status")).to_contain_text("来源已添加")
        page.get_by_role("button", name="立即采集一次").click()
        expect(page.get_by_role("status")).to_contain_text("采集完成：新增 6 篇")
        page.get_by_role("link", name="雾凇不是雪也不是霜").click()
        expect(page.get_by_text("来源：", exact=False).first).to_be_visible()
        assert time.monotonic() - begun < 60


def test_keys_search_help_and_leave_fields_alone(enter: Enter) -> None:
    page = enter("editor")
    ready(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("jk积雪")
    expect(page.get_by_label("搜索素材")).to_have_value("jk积雪")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/stories$"))


def test_on_a_phone_everything_is_within_reach_and_nothing_is_wider_than_the_screen(enter: Enter) -> None:
    page = enter("admin", viewport={"width": 390, "height": 844})
    page.get_by_text("更多").click()
    page.locator(".drawer").get_by_role("link", name="来源").click()
    expect(page.get_by_role("heading", name="来源")).to_be_visible()
    for path in (
        "/articles",
        "/articles/1",
        "/stories",
        "/deliveries",
        "/emergency/packs",
        "/accounts",
        "/sources",
        "/sources/city",
        "/sources/new",
        "/sources/city/edit",
        "/system",
        "/people",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_without_scripts_a_story_can_still_be_written_and_submitted(world: World, enter: Enter) -> None:
    page = enter("editor", java_script_enabled=False)
    page.goto("/stories/new")
    page.locator("[name=title]").fill("没有脚本")
    page.locator("[name=body_html]").fill("<p>照样能写。</p>")
    page.locator("[name=ai_use]").select_option("none")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="送审").click()
    assert status_of(world, int(page.url.rpartition("/")[2])) == "in_review"
