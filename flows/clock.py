"""The clock: APScheduler with a persistent job store, driven by the schedule file. It only says "go and look".

Exactly one clock ticks at a time, held by a lease in the store; the others stand by and take over when it stops.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from config.entries import JobEntry, schedule
from config.settings import Settings, load
from content_store import running
from content_store.database import StoreError
from flows.opening import open_home
from flows.running import run_round
from steps.newsroom import Newsroom
from steps.workers import is_gone, worker_name

log = logging.getLogger(__name__)
LOCAL = ZoneInfo("Asia/Shanghai")
LEASE = "clock"
LEASE_SECONDS = 30
BEAT_SECONDS = 5


class Clock:
    """Stands by until it holds the lease, then schedules; stops scheduling when it loses the lease."""

    def __init__(self, settings: Settings, newsroom: Newsroom, *, prefect_api: str = "") -> None:
        self._settings = settings
        self._newsroom = newsroom
        self._prefect_api = prefect_api
        self._owner = f"{worker_name()}:{id(self)}"
        self._scheduler: BackgroundScheduler | None = None

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set. A store that does not answer for a while only pauses the clock."""
        try:
            while True:
                try:
                    self._beat()
                except StoreError as error:
                    log.warning("clock: %s", error)
                    self._halt()
                if stop.wait(BEAT_SECONDS):
                    return
        finally:
            self._halt()
            self._let_go()

    def _beat(self) -> None:
        now = self._newsroom.now()
        with self._newsroom.store.session() as session:
            held = running.lease(session, LEASE)
            if held is not None and is_gone(held.owner):
                # killed a moment ago: nobody has to wait until its lease runs out
                running.end_lease(session, LEASE, owner=held.owner, now=now)
            until = now + timedelta(seconds=LEASE_SECONDS)
            holds = running.take_lease(session, LEASE, owner=self._owner, now=now, until=until)
        if holds and self._scheduler is None:
            self._scheduler = self._scheduling()
        elif not holds:
            self._halt()

    def _scheduling(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            jobstores={"default": SQLAlchemyJobStore(engine=self._newsroom.store.engine, tablename="clock_job")},
            executors={"default": ThreadPoolExecutor(8)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone=LOCAL,
        )
        scheduler.start(paused=True)
        wanted = {job_id(entry): entry for entry in schedule(self._settings.data_file("schedule.toml"))}
        known = {job.id: job for job in scheduler.get_jobs()}
        for gone in known.keys() - wanted.keys():
            scheduler.remove_job(gone)
        for name, entry in wanted.items():
            arguments = [str(self._settings.home), entry.flow, self._prefect_api if entry.by == "prefect" else ""]
            if name in known:
                # its next time stays: a run missed while nobody was up is made up for once
                scheduler.modify_job(name, args=arguments)
            else:
                scheduler.add_job(tick, trigger(entry), args=arguments, id=name, next_run_time=first_time(entry))
        scheduler.resume()
        return scheduler

    def _halt(self) -> None:
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def _let_go(self) -> None:
        try:
            with self._newsroom.store.session() as session:
                running.give_up_lease(session, LEASE, owner=self._owner)
        except StoreError as error:
            log.warning("clock: %s", error)


def tick(home: str, flow: str, prefect_api: str) -> None:
    """One job of the clock. Failures are on record for the desk and must not stop the clock."""
    newsroom = open_home(Path(home))
    try:
        run_round(newsroom, load(Path(home)), flow, prefect_api=prefect_api, now=newsroom.now())
    except Exception:
        log.exception("round of %s failed", flow)


def job_id(entry: JobEntry) -> str:
    """Changes with the rhythm, so that a changed schedule file takes effect."""
    return f"{entry.flow}:{entry.cron or entry.every_seconds}"


def trigger(entry: JobEntry) -> CronTrigger | IntervalTrigger:
    if entry.cron is not None:
        return CronTrigger.from_crontab(entry.cron, timezone=LOCAL)
    return IntervalTrigger(seconds=entry.every_seconds or 60, timezone=LOCAL)


def first_time(entry: JobEntry) -> datetime | None:
    """A rhythm begins at once, a time of day waits for it."""
    now = datetime.now(LOCAL)
    return now if entry.cron is None else trigger(entry).get_next_fire_time(None, now)
