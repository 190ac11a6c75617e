"""From an alert to an event, filled stories and held posts."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from fast_track_sample import (
    AT,
    LATER,
    MINUTE,
    NOW,
    SENT,
    account,
    cap,
    names,
    newsroom,
    pack,
    page_of,
    ready,
    staff,
    waiting,
)

from connectors.cap import CapError
from content_store import events, log
from content_store.database import Store
from content_store.tables import Delivery, Lane, Post
from steps import follow_ups
from steps.alerts import Received, receive
from steps.errors import Refused
from steps.event_pages import alerts_without_event, events_overview
from steps.follow_ups import keep_up
from steps.newsroom import Newsroom
from steps.packs import load_packs


def test_an_alert_opens_an_event_with_a_filled_story_and_held_posts_for_its_area(store: Store, tmp_path: Path) -> None:
    room, _ = ready(store, tmp_path)
    received = receive(room, cap(), AT)
    page = page_of(room, received)
    assert (page.line.state, page.line.level, page.line.colour) == ("active", "orange", "橙色")
    assert waiting(page).title == "长春市寒潮橙色预警：出门前看一眼"
    assert "Ⅱ级（严重）,11月26日12时起，至11月27日12时" in waiting(page).body_html
    assert received.accounts == ("sheng", "changchun")
    with store.reading() as session:
        for line in page.deliveries:
            row = session.get_one(Delivery, line.id)
            post = session.get_one(Post, row.post_id)
            assert (row.state, row.lane, row.event_id) == ("held", Lane.EMERGENCY, received.event_id)
            assert "寒潮橙色预警" in post.form["text"]
        assert log.first_broken(session) is None


def test_receiving_twice_changes_nothing(store: Store, tmp_path: Path) -> None:
    room, _ = ready(store, tmp_path)
    first = receive(room, cap(), AT)
    before = page_of(room, first)
    again = receive(room, cap(), AT + MINUTE)
    assert again.duplicate
    assert page_of(room, again) == before


def test_a_used_identifier_with_another_text_is_kept_out_and_said(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    first = receive(room, cap(), AT)
    again = receive(room, cap(headline="将寒潮橙色预警信号升级为红色"), AT)
    assert again.duplicate
    assert "编号相同" in again.notes[0]
    assert page_of(room, first).line.level == "orange"


@pytest.mark.parametrize("status", ["Exercise", "Test", "System", "Draft"])
def test_only_actual_messages_lead_to_anything(sqlite_store: Store, tmp_path: Path, status: str) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    received = receive(room, cap(status=status), AT)
    assert (received.event_id, received.acts, received.accounts) == (None, False, ())
    [line] = alerts_without_event(room)
    assert "只留存" in line.notes[0]


def test_a_drills_cancel_and_a_private_message_touch_no_event(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    received = receive(room, cap(), AT)
    drill = cap("D", "Cancel", sent=LATER, references=names(("A", SENT)), status="Exercise")
    private = cap("P", "Cancel", sent=LATER, references=names(("A", SENT)), scope="Private")
    for message in (drill, private):
        assert receive(room, message, AT).event_id is None
    assert page_of(room, received).line.state == "active"


def test_an_alert_elsewhere_is_kept_and_opens_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    received = receive(room, cap(areas={"沈阳市": "210100"}, headline="沈阳市气象台发布寒潮橙色预警信号"), AT)
    assert (received.event_id, received.acts) == (None, True)
    assert events_overview(room, AT) == []
    assert len(alerts_without_event(room)) == 1


def test_what_is_no_alert_is_refused_with_a_sentence_and_nothing_is_kept(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    bomb = b'<!DOCTYPE a [<!ENTITY x "y">]>' + cap()
    for bad in (b"", b"<alert", b"<rss/>", bomb, cap(identifier="x" * 300)):
        with pytest.raises(CapError):
            receive(room, bad, AT)
    assert alerts_without_event(room) == []


def test_an_unknown_pair_and_odd_times_are_taken_and_shown(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path, pack(levels=()))
    received = receive(
        room, cap(headline="发布霜冻红色预警信号", event="霜冻", expires="2026-11-26T11:00:00+08:00"), AT
    )
    assert received.state == "expired"
    assert any("霜冻红色预警" in note for note in received.notes)
    assert any("失效时间不晚于发送时间" in note for note in received.notes)


def test_without_an_end_our_own_default_holds_and_is_marked(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    page = page_of(room, receive(room, cap(expires=""), AT))
    assert page.line.expires_at == NOW + timedelta(hours=24)
    assert page.alerts[0].expires_is_own
    assert "估计" in waiting(page).body_html
    assert page_of(room, receive(room, cap(expires=""), AT), NOW + timedelta(hours=25)).line.state == "expired"


def test_a_hole_is_shown_and_the_event_still_stands(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path, pack(levels=("blue",)), pack("old", expires_on=date(2026, 11, 1)))
    page = page_of(room, receive(room, cap(), AT))
    assert page.line.state == "active"
    assert page.stories == ()
    [hole] = page.holes
    assert "没有可用的科普包" in hole
    assert "“old”已于2026年11月1日到期" in hole


def test_an_unreviewed_pack_is_not_used_and_a_new_text_only_after_its_own_review(
    sqlite_store: Store, tmp_path: Path
) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    changed = pack(title="{colour}新标题")
    loaded = load_packs(room, [changed, pack("new")], editor=crew.editor, reviewers=None, now=AT)
    assert loaded.waiting == ("cold", "new")
    first = page_of(room, receive(room, cap(), AT))
    assert [story.pack_key for story in first.stories] == ["cold"]
    assert waiting(first).title.startswith("长春市")
    load_packs(room, [changed], editor=crew.editor, reviewers=crew.reviewers, now=AT)
    other = cap("B", areas={"吉林市": "220200"})
    assert waiting(page_of(room, receive(room, other, AT))).title == "橙色新标题"


def test_loading_packs_again_changes_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    loaded = load_packs(room, [pack()], editor=crew.editor, reviewers=crew.reviewers, now=AT)
    assert (loaded.added, loaded.changed, loaded.same, loaded.waiting) == ((), (), ("cold",), ())


def test_a_pack_with_an_unknown_field_or_hazard_is_not_loaded(sqlite_store: Store, tmp_path: Path) -> None:
    room, crew = ready(sqlite_store, tmp_path)
    for wrong in (pack("x", title="{place}"), pack("x", hazard="rain of frogs"), pack("x", levels=("purple",))):
        with pytest.raises(Refused, match="科普包 x"):
            load_packs(room, [wrong], editor=crew.editor, reviewers=crew.reviewers, now=AT)


def test_accounts_with_readers_of_their_own_get_their_pack(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path, pack(), pack("farm", audience="农民", title="{colour}大棚怎么办"))
    account(room, "nongye", "220100", settings={"audience": "农民"})
    page = page_of(room, receive(room, cap(), AT))
    titles = {story.id: story.title for story in page.stories}
    assert {line.account_key: titles[line.story_id] for line in page.deliveries} == {
        "sheng": "长春市寒潮橙色预警：出门前看一眼",
        "changchun": "长春市寒潮橙色预警：出门前看一眼",
        "nongye": "橙色大棚怎么办",
    }


def test_a_disabled_account_gets_nothing(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    account(room, "ting", "220100", enabled=False)
    assert "ting" not in receive(room, cap(), AT).accounts


def test_an_answer_that_was_cut_off_is_completed_later(store: Store, tmp_path: Path) -> None:
    room = newsroom(store, tmp_path)
    received = receive(room, cap(), AT)
    assert page_of(room, received).stories == ()
    crew = staff(room)
    account(room, "sheng", "220000")
    load_packs(room, [pack()], editor=crew.editor, reviewers=crew.reviewers, now=AT)
    again = receive(room, cap(), AT + MINUTE)
    assert again.duplicate
    assert again.accounts == ("sheng",)


def test_two_copies_of_one_alert_at_the_same_moment_are_one_event(store: Store, tmp_path: Path) -> None:
    room, _ = ready(store, tmp_path)
    got: list[Received] = []
    feeds = [threading.Thread(target=lambda: got.append(receive(room, cap(), AT))) for _ in range(4)]
    for each in feeds:
        each.start()
    for each in feeds:
        each.join()
    assert sorted(each.duplicate for each in got) == [False, True, True, True]
    assert len(events_overview(room, AT)) == 1
    assert len(page_of(room, got[0]).deliveries) == 2
    with store.reading() as session:
        assert len(events.listed(session)) == 1


def test_a_pack_that_passes_its_reviews_later_is_filled_for_a_standing_event(
    sqlite_store: Store, tmp_path: Path
) -> None:
    room, crew = ready(sqlite_store, tmp_path, pack(levels=("blue",)))
    received = receive(room, cap(), AT)
    assert page_of(room, received).stories == ()
    load_packs(room, [pack("grave")], editor=crew.editor, reviewers=crew.reviewers, now=AT)
    assert keep_up(room, AT + MINUTE) > 0
    assert waiting(page_of(room, received)).pack_key == "grave"


def test_an_event_that_cannot_be_answered_does_not_stop_the_round(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, crew = ready(sqlite_store, tmp_path, pack(levels=("blue",)))
    first = receive(room, cap(), AT)
    second = receive(room, cap("B", areas={"吉林市": "220200"}), AT)
    load_packs(room, [pack("grave")], editor=crew.editor, reviewers=crew.reviewers, now=AT)
    real = follow_ups.answer_event

    def breaks(room: Newsroom, event_id: int, now: datetime) -> object:
        if event_id == first.event_id:
            raise RuntimeError("broken")
        return real(room, event_id, now)

    monkeypatch.setattr(follow_ups, "answer_event", breaks)
    assert keep_up(room, AT) > 0
    assert waiting(page_of(room, second)).pack_key == "grave"


def test_a_receipt_and_a_message_with_several_blocks_are_marked(sqlite_store: Store, tmp_path: Path) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    assert "回执" in receive(room, cap("K", "Ack", references=names(("A", SENT))), AT).notes[0]
    first, second = cap().decode(), cap(headline="发布寒潮红色预警信号", areas={"吉林市": "220200"}).decode()
    both = first.replace("</alert>", second[second.index("<info>") :])
    received = receive(room, both.encode(), AT)
    assert "2 段" in received.notes[0]
    assert (received.level, received.area_text) == ("orange", "长春市、吉林市")


def test_real_messages_from_elsewhere_are_kept_or_refused_and_open_nothing(
    sqlite_store: Store, tmp_path: Path, shared_data: Path
) -> None:
    room, _ = ready(sqlite_store, tmp_path)
    kept, refused = 0, list[str]()
    for file in sorted((shared_data / "emergency" / "cap").rglob("*.*")):
        try:
            assert receive(room, file.read_bytes(), AT).event_id is None
            kept += 1
        except CapError as error:
            refused.append(error.message)
    assert kept > 20
    assert refused
    assert all(said.endswith("。") for said in refused)
    assert events_overview(room, AT) == []
