"""Opening a newsroom from its settings: the one place where configuration becomes running parts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from config import files
from config.settings import Settings, load, make_home
from connectors.extraction.rules import SiteRule
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.migrate import check
from content_store.vault import Vault, key_from
from steps.clocks import StoreClock
from steps.hazards import HazardTable
from steps.late_rules import LaneEntry, late_rules
from steps.newsroom import Newsroom
from steps.quotas import Quota
from steps.rank import RankingRules, read_rules


def open_newsroom(settings: Settings) -> Newsroom:
    """Raises ConfigError or StoreError. Does not migrate; refuses a store of a newer version."""
    make_home(settings)
    store = Store(settings.store_url)
    check(store)
    return Newsroom(
        store=store,
        media=MediaFolder(settings.media_folder),
        vault=Vault(key_from(settings.key_file)),
        lexicon_files=files.lexicon_files(),
        changed_lists=files.lexicon_files,
        site_url=settings.public_site,
        inner_sources=settings.allow_loopback,
        hazards=_hazards(settings.data_file("hazards.toml")),
        site_rules=site_rules(settings),
        late=late_rules(files.entries(settings.data_file("lanes.toml"), "lane", LaneEntry)),
        quotas=tuple(files.entries(settings.data_file("quotas.toml"), "quota", Quota)),
        now=StoreClock(store),
    )


def _hazards(path: Path) -> HazardTable:
    return files.checked(HazardTable, files.read_toml(path), str(path))


def site_rules(settings: Settings) -> tuple[SiteRule, ...]:
    """How single sites are read. Raises ConfigError."""
    return tuple(files.entries(settings.data_file("extraction_rules.toml"), "rule", SiteRule))


def ranking_rules(settings: Settings) -> RankingRules:
    """Formulas and head of the weekly report. Raises ConfigError, or FormulaError naming the formula."""
    tables = [files.read_toml(settings.data_file(name)) for name in ("indices.toml", "ranking.toml")]
    return read_rules(*tables)


@lru_cache(maxsize=8)
def open_home(home: Path) -> Newsroom:
    """As `open_newsroom`, for whoever knows only the folder (a Prefect worker, a job of the clock); once per process."""
    return open_newsroom(load(home))
