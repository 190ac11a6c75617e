"""The newsroom: everything a step needs, put together once at a door and handed down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from random import random
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from connectors import registry
from connectors.base import Channel
from connectors.base import Source as SourceConnector
from connectors.clock import ClockWatch
from connectors.errors import NeedsPerson
from connectors.extraction.rules import ReadsPages, SiteRule
from connectors.http import HttpClient, HttpLimits
from connectors.traffic import Traffic
from content_store import accounts
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.tables import Account, Lane, Source
from content_store.vault import Vault
from steps.account_fields import app_of
from steps.clocks import watch
from steps.hazards import HazardTable
from steps.late_rules import LateRule
from steps.quotas import Meter, MeteredHttp, Quota, quotas_of
from steps.tokens import StoredTokens
from steps.word_lists import WordLists

if TYPE_CHECKING:
    from tagging import Lexicon, Tagger
    from tagging.areas import Areas
    from tagging.days import ThemeDay


def utcnow() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Newsroom:
    """Holds no open session of the store; safe to share between threads."""

    store: Store
    media: MediaFolder
    vault: Vault
    lexicon_files: dict[str, str]
    site_url: str
    """Where readers reach our own pages, without a slash at the end."""
    http_limits: HttpLimits = field(default_factory=HttpLimits)
    hazards: HazardTable = field(default_factory=HazardTable)
    """What the fast track knows of warnings; empty where nobody needs it."""
    site_rules: tuple[SiteRule, ...] = ()
    """How pages of single sites are read."""
    inner_sources: bool = True
    """Whether sources and pictures on this machine may be read; private networks never are."""
    changed_lists: Callable[[], dict[str, str]] | None = None
    """Reads the word lists as they are by now; None: they stay as they were."""
    quotas: tuple[Quota, ...] = ()
    """How often an account may ask an interface; what is not named is not counted."""
    late: Mapping[Lane, LateRule] = field(default_factory=dict)
    """What is done with posts that are late after a standstill, per lane."""
    now: Callable[[], datetime] = utcnow
    chance: Callable[[], float] = random
    """0 … 1, for what should not happen all at once."""
    traffic: Traffic = field(default_factory=Traffic)
    """What all that read from outside share: connections, turns at a host, robots.txt."""

    @cached_property
    def word_lists(self) -> WordLists:
        """Those of the tagger."""
        return WordLists(self.lexicon_files, self.changed_lists)

    @property
    def tagger(self) -> Tagger:
        """Raises LexiconError."""
        return self.word_lists.tagger

    @property
    def lexicon(self) -> Lexicon:
        """All word lists, checked. Raises LexiconError."""
        return self.word_lists.lexicon

    @cached_property
    def areas(self) -> Areas:
        """The province's areas, from the same list as the tagger's. Raises LexiconError."""
        from tagging.areas import AREAS, ELSEWHERE, load_areas

        return load_areas(self.lexicon_files[AREAS], self.lexicon_files[ELSEWHERE])

    @cached_property
    def theme_days(self) -> tuple[ThemeDay, ...]:
        """The calendar of theme days, without the rest of the tagger. Raises LexiconError."""
        from tagging.days import FILE, load_days
        from tagging.reading import TomlFile

        return load_days(TomlFile(FILE, self.lexicon_files[FILE]))

    @cached_property
    def clock(self) -> ClockWatch:
        """One for all that is asked of platforms, so that a clock that is off is told of once."""
        return watch(self.store)

    def http(self) -> HttpClient:
        """For what is read from outside."""
        return HttpClient(self.http_limits, now=self.now, inside=self.inner_sources, traffic=self.traffic)

    def platform_http(self, meter: Meter) -> HttpClient:
        """For what is asked of platforms: their addresses are set by us alone, and may be a gateway in the house."""
        return MeteredHttp(self.http_limits, now=self.now, meter=meter, clock=self.clock)

    def source(self, row: Source, http: HttpClient | None = None) -> SourceConnector:
        """The connector of a source, over `http` if one is given. Raises NeedsPerson where its kind or a setting is wrong."""
        kind = registry.source_class(row.kind)
        settings = _checked(kind.Settings, {"url": row.url} | row.settings, f"来源“{row.key}”")
        built: SourceConnector = kind(settings, http or self.http())
        if isinstance(built, ReadsPages):
            built.rules = self.site_rules
        return built

    def channel(self, account: Account, *, urgent: bool = False) -> Channel:
        """The channel of an account; an `urgent` one may use what quotas keep for emergencies. Raises NeedsPerson where its platform, a setting or a credential is wrong."""
        assert account.id is not None
        kind = registry.channel_class(account.platform)
        with self.store.reading() as session:
            secrets = accounts.credentials(session, account.id, self.vault)
        what = f"账号“{account.name}”"
        ours = {"mode": account.mode, "media_url": f"{self.site_url}/media/"}
        settings = _checked(kind.Settings, ours | account.settings, what)
        credentials = _checked(kind.Credentials, secrets, f"{what}的密钥")
        tokens = StoredTokens(self.store, self.vault, account.id, self.now, app_of(account.platform, secrets))
        base_url = str(getattr(settings, "base_url", ""))
        meter = Meter(self.store, account.id, quotas_of(account, self.quotas), base_url, self.now, urgent)
        built: Channel = kind(settings, credentials, self.platform_http(meter), tokens, self.now)
        return built


def _checked(shape: type[BaseModel], values: dict[str, object], what: str) -> BaseModel:
    try:
        return shape.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "整体"
        troubles = {"missing": f"缺少“{place}”", "extra_forbidden": f"没有“{place}”这一项"}
        # a shape's own check says what is wrong in Chinese
        own = str(first.get("ctx", {}).get("error", "")) if first["type"] == "value_error" else ""
        trouble = own or troubles.get(first["type"], f"“{place}”不正确")
        raise NeedsPerson(f"{what}的设置：{trouble}，请改正。") from error
