"""The texts, pictures and warnings of the sample newsroom keep what they promise."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from newsroom_server import OPENED, letters
from PIL import Image

from config.files import FOLDER, read_toml
from connectors.cap import CapError, parse
from sandbox.newsroom.__main__ import export
from sandbox.newsroom.alerts import AlertBoard
from sandbox.newsroom.content import HERE, Piece, load
from steps.hazards import HazardTable, read_warning
from tagging.sameness import is_same, signature

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ALERT_ORDER = ["identifier", "sender", "sent", "status", "msgType", "source", "scope", "note", "references", "info"]
INFO_ORDER = [
    *("language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode"),
    *("effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact"),
    *("parameter", "resource", "area"),
]
"""Elements in the order of the CAP 1.2 schema, as far as they can occur here."""


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return load(OPENED)


# ---------------------------------------------------------------- the texts


def test_science_pieces_have_their_length_headings_lists_and_a_small_picture(pieces: list[Piece]) -> None:
    own = [piece for piece in pieces if not piece.original and piece.kind in ("science", "debunk")]
    assert len(own) >= 30
    for piece in own:
        assert 500 <= letters(piece.text) <= 1200, piece.slug
        assert piece.html.count("<h2>") >= 3, piece.slug
        assert "<li>" in piece.html, piece.slug
        assert 1 <= len(piece.pictures) <= 2, piece.slug
        assert all((piece.author, piece.source, piece.summary, piece.keywords)), piece.slug


def test_no_markup_is_left_over_in_a_text(pieces: list[Piece]) -> None:
    for piece in pieces:
        text = BeautifulSoup(piece.html, "html.parser").get_text()
        assert not re.search(r"\*\*|^#|^- |\]\(", text, re.MULTILINE), piece.slug


def test_every_picture_is_a_small_jpeg_of_the_size_pages_expect() -> None:
    for path in [*(HERE / "pictures").glob("*.jpg"), *(FOLDER / "packs/covers").glob("*.jpg")]:
        assert path.stat().st_size < 60_000, path.name
        with Image.open(io.BytesIO(path.read_bytes())) as picture:
            assert picture.size == ((900, 383) if path.parent.name == "covers" else (800, 450)), path.name


def test_all_other_kinds_of_text_are_there(pieces: list[Piece]) -> None:
    kinds = [piece.kind for piece in pieces]
    assert (kinds.count("news"), kinds.count("advert"), kinds.count("debunk")) == (4, 1, 3)
    assert any("地震" in piece.title for piece in pieces if piece.kind == "news"), "a metaphor in a headline"


def test_dates_go_back_from_the_opening_and_none_lies_in_the_future(pieces: list[Piece]) -> None:
    early = load(datetime(2027, 1, 1, 16, 30, tzinfo=UTC))
    assert max(piece.published for piece in early) < datetime(2027, 1, 1, 16, 30, tzinfo=UTC)
    assert {piece.slug for piece in early} == {piece.slug for piece in pieces}
    assert all(newer.published >= older.published for newer, older in pairwise(pieces))
    assert pieces[0].published.date() == date(2026, 11, 26)


def test_reprints_are_recognised_as_the_same_piece_and_nothing_else_is(pieces: list[Piece]) -> None:
    marks = {piece.slug: signature(piece.title, piece.text) for piece in pieces}
    original = {piece.slug: piece.original or piece.slug for piece in pieces}
    for one in pieces:
        for other in pieces:
            if one.slug < other.slug:
                expected = original[one.slug] == original[other.slug]
                assert is_same(marks[one.slug], marks[other.slug]) == expected, (one.slug, other.slug)


def test_reprints_differ_from_their_original_in_title_site_and_text(pieces: list[Piece]) -> None:
    by_slug = {piece.slug: piece for piece in pieces}
    taken = [piece for piece in pieces if piece.original]
    assert sum(not piece.near for piece in taken) >= 4
    assert sum(piece.near for piece in taken) >= 3
    for piece in taken:
        original = by_slug[piece.original]
        assert piece.title != original.title
        assert piece.site != original.site
        assert piece.text != original.text or piece.note, piece.slug
        assert piece.near == (piece.author != original.author)


# ---------------------------------------------------------------- warnings


def exported(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in export(folder, OPENED)}


def test_every_warning_keeps_the_order_and_values_of_cap(tmp_path: Path) -> None:
    for name, xml in exported(tmp_path).items():
        if name == "external-entity":
            continue
        root = ElementTree.fromstring(xml)
        assert root.tag == f"{CAP}alert"
        for element, order in [(root, ALERT_ORDER), *((info, INFO_ORDER) for info in root.findall(f"{CAP}info"))]:
            places = [order.index(child.tag.removeprefix(CAP)) for child in element]
            assert places == sorted(places), name
        for moment in [root.find(f"{CAP}sent"), *root.iter(f"{CAP}expires"), *root.iter(f"{CAP}effective")]:
            assert moment is not None
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", moment.text or ""), name
        identifier = root.findtext(f"{CAP}identifier") or ""
        assert re.fullmatch(r"22\d{12}_20\d{12}", identifier), name
        assert identifier.split("_")[0] == root.findtext(f"{CAP}sender")


def test_our_own_reader_understands_hazard_level_and_area_of_every_warning(tmp_path: Path) -> None:
    table = HazardTable.model_validate(read_toml(FOLDER / "hazards.toml"))
    expected = {"snow-red": ("snowstorm", "red"), "road-ice-blue-yongji": ("road_ice", "blue")}
    expected |= {"cold-wave-cancel": ("cold_wave", "red"), "gale-blue": ("wind", "blue")}
    for name, xml in exported(tmp_path).items():
        if name == "external-entity":
            continue
        message = parse(xml)
        warning = read_warning(table, message)
        assert message.infos[0].areas[0].geocodes[0].value.startswith("22")
        assert name not in expected or (warning.hazard, warning.level) == expected[name]


def test_the_warning_with_an_external_entity_is_refused(tmp_path: Path) -> None:
    hostile = exported(tmp_path)["external-entity"]
    assert b"SYSTEM" in hostile
    with pytest.raises(CapError):
        parse(hostile)


def test_status_and_end_are_told_apart(tmp_path: Path) -> None:
    messages = {name: parse(xml) for name, xml in exported(tmp_path).items() if name != "external-entity"}
    assert messages["exercise-snow-red"].status == "Exercise"
    assert messages["test-gale-yellow"].status == "Test"
    ended = {name for name, m in messages.items() if (m.infos[0].expires or OPENED) < OPENED}
    assert ended == {"expired-fog-yellow"}


def test_update_and_cancel_name_the_message_before_them_exactly(tmp_path: Path) -> None:
    messages = {name: parse(xml) for name, xml in exported(tmp_path).items() if name != "external-entity"}
    chain = [messages[f"cold-wave-{step}"] for step in ("orange", "red-update", "cancel")]
    assert [message.msg_type for message in chain] == ["Alert", "Update", "Cancel"]
    for earlier, later in pairwise(chain):
        (named,) = later.references
        assert (named.sender, named.identifier, named.sent) == (earlier.sender, earlier.identifier, earlier.sent)
        assert earlier.sent < later.sent
    (bad,) = messages["bad-reference-road-ice"].references
    assert bad.identifier not in {message.identifier for message in messages.values()}


def test_an_update_may_come_before_its_alert_and_names_one_that_was_never_in_the_feed() -> None:
    board = AlertBoard(OPENED)
    update = parse(board.put("cold-wave-red-update", OPENED).xml().encode())
    assert update.references[0].sent < update.sent
    assert [alert.name for alert in board.out] == ["road-ice-blue-yongji", "cold-wave-red-update"]
    alert = board.put("cold-wave-orange", OPENED + timedelta(minutes=1))
    cancel = parse(board.put("cold-wave-cancel", OPENED + timedelta(minutes=2)).xml().encode())
    assert alert.identifier != update.references[0].identifier
    assert cancel.references[0].identifier == update.identifier
