"""Word files on their way into the store: pictures with their bytes, revisions, and folders named on the command line."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from docx import Document
from PIL import Image
from sqlmodel import select

from config.addresses import located, source_trouble
from content_store import collecting, sources
from content_store.tables import Article, ArticleRevision
from steps.collect import collect_source
from steps.newsroom import Newsroom
from steps.pictures import fetch_waiting, keep_pictures, with_own_pictures


def send(folder: Path, name: str, text: str, *, age: int) -> None:
    """A piece with one picture, last changed `age` seconds before the tests' now (noon of 26 November 2026)."""
    document = Document()
    document.add_heading("冰上安全须知", 1)
    document.add_paragraph(text)
    picture = io.BytesIO()
    Image.new("RGB", (400, 300), "blue").save(picture, "PNG")
    picture.seek(0)
    document.add_picture(picture)
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(file))
    changed = 1_795_665_600 - age
    os.utime(file, (changed, changed))


def drop(newsroom: Newsroom, folder: Path) -> int:
    with newsroom.store.session() as session:
        values = {"kind": "word", "url": folder.as_uri(), "name": "县级投稿"}
        row = sources.put(session, "drop", values, now=newsroom.now())
        assert row.id is not None
        return row.id


def test_a_piece_comes_with_its_pictures_and_a_changed_file_is_a_revision(newsroom: Newsroom, tmp_path: Path) -> None:
    folder, now = tmp_path / "投稿", newsroom.now()
    send(folder, "松原市/冰.docx", "冰面未满十厘米，不要上冰。", age=600)
    number = drop(newsroom, folder)
    assert collect_source(newsroom, number, now) == {"new": 1, "revised": 0, "same": 0, "bad": 0}
    with newsroom.store.reading() as session:
        article = session.exec(select(Article)).one()
        [row] = collecting.pictures_of(session, article.id or 0)
    assert (article.source_name, row.url) == ("松原市", f"media:{row.media_sha256}")
    assert newsroom.media.read(row.media_sha256 or "").startswith(b"\x89PNG")
    assert fetch_waiting(newsroom, now) == {"pictures": 0, "pictures_failed": 0}

    send(folder, "松原市/冰.docx", "冰面未满十五厘米，不要上冰。", age=300)
    assert collect_source(newsroom, number, now)["revised"] == 1
    assert collect_source(newsroom, number, now) == {"new": 0, "revised": 0, "same": 0, "bad": 0}
    with newsroom.store.reading() as session:
        article = session.exec(select(Article)).one()
        assert len(session.exec(select(ArticleRevision)).all()) == 1
    kept = keep_pictures(newsroom, article.id or 0, now + timedelta(minutes=1))
    assert (len(kept.by_url), kept.failed, kept.cover) == (1, 0, row.media_sha256)
    assert f'src="media:{row.media_sha256}"' in with_own_pictures(article.html, kept.by_url)


def test_another_much_shorter_piece_under_the_same_name_is_taken(newsroom: Newsroom, tmp_path: Path) -> None:
    folder, now = tmp_path / "投稿", newsroom.now()
    send(folder, "稿件.docx", "冰面未满十厘米，不要上冰。" * 30, age=600)
    number = drop(newsroom, folder)
    collect_source(newsroom, number, now)
    document = Document()
    document.add_heading("流感疫苗接种点延长开放", 1)
    document.add_paragraph("本周末照常接种，请带好身份证。")
    document.save(str(folder / "稿件.docx"))
    os.utime(folder / "稿件.docx", (1_795_665_300, 1_795_665_300))
    assert collect_source(newsroom, number, now)["revised"] == 1


@pytest.mark.parametrize(
    ("url", "stored"),
    [
        ("投稿", "file:///home/k/%E6%8A%95%E7%A8%BF"),
        ("file:投稿", "file:///home/k/%E6%8A%95%E7%A8%BF"),
        ("/srv/drop box", "file:///srv/drop%20box"),
        ("file:///srv/drop%20box", "file:///srv/drop%20box"),
    ],
)
def test_a_folder_is_stored_as_a_file_address_seen_from_the_home(url: str, stored: str) -> None:
    assert source_trouble("word", url) == ""
    assert located("word", url, Path("/home/k")) == stored
    assert located("word", stored, Path("/elsewhere")) == stored


@pytest.mark.parametrize("url", ["", " ", "file:", "https://a.cn/x", "file://host/share", "a\nb"])
def test_what_is_no_folder_is_refused(url: str) -> None:
    assert source_trouble("word", url)


def test_a_folder_is_no_address_of_any_other_kind() -> None:
    assert source_trouble("rss", "file:///srv/drop")
    assert located("rss", "http://a.cn/", Path("/home/k")) == "http://a.cn/"
