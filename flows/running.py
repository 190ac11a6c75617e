"""Running one round of a flow, through Prefect where it answers, plainly where not, and writing down how it went."""

from __future__ import annotations

import logging
import os
import threading
from datetime import datetime
from importlib import import_module
from typing import Any

import requests

from config.settings import Settings
from connectors.errors import ConnectorError
from content_store import running
from content_store.database import StoreError
from flows.plain import PLAIN_ONLY, ROUNDS, WORTH_A_ROUND
from steps.errors import Refused
from steps.newsroom import Newsroom

log = logging.getLogger(__name__)
STOPPING = threading.Event()
"""Set by the door when this process ends: no round begins any more, and none is begun again."""
KEPT_RUNS = 500
"""Of each flow."""
PREFECT_FLOWS = {name: f"flows.{name}:{name}_flow" for name in ROUNDS if name not in PLAIN_ONLY}


def run_round(
    newsroom: Newsroom, settings: Settings, flow: str, *, prefect_api: str = "", now: datetime
) -> dict[str, Any]:
    """One round of the flow named. Returns its counts; a failure is kept for the desk and raised."""
    worth = WORTH_A_ROUND.get(flow)
    if worth is not None and not worth(newsroom, now):
        return {}
    via = "prefect" if flow in PREFECT_FLOWS and prefect_api and prefect_answers(prefect_api) else "plain"
    with newsroom.store.session() as session:
        run = running.begin_run(session, flow, via=via, now=now)
    ok, counts, message = False, {}, ""
    try:
        counts = (_through_prefect if via == "prefect" else _plainly)(newsroom, settings, flow, now)
        ok = True
    except (ConnectorError, StoreError, Refused) as error:
        message = str(error)
        raise
    except Exception as error:
        message = f"程序出错（{type(error).__name__}），请把运行日志交给维护人员。"
        raise
    finally:
        with newsroom.store.session() as session:
            running.end_run(session, run, ok=ok, counts=counts, message=message, now=newsroom.now())
            running.forget_old_runs(session, flow, keep=KEPT_RUNS)
    return counts


def prefect_answers(api: str) -> bool:
    """Within a second, or it counts as down."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"{api.rstrip('/')}/health", timeout=1).ok
    except requests.exceptions.RequestException:
        return False


def _plainly(newsroom: Newsroom, settings: Settings, flow: str, now: datetime) -> dict[str, Any]:
    return ROUNDS[flow](newsroom, settings, now)


def _through_prefect(newsroom: Newsroom, settings: Settings, flow: str, now: datetime) -> dict[str, Any]:
    from httpx import HTTPError
    from prefect.exceptions import PrefectException

    module, _, name = PREFECT_FLOWS[flow].partition(":")
    prefect_flow = getattr(import_module(module), name)
    try:
        counts: dict[str, Any] = prefect_flow(home=str(settings.home))
        return counts
    except (PrefectException, HTTPError, OSError) as error:
        if STOPPING.is_set():
            raise
        # the server went away or hangs: the round is idempotent, so it is done again without it
        log.warning("prefect failed in %s (%s), running it plainly", flow, type(error).__name__)
        return _plainly(newsroom, settings, flow, now)


def prefect_environment(api: str, folder: str) -> dict[str, str]:
    """Variables under which Prefect here talks to our own server, and to nobody else."""
    return {
        "PREFECT_API_URL": api,
        "PREFECT_HOME": folder,
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        # a server that hangs must not hold a round for minutes
        "PREFECT_API_REQUEST_TIMEOUT": "10",
        "PREFECT_CLIENT_MAX_RETRIES": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "DO_NOT_TRACK": "1",
    }


def use_prefect(api: str, folder: str) -> None:
    """Must come before the first import of prefect in this process."""
    os.environ.update(prefect_environment(api, folder))
