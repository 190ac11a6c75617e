"""The world's memory: one SQLite file. A stand-in that was killed knows everything again when it is started anew."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Doc = dict[str, Any]

SCHEMA = """
create table if not exists meta(key text primary key, value text not null);
create table if not exists docs(seq integer primary key autoincrement, kind text not null, id text not null,
  account text not null, at real not null, data text not null, unique(kind, id));
create index if not exists docs_of_account on docs(kind, account, seq);
create table if not exists blobs(id text primary key, mime text not null, content blob not null);
create table if not exists jobs(id integer primary key autoincrement, kind text not null, due real not null,
  data text not null);
create index if not exists jobs_due on jobs(due);
create table if not exists pushes(id integer primary key autoincrement, platform text not null, account text not null,
  event text not null, due real not null, attempts integer not null default 0, state text not null, note text not null,
  data text not null);
create index if not exists pushes_due on pushes(state, due);
create table if not exists counters(name text, window text, n integer not null, primary key(name, window));
create table if not exists ledger(id integer primary key autoincrement, platform text not null, account text not null,
  kind text not null, ids text not null, title text not null, text text not null, marker text not null,
  path text not null, at real not null, removed_at real, removed_by text not null default '');
create table if not exists calls(id integer primary key autoincrement, at real not null, platform text not null,
  method text not null, path text not null, account text not null, status integer not null, code text not null,
  fault text not null, ms real not null);
create table if not exists faults(id text primary key, place integer not null, rule text not null,
  seen integer not null default 0, fired integer not null default 0);
"""


class Tx:
    """One transaction. `now` stands still while it lasts."""

    def __init__(self, db: sqlite3.Connection, now: float, seed: int) -> None:
        self.db, self.now, self.seed = db, now, seed

    # ------------------------------------------------------------ documents

    def put(self, kind: str, id: str, data: Doc, account: str = "", at: float | None = None) -> Doc:
        """Writes a document; an older one with this id keeps its place, its account and its time."""
        self.db.execute(
            "insert into docs(kind,id,account,at,data) values(?,?,?,?,?)"
            " on conflict(kind,id) do update set data=excluded.data",
            (kind, id, account, self.now if at is None else at, json.dumps(data, ensure_ascii=False)),
        )
        return data

    def get(self, kind: str, id: str) -> Doc | None:
        row = self.db.execute("select data from docs where kind=? and id=?", (kind, id)).fetchone()
        return json.loads(row[0]) if row else None

    def drop(self, kind: str, id: str) -> bool:
        return self.db.execute("delete from docs where kind=? and id=?", (kind, id)).rowcount == 1

    def find(self, kind: str, account: str | None = None, limit: int = -1, offset: int = 0) -> list[Doc]:
        """Newest first."""
        rows = self.db.execute(
            "select data from docs where kind=? and (? is null or account=?) order by seq desc limit ? offset ?",
            (kind, account, account, limit, offset),
        )
        return [json.loads(row[0]) for row in rows]

    def count(self, kind: str, account: str) -> int:
        return int(
            self.db.execute("select count(*) from docs where kind=? and account=?", (kind, account)).fetchone()[0]
        )

    def put_blob(self, id: str, mime: str, content: bytes) -> None:
        self.db.execute("insert or replace into blobs values(?,?,?)", (id, mime, content))

    def blob(self, id: str) -> tuple[str, bytes] | None:
        row = self.db.execute("select mime, content from blobs where id=?", (id,)).fetchone()
        return (row[0], row[1]) if row else None

    # ------------------------------------------------------------ counters, settings, seeded values

    def bump(self, name: str, window: str = "") -> int:
        row = self.db.execute(
            "insert into counters values(?,?,1) on conflict(name,window) do update set n=n+1 returning n",
            (name, window),
        ).fetchone()
        return int(row[0])

    def counter(self, name: str, window: str = "") -> int:
        row = self.db.execute("select n from counters where name=? and window=?", (name, window)).fetchone()
        return int(row[0]) if row else 0

    def meta(self, key: str) -> str | None:
        row = self.db.execute("select value from meta where key=?", (key,)).fetchone()
        return row[0] if row else None

    def set_meta(self, key: str, value: str) -> None:
        self.db.execute("insert or replace into meta values(?,?)", (key, value))

    def fresh_hex(self, what: str, length: int = 32) -> str:
        """A string that this world has not given before; the same seed and the same calls give the same strings."""
        stem = f"{self.seed}|{what}|{self.bump('fresh ' + what)}"
        return hashlib.shake_256(stem.encode()).hexdigest((length + 1) // 2)[:length]

    # ------------------------------------------------------------ what happens later

    def later(self, kind: str, seconds: float, data: Doc) -> None:
        self.db.execute(
            "insert into jobs(kind,due,data) values(?,?,?)",
            (kind, self.now + seconds, json.dumps(data, ensure_ascii=False)),
        )

    def take_due_job(self) -> tuple[str, float, Doc] | None:
        row = self.db.execute(
            "select id,kind,due,data from jobs where due<=? order by due,id limit 1", (self.now,)
        ).fetchone()
        if row is None:
            return None
        self.db.execute("delete from jobs where id=?", (row[0],))
        return row[1], row[2], json.loads(row[3])

    # ------------------------------------------------------------ the ledger of what became public

    def make_public(
        self,
        *,
        platform: str,
        account: str,
        kind: str,
        ids: Doc,
        title: str,
        text: str,
        marker: str,
        path: str,
        at: float,
    ) -> int:
        cursor = self.db.execute(
            "insert into ledger(platform,account,kind,ids,title,text,marker,path,at) values(?,?,?,?,?,?,?,?,?)",
            (platform, account, kind, json.dumps(ids), title, text, marker, path, at),
        )
        return int(cursor.lastrowid or 0)

    def remove_public(self, ledger_id: int, at: float, by: str) -> None:
        self.db.execute(
            "update ledger set removed_at=?, removed_by=? where id=? and removed_at is null", (at, by, ledger_id)
        )


class Store:
    """Hands out one transaction at a time."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(SCHEMA)

    @contextmanager
    def tx(self, now: float, seed: int) -> Iterator[Tx]:
        with self._lock:
            self._db.execute("begin immediate")
            try:
                yield Tx(self._db, now, seed)
            except BaseException:
                self._db.execute("rollback")
                raise
            self._db.execute("commit")

    def close(self) -> None:
        with self._lock:
            self._db.close()
