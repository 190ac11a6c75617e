"""Typed settings of one home: environment variables KEPU_… over HOME/kepu.toml over the defaults here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.files import FOLDER, ConfigError, mistake, read_toml


class Settings(BaseSettings):
    """Everything a running kepu needs to know. Paths are absolute once loaded."""

    model_config = SettingsConfigDict(env_prefix="KEPU_", extra="forbid")

    home: Path = Path("var")
    """Where store, media and local settings live."""
    database_url: str = ""
    """Empty: SQLite in the home. PostgreSQL: postgresql://user@host/name."""
    host: str = "127.0.0.1"
    port: int = Field(default=8800, ge=1, le=65533)
    """The desk. The ports after it are used for Prefect (+1) and, in a demo, the stand-ins (+2)."""
    site_url: str = ""
    """Where readers reach our own pages (the full text behind a short post). Empty: the desk's own address."""
    prefect_api_url: str = ""
    """A Prefect server that already runs. Empty: `kepu up` starts one."""
    event_days: int = Field(default=3, ge=1, le=14)
    """Reports that lie further apart are not taken for one event."""
    login_hours: int = Field(default=12, ge=1, le=168)
    secure_cookies: bool = False
    """Set where the desk is reached by https."""
    allow_loopback: bool = False
    """Sources on this machine may be read by the desk and the clock (the demo and tests)."""

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'kepu.db'}"

    @property
    def public_site(self) -> str:
        return self.site_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def key_file(self) -> Path:
        return self.home / "secret.key"

    @property
    def media_folder(self) -> Path:
        return self.home / "media"

    def data_file(self, name: str) -> Path:
        """The home's own file of this name where there is one, else the one that ships."""
        own = self.home / name
        return own if own.exists() else FOLDER / name

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, **others: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # environment first: what `load` passes comes from the file
        return others["env_settings"], init_settings


def load(home: Path | None = None) -> Settings:
    """Settings of a home (default: KEPU_HOME, else ./var). Raises ConfigError."""
    try:
        folder = Path(home or Settings().home).expanduser().absolute()
        own = folder / "kepu.toml"
        values = read_toml(own) if own.exists() else {}
        return Settings(**values).model_copy(update={"home": folder})
    except ValidationError as error:
        raise ConfigError(f"设置有误（环境变量 KEPU_… 或 kepu.toml）：{mistake(error)}") from error


def make_home(settings: Settings) -> None:
    """The home's folder, readable by its owner only. Raises ConfigError where it cannot be made."""
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings.media_folder.mkdir(exist_ok=True)
    except OSError as error:
        raise ConfigError(f"建不了数据目录 {settings.home}（{error.strerror}），请换一个目录或检查权限。") from error
