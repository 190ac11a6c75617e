"""The store itself: migrations, constraints, times, search, the log, the vault."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError
from sqlmodel import SQLModel

from content_store import accounts, advisory, events, log, people, running, sources, stories, tags
from content_store.database import (
    Store,
    StoreBroken,
    StoreLocked,
    StoreNewer,
    StoreUnreachable,
    StoreUnwritable,
    translated_errors,
)
from content_store.migrate import check, is_current, migrate
from content_store.tables import Article, Review, Source, Tag
from content_store.vault import BadKey, Vault, WrongKey, key_from


def an_article(store: Store, now: datetime, **values: object) -> int:
    with store.session() as session:
        source = sources.put(session, "s", {"kind": "rss", "url": "http://127.0.0.1/feed"}, now=now)
        fields = {"external_id": "1", "title": "题", "content_hash": "h", "collected_at": now} | values
        article = Article(source_id=source.id, **fields)
        session.add(article)
        session.flush()
        assert article.id is not None
        return article.id


def three_people(store: Store, now: datetime) -> list[int]:
    with store.session() as session:
        added = [
            people.add(session, name=n, display_name=n, password_hash="x", roles=["editor"], now=now)
            for n in ("甲", "乙", "丙")
        ]
        return [user.id for user in added if user.id is not None]


def test_the_migrations_make_exactly_the_tables_of_the_models(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours})
        assert compare_metadata(context, SQLModel.metadata) == []


def _ours(_object: object, name: str | None, kind: str, reflected: bool, _compared: object) -> bool:
    return not (reflected and (name or "").startswith("article_search"))


def test_migrating_twice_changes_nothing(store: Store) -> None:
    assert migrate(store) == migrate(store)
    assert is_current(store)


def test_a_database_of_a_newer_version_is_refused_and_left_alone(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreNewer, match="请升级"):
        migrate(store)


def test_an_article_is_unique_by_source_and_external_id(store: Store, now: datetime) -> None:
    an_article(store, now)
    with pytest.raises(IntegrityError):
        an_article(store, now)


def test_foreign_keys_are_on(store: Store, now: datetime) -> None:
    with pytest.raises(IntegrityError), store.session() as session:
        session.add(Tag(article_id=4711, theme="local", key="220000", created_at=now))


def test_times_come_back_aware_and_in_utc(store: Store) -> None:
    beijing = datetime(2026, 11, 26, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    article_id = an_article(store, beijing, published_at=beijing)
    with store.reading() as session:
        article = session.get(Article, article_id)
        assert article is not None
        assert article.published_at == beijing
        assert article.published_at.tzinfo is UTC


def test_a_naive_time_is_refused(store: Store, now: datetime) -> None:
    with pytest.raises(Exception, match="naive"):
        an_article(store, now, published_at=datetime(2026, 1, 1))  # noqa: DTZ001  # naive on purpose


def test_one_person_reviews_a_version_only_once_and_never_his_own(store: Store, now: datetime) -> None:
    editor, second, third = three_people(store, now)
    with store.session() as session:
        version = stories.add(session, fields={"title": "冰雪路面怎么走"}, by=editor, now=now)

    def review(step: str, person: int) -> None:
        with store.session() as session:
            session.add(
                Review(
                    story_version_id=version.id,
                    content_hash=version.content_hash,
                    step=step,
                    verdict="passed",
                    reviewer_id=person,
                    editor_id=editor,
                    created_at=now,
                )
            )

    review("first", second)
    with pytest.raises(IntegrityError):
        review("first", third)
    with pytest.raises(IntegrityError):
        review("second", second)
    with pytest.raises(IntegrityError):
        review("second", editor)
    review("second", third)


def test_the_log_is_chained_and_cannot_be_changed(store: Store, now: datetime) -> None:
    with store.session() as session:
        for act in ("held", "queued", "sending"):
            log.append(session, at=now, subject="delivery", subject_id=1, act=act, actor="测试")
        assert log.first_broken(session) is None
    for statement in ("UPDATE logentry SET act = 'live'", "DELETE FROM logentry"):
        with pytest.raises(DatabaseError), store.session() as session:
            session.connection().execute(text(statement))


def test_a_forged_log_row_is_found(store: Store, now: datetime) -> None:
    with store.session() as session:
        first = log.append(session, at=now, subject="delivery", subject_id=1, act="held", actor="甲")
        log.append(session, at=now, subject="delivery", subject_id=1, act="queued", actor="甲")
    with store.session() as session:
        drop = "DROP TRIGGER logentry_kept" + ("" if store.is_sqlite else " ON logentry")
        session.connection().execute(text(drop))
        session.connection().execute(text(f"UPDATE logentry SET why = '改过' WHERE id = {first.id}"))
    with store.reading() as session:
        assert log.first_broken(session) == first.id


def test_a_tag_of_a_person_outlives_the_tagger(store: Store, now: datetime) -> None:
    person = three_people(store, now)[0]
    article_id = an_article(store, now)
    found = [{"theme": "local", "key": "220322", "name": "梨树县", "score": 0.9}]
    with store.session() as session:
        tags.replace_tagger_tags(session, {article_id: found}, now=now)
        tags.set_by_person(
            session, article_id, theme="local", key="220322", name="", rejected=True, user_id=person, now=now
        )
        tags.replace_tagger_tags(session, {article_id: found}, now=now)
        assert tags.of_article(session, article_id) == []
        [kept] = tags.of_article(session, article_id, with_rejected=True)
        assert (kept.made_by, kept.rejected) == ("person", True)


def test_a_lease_has_one_owner_until_it_runs_out(store: Store, now: datetime) -> None:
    def take(owner: str, at: datetime) -> bool:
        with store.session() as session:
            return running.take_lease(session, "clock", owner=owner, now=at, until=at + timedelta(seconds=30))

    assert take("一号", now)
    assert not take("二号", now)
    assert take("一号", now + timedelta(seconds=10))
    assert take("二号", now + timedelta(seconds=41))
    assert not take("一号", now + timedelta(seconds=42))


def test_credentials_are_sealed_and_open_only_with_their_key(store: Store, now: datetime, tmp_path: Path) -> None:
    vault = Vault(key_from(tmp_path / "secret.key"))
    with store.session() as session:
        account = accounts.put(session, "wx", {"platform": "wechat"}, now=now)
        assert account.id is not None
        accounts.keep_credentials(session, account.id, {"secret": "很秘密"}, vault, now=now)
    with store.reading() as session:
        raw = session.connection().execute(text("SELECT sealed FROM credential")).scalar_one()
        assert "很秘密".encode() not in bytes(raw)
        assert accounts.credentials(session, account.id, vault) == {"secret": "很秘密"}
        with pytest.raises(WrongKey, match=r"secret\.key"):
            accounts.credentials(session, account.id, Vault(key_from(tmp_path / "other.key")))


@pytest.mark.parametrize("content", [b"", b"\n", b"half a key", b"\xff" * 44])
def test_a_broken_key_file_is_named_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secret.key"
    file.write_bytes(content)
    with pytest.raises(BadKey, match=r"secret\.key.*备份"):
        key_from(file)
    assert file.read_bytes() == content


def test_a_key_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(BadKey, match="读不了"):
        key_from(tmp_path / "secret.key")


def test_programs_that_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    file, start = tmp_path / "secret.key", threading.Barrier(8)

    def ask(_: int) -> bytes:
        start.wait()
        return key_from(file)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_is_made_where_files_cannot_be_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    file = tmp_path / "secret.key"
    assert key_from(file) == key_from(file)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_token_is_never_replaced_by_nothing(store: Store, now: datetime, tmp_path: Path) -> None:
    vault = Vault(key_from(tmp_path / "secret.key"))
    with store.session() as session:
        account = accounts.put(session, "wx", {"platform": "wechat"}, now=now)
        assert account.id is not None
        accounts.keep_token(session, account.id, "access", "A", now, vault)
        accounts.keep_token(session, account.id, "access", "", now, vault)
        accounts.drop_token(session, account.id, "access", "B", vault)
        assert accounts.token(session, account.id, "access", vault) == ("A", now)


def test_a_locked_database_is_said_in_one_sentence(sqlite_url: str, now: datetime) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    store = Store(sqlite_url, busy_seconds=0.2)
    with pytest.raises(StoreLocked, match="另一个程序"), store.session() as session:
        sources.listed(session)
    other.rollback()
    other.close()


def test_a_reader_waits_for_no_writer(sqlite_url: str, now: datetime) -> None:
    store = Store(sqlite_url, busy_seconds=0.2)
    an_article(store, now)
    done = threading.Event()
    with store.session() as writing:
        writing.add(Source(key="x", kind="rss", name="x", created_at=now))
        writing.flush()
        with store.reading() as reading:
            assert reading.get(Article, 1) is not None
            done.set()
    assert done.is_set()


@pytest.mark.parametrize("use", [check, is_current, Store.ping])
def test_looking_at_a_database_waits_for_no_writer(sqlite_url: str, use: Callable[[Store], object]) -> None:
    with Store(sqlite_url).session() as writing:
        writing.connection()
        use(Store(sqlite_url, busy_seconds=0.2))


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/kepu.db", "postgresql://a:geheim@127.0.0.1:9/x", "what"])
def test_an_unreachable_database_is_said_without_its_password(url: str) -> None:
    with pytest.raises(StoreUnreachable) as caught:
        Store(url).ping()
    assert "geheim" not in str(caught.value)


def junk(content: bytes) -> bytes:
    return b"no database at all " * 500


def cut_short(content: bytes) -> bytes:
    return content[:5000]


def without_schema(content: bytes) -> bytes:
    return content[:100] + b"\xff" * 900 + content[1000:]


@pytest.mark.parametrize("harm", [junk, cut_short, without_schema])
@pytest.mark.parametrize("use", [check, is_current, migrate, Store.ping, lambda store: read_sources(store)])
def test_a_damaged_database_is_said_in_one_sentence(
    sqlite_url: str, harm: Callable[[bytes], bytes], use: Callable[[Store], object]
) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    file.write_bytes(harm(file.read_bytes()))
    with pytest.raises(StoreBroken, match=r"kepu\.db.*备份"):
        use(Store(sqlite_url))


def read_sources(store: Store) -> None:
    with store.reading() as session:
        sources.listed(session)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("database or disk is full", "腾出空间"),
        ("attempt to write a readonly database", "权限"),
        ("disk I/O error", "检查磁盘"),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_disk_in_trouble_is_said_in_one_sentence(words: str, said: str, wrapped: bool) -> None:
    raw = sqlite3.OperationalError(words)
    with pytest.raises(StoreUnwritable, match=said), translated_errors("sqlite:///kepu.db"):
        raise OperationalError("INSERT", {}, raw) if wrapped else raw


def test_weaving_threads_waits_for_no_migration(postgres_url: str) -> None:
    migrating, weaving = Store(postgres_url), Store(postgres_url)
    with migrating.session() as session, weaving.session() as other:
        advisory.hold(session.connection(), advisory.Lock.MIGRATION)
        other.connection().execute(text("SET LOCAL lock_timeout = '2s'"))
        events.lock_threads(other)
    migrating.close()
    weaving.close()


def test_two_who_wait_for_each_other_on_postgresql_are_told_that_the_store_is_busy(
    postgres_url: str, now: datetime
) -> None:
    store = Store(postgres_url)
    with store.session() as session:
        for key in ("a", "b"):
            accounts.put(session, key, {"platform": "wechat", "name": key}, now=now)
    both_hold, ended = threading.Barrier(2), []

    def crosswise(*keys: str) -> None:
        try:
            with store.session() as session:
                for key in keys:
                    session.connection().execute(
                        text("SELECT id FROM account WHERE key = :key FOR UPDATE"), {"key": key}
                    )
                    if key == keys[0]:
                        both_hold.wait(30)
            ended.append("done")
        except StoreLocked:
            ended.append("busy")

    threads = [threading.Thread(target=crosswise, args=keys) for keys in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == ["busy", "done"]
    store.close()


def test_what_is_no_fault_of_the_database_passes_as_it_is(sqlite_store: Store) -> None:
    with pytest.raises(DatabaseError), sqlite_store.session() as session:
        session.connection().execute(text("SELECT locked FROM nowhere"))


def test_a_full_disk_keeps_what_was_there(sqlite_store: Store, now: datetime) -> None:
    article_id = an_article(sqlite_store, now)
    with pytest.raises(StoreUnwritable, match="满了"):
        overfill(sqlite_store, now)
    with sqlite_store.reading() as session:
        assert session.get(Article, article_id) is not None


def overfill(store: Store, now: datetime) -> None:
    with store.session() as session:
        session.connection().execute(text("PRAGMA max_page_count = 1"))
        session.add_all(Source(key=f"k{n}", kind="rss", name="x" * 2000, created_at=now) for n in range(200))


def test_two_who_change_an_accounts_keys_at_once_lose_nothing_of_each_other(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    vault = Vault(key_from(tmp_path / "secret.key"))
    with store.session() as session:
        account = accounts.put(session, "a", {"platform": "weibo", "name": "甲"}, now=now)
        assert account.id is not None
        number = account.id
        accounts.keep_credentials(session, number, {"app_key": "1"}, vault, now=now)
    read, go = threading.Event(), threading.Event()

    def first() -> None:
        with store.session() as session:
            known = accounts.credentials(session, number, vault, to_be_changed=True)
            read.set()
            assert go.wait(10)
            accounts.keep_credentials(session, number, {**known, "uid": "7"}, vault, now=now)

    def second() -> None:
        assert read.wait(10)
        threading.Timer(0.2, go.set).start()
        with store.session() as session:
            known = accounts.credentials(session, number, vault, to_be_changed=True)
            accounts.keep_credentials(session, number, {**known, "access_token": "t"}, vault, now=now)

    with ThreadPoolExecutor(2) as pool:
        for each in (pool.submit(first), pool.submit(second)):
            each.result(20)
    with store.reading() as session:
        assert accounts.credentials(session, number, vault) == {"app_key": "1", "uid": "7", "access_token": "t"}
