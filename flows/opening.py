"""Opening a newsroom from its settings: the one place where configuration becomes running parts."""

from __future__ import annotations

from pathlib import Path

from config import files
from config.settings import Settings, load, make_home
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.migrate import check
from content_store.vault import Vault, key_from
from steps.newsroom import Newsroom


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
        site_url=settings.public_site,
    )


def open_home(home: Path | None = None) -> Newsroom:
    """As `open_newsroom`, for whoever knows only the folder (a Prefect worker, a job of the clock)."""
    return open_newsroom(load(home))
