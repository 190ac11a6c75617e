"""Floors for the tagger's figures over real texts made by others; never lowered without saying why in docs/tagging.md."""

from __future__ import annotations

import pytest
from tagging_measures import (
    DATA,
    QUIET,
    address_figures,
    background,
    cec_figures,
    dxy_figures,
    mention_figures,
    weibo21_figures,
)

from tagging import Tagger

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="../shared/data is absent: the figures over real texts are passed over"
)


def test_disaster_posts_are_found(tagger: Tagger) -> None:
    figures = weibo21_figures(tagger, every=2)["no epidemics"]
    assert figures.f1 >= 0.69
    assert figures.recall >= 0.78


def test_reports_of_events_are_found_and_classed(tagger: Tagger) -> None:
    found, right, _ = cec_figures(tagger)
    assert found >= 0.98
    assert right >= 0.95


def test_news_of_the_province_is_found_without_its_name(tagger: Tagger) -> None:
    figures = dxy_figures(tagger)["named"]
    assert figures.precision >= 0.95
    assert figures.recall >= 0.95


def test_addresses_and_names_are_told_apart(tagger: Tagger) -> None:
    for figures in (address_figures(tagger), mention_figures(tagger)):
        assert figures.precision >= 0.95
        assert figures.recall >= 0.95


def test_quiet_titles_stay_quiet(tagger: Tagger) -> None:
    quiet = [result for item, result in background(tagger, every=4) if item["label"] in QUIET]
    assert 1000 * sum(bool(result.emergency) for result in quiet) / len(quiet) <= 5
    assert 1000 * sum(bool(result.local) for result in quiet) / len(quiet) <= 2
