"""How well real pages are read, against answers made by others. The floors are what was reached, less a little."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean

import pytest

from benchmarks.extraction import kepu, right
from benchmarks.extraction_pages import f1, pages
from config.files import FOLDER, entries
from connectors.extraction import BEIJING, Extracted, SiteRule, extract
from connectors.extraction.dates import parse_date


@pytest.fixture(scope="module")
def cwced(shared_data: Path) -> list[tuple[Extracted, dict[str, str]]]:
    folder = shared_data / "extraction" / "cwced"
    answers = []
    for page in sorted((folder / "original").glob("*.html")):
        right = {
            kind: (folder / kind / f"{page.stem}.txt").read_text("utf-8", "replace").strip()
            for kind in ("cleaned", "date", "author")
        }
        answers.append((extract(page.read_bytes()), right))
    return answers


@pytest.fixture(scope="module")
def magic(shared_data: Path) -> list[tuple[Extracted, str]]:
    folder = shared_data / "extraction" / "magic_html_article"
    gold = json.loads((folder / "gold.json").read_text("utf-8"))
    return [(extract((folder / f"{k}.html").read_bytes(), v["url"]), v["content"]) for k, v in sorted(gold.items())]


def test_old_pages_of_many_charsets(cwced: list[tuple[Extracted, dict[str, str]]]) -> None:
    scores = [f1(page.text, right["cleaned"]) for page, right in cwced]
    assert mean(scores) >= 0.95
    assert sum(score < 0.5 for score in scores) == 0


def test_dates_are_right_to_the_day(cwced: list[tuple[Extracted, dict[str, str]]]) -> None:
    known = [(page, moment) for page, right in cwced if (moment := parse_date(right["date"]))]
    right = sum(
        page.published_at is not None
        and page.published_at.astimezone(BEIJING).date() == moment.at.astimezone(BEIJING).date()
        for page, moment in known
    )
    assert right / len(known) >= 0.95


def test_authors_are_found(cwced: list[tuple[Extracted, dict[str, str]]]) -> None:
    known = [(page.author, right["author"]) for page, right in cwced if right["author"] not in ("", "UNKNOWN")]
    known = [(found, right) for found, right in known if right != "UNKNWON"]
    assert sum(found.replace(" ", "") == right.replace(" ", "") for found, right in known) / len(known) >= 0.9


def test_pages_of_today(magic: list[tuple[Extracted, str]]) -> None:
    scores = [f1(page.text, right) for page, right in magic]
    assert mean(scores) >= 0.975
    assert sum(score < 0.5 for score in scores) == 0
    assert mean(bool(page.published_at) for page, _ in magic) > 0.95


def test_titles_times_and_authors_are_right_on_both_halves(shared_data: Path) -> None:
    """Of all labelled pages, in two halves at random."""
    reader = kepu(tuple(entries(FOLDER / "extraction_rules.toml", "rule", SiteRule)))
    results: dict[tuple[str, bool], list[bool]] = {}
    for page in pages(shared_data):
        if len(page.body) < 400_000:
            for fact, is_right in right(page, reader(page)).items():
                results.setdefault((fact, page.second_half), []).append(is_right)
    assert results
    for (fact, half), answers in results.items():
        assert mean(answers) >= (0.85 if fact == "作者" else 0.94), (fact, half)


def test_threads_are_read_whole(shared_data: Path) -> None:
    threads = [page for page in pages(shared_data) if page.set == "magic_html_forum"]
    assert mean(f1(extract(page.body, page.url).text, page.text or "") for page in threads) >= 0.84


def test_every_page_there_is_read_without_a_crash(shared_data: Path) -> None:
    pages = [path for path in (shared_data / "extraction").rglob("*.html") if path.stat().st_size < 300_000]
    assert len(pages) > 100
    for path in pages[::2]:
        page = extract(path.read_bytes(), "http://a.example/x/")
        assert "<script" not in page.html
