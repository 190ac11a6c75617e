"""Emergency as the duty officer meets it: what the desk says to each message and release."""

from __future__ import annotations

import re
from datetime import timedelta

from conftest_desk import LOCAL, RED_SNOW, Login, World, an_emergency

from content_store import accounts, events
from content_store.tables import Alert
from desk.pages.emergency import released_words
from steps.release import Released


def a_message(world: World, msg_type: str, *, hours: int = 1, named: Alert | None = None, lasts: int = 12) -> bytes:
    """Sent so many hours after the newsroom's present."""
    told = (world.newsroom.now() + timedelta(hours=hours)).astimezone(LOCAL)
    xml = RED_SNOW.format(sent=told, expires=told + timedelta(hours=lasts))
    xml = xml.replace("<msgType>Alert<", f"<msgType>{msg_type}<")
    if named is not None:
        sent = named.sent.astimezone(LOCAL).isoformat()
        xml = xml.replace("<info>", f"<references>{named.sender},{named.identifier},{sent}</references><info>")
    return xml.encode()


def first_alert(world: World, event_id: int) -> Alert:
    with world.newsroom.store.reading() as session:
        return events.alerts_of(session, event_id)[0]


def upload(as_person: Login, xml: bytes) -> str:
    client = as_person("duty")
    answer = client.post("/emergency/alerts", files={"file": ("a.xml", xml, "text/xml")})
    return client.get(answer.headers["location"]).text


def test_each_kind_of_message_is_answered_by_what_it_did(world: World, as_person: Login) -> None:
    alert = first_alert(world, an_emergency(world))
    world.pass_time(timedelta(hours=4))
    assert "早已收到过" in upload(as_person, alert.raw_xml.encode())
    said = upload(as_person, a_message(world, "Update", hours=-3, named=alert))
    assert "已收到预警的更新" in said
    assert "备好 " not in said
    said = upload(as_person, a_message(world, "Cancel", hours=-2, named=alert))
    assert "事件已解除：未发出的已扣下" in said
    assert "备好 " not in said
    assert "在此之前已经结束" in upload(as_person, a_message(world, "Update", hours=-1, named=alert))


def test_a_cancel_before_its_alert_waits_and_the_late_alert_is_called_over(world: World, as_person: Login) -> None:
    world.pass_time(timedelta(hours=4))
    late = a_message(world, "Alert", hours=-3)
    sent = (world.newsroom.now() - timedelta(hours=3)).astimezone(LOCAL)
    named = Alert(identifier=f"22010041600000_{sent:%Y%m%d%H%M%S}", sender="22010041600000", sent=sent)
    said = upload(as_person, a_message(world, "Cancel", hours=-2, named=named))
    assert "收到后会自动接上" in said
    assert "不涉及本省" not in said
    assert "这条预警已解除，没有备稿" in upload(as_person, late)


def test_an_alert_that_ran_out_a_drill_and_one_elsewhere_are_told_apart(world: World, as_person: Login) -> None:
    world.pass_time(timedelta(hours=40))
    assert "已过有效期" in upload(as_person, a_message(world, "Alert", hours=-30))
    drill = a_message(world, "Alert", hours=-1).replace(b">Actual<", b">Exercise<")
    assert "演练消息" in upload(as_person, drill)
    elsewhere = a_message(world, "Alert", hours=0).decode().replace("长春市", "沈阳市").replace(">220100<", ">210100<")
    assert "不涉及本省" in upload(as_person, elsewhere.encode())


def release_both(world: World, as_person: Login, event: int) -> str:
    """The page after the second release."""
    page = as_person("duty").get(f"/emergency/{event}").text
    story = re.search(rf"/emergency/{event}/stories/(\d+)/release", page)
    seen = re.search(r'name="content_hash" value="(\w+)"', page)
    assert story
    assert seen
    for name in ("duty", "final"):
        client = as_person(name)
        client.post(f"/emergency/{event}/stories/{story[1]}/release", data={"content_hash": seen[1]})
    return client.get(f"/emergency/{event}").text


def test_the_second_release_says_who_publishes_by_itself_and_who_waits_for_what(world: World, as_person: Login) -> None:
    event = an_emergency(world)
    with world.newsroom.store.session() as session:
        account = accounts.by_key(session, "wb-cc")
        assert account is not None
        account.stopped_reason = "授权过期。"
    html = release_both(world, as_person, event)
    assert "吴值、孙终已签发，2 个账号立即发布。" in html
    assert "1 个账号须由人完成发布（科普吉林抖音）" in html
    assert "1 个账号已停，处理好之前不会发出（长春科普）" in html
    assert re.search(r'须由人完成发布：<a href="/deliveries/\d+">科普吉林抖音</a>', html)
    upload(as_person, a_message(world, "Cancel", named=first_alert(world, event)))
    with world.newsroom.store.session() as session:
        for row in events.locked_deliveries(session, event):
            row.state = "handed_over"
    assert "须由人完成发布" not in as_person("duty").get(f"/emergency/{event}").text


def test_an_ended_event_says_so_and_asks_for_no_release_any_more(world: World, as_person: Login) -> None:
    event = an_emergency(world)
    page = as_person("duty").get(f"/emergency/{event}").text
    assert "待签发" in page
    assert "未发出的已扣下" not in page
    story = re.search(rf"/emergency/{event}/stories/(\d+)/release", page)
    assert story
    upload(as_person, a_message(world, "Cancel", named=first_alert(world, event)))
    ended = as_person("duty").get(f"/emergency/{event}").text
    assert '<span class="state plain">已扣下</span>' in ended
    assert "待定</span>" not in ended
    assert '<small>账号上线</small><b class="soft">—</b>' in ended
    for path, title in (
        (f"/emergency/{event}", "事件已解除，未发出的已扣下"),
        ("/stories", ""),
        (f"/stories/{story[1]}", ""),
    ):
        html = as_person("editor").get(path).text
        assert "待签发" not in html, path
        assert "未签发" in html, path
        assert title in html, path


def test_a_release_that_reaches_nobody_says_so() -> None:
    names = ("吴值", "孙终")
    assert released_words(Released(2, names, 0)) == "吴值、孙终已签发，没有账号会发这一篇。"
    said = released_words(Released(2, names, 1, by_hand=("科普吉林抖音",)))
    assert said.startswith("吴值、孙终已签发。1 个账号须由人完成发布（科普吉林抖音）")
