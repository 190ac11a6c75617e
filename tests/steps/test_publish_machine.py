"""Whatever happens in whatever order, nothing is ever public twice, and nothing is called live that nobody can see."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from queue_parts import Clock, Died, Platform, a_delivery, a_newsroom, an_account, the
from sqlmodel import select

from content_store import accounts, log
from content_store.database import Store
from content_store.tables import Delivery, Lane
from content_store.tables import DeliveryState as State
from steps import by_hand
from steps.errors import Refused
from steps.publish import poll_accepted, publish_due

MISHAPS = ["lost_before", "lost_after", "die_before", "die_after", "defect", "busy", "no", "login", ""]
WAITING = (State.SENDING, State.UNKNOWN, State.ACCEPTED, State.WITHDRAWING)


def machine_of(template: Path, folder: Path) -> type[RuleBasedStateMachine]:
    numbers = itertools.count()

    class Newsdesk(RuleBasedStateMachine):
        deliveries = Bundle("deliveries")

        def __init__(self) -> None:
            super().__init__()
            self.path = folder / f"{next(numbers)}.db"
            shutil.copy(template, self.path)
            self.clock = Clock(datetime(2026, 11, 26, 4, 0, tzinfo=UTC))
            self.platform = Platform(self.clock)
            self.newsroom = a_newsroom(Store(f"sqlite:///{self.path}"), folder, self.clock, self.platform)
            self.markers: dict[int, str] = {}
            self.wished: set[int] = set()

        @initialize()
        def begin(self) -> None:
            self.account = an_account(self.newsroom)

        @rule(target=deliveries, lane=st.sampled_from(Lane), minutes=st.integers(-30, 30))
        def schedule(self, lane: Lane, minutes: int) -> int:
            marker = f"kp{len(self.markers):04}"
            due = self.clock.now() + timedelta(minutes=minutes)
            delivery = a_delivery(self.newsroom, self.account, marker, lane=lane, due=due)
            self.markers[delivery] = marker
            return delivery

        @rule(mishaps=st.lists(st.sampled_from(MISHAPS), max_size=4))
        def a_round(self, mishaps: list[str]) -> None:
            self.platform.mishaps = mishaps
            try:
                publish_due(self.newsroom, self.clock.now(), worker="w")
            except Died:
                pass
            finally:
                self.platform.mishaps = []

        @rule()
        def asking(self) -> None:
            poll_accepted(self.newsroom, self.clock.now(), worker="w")

        @rule(seconds=st.sampled_from([1, 10, 35, 130, 600, 4000, 90_000]))
        def time_passes(self, seconds: int) -> None:
            self.clock.advance(seconds=seconds)

        @rule(delivery=deliveries, act=st.sampled_from(["withdraw", "resend", "give_up"]))
        def a_person_acts(self, delivery: int, act: str) -> None:
            with contextlib.suppress(Refused):
                getattr(by_hand, act)(self.newsroom, delivery, None, self.clock.now())
                (self.wished.add if act == "withdraw" else self.wished.discard)(delivery)

        @rule()
        def somebody_logs_the_account_in(self) -> None:
            with self.newsroom.store.session() as session:
                accounts.go_on(session, self.account)

        @invariant()
        def nothing_is_public_twice(self) -> None:
            assert all(times == 1 for times in self.platform.public.values()), self.platform.public

        @invariant()
        def live_was_seen_and_withdrawn_is_gone(self) -> None:
            for delivery, marker in self.markers.items():
                row = the(self.newsroom, delivery)
                if row.state == State.LIVE:
                    assert self.platform.public.get(marker) == 1
                if row.state in (State.FAILED, State.NEEDS_PERSON):
                    assert row.reason
                    assert row.remedy
                if row.state in (State.UNKNOWN, State.ACCEPTED, State.WITHDRAWING):
                    assert row.next_try_at is not None

        @invariant()
        def what_was_to_be_taken_back_is_not_left_out(self) -> None:
            for delivery in self.wished:
                assert the(self.newsroom, delivery).state not in (State.QUEUED, State.ACCEPTED, State.LIVE)

        def teardown(self) -> None:
            """Left alone, with the account logged in, everything comes to an end, and the log is sound."""
            self.somebody_logs_the_account_in()
            for _ in range(40):
                self.a_round([])
                self.asking()
                self.clock.advance(minutes=4)
            with self.newsroom.store.reading() as session:
                assert [row.id for row in session.exec(select(Delivery)) if row.state in WAITING] == []
                assert log.first_broken(session) is None
            self.nothing_is_public_twice()
            self.newsroom.store.close()

    return Newsdesk


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_nothing_is_ever_public_twice_whatever_happens(sqlite_url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run_state_machine_as_test(
            machine_of(Path(sqlite_url.removeprefix("sqlite:///")), Path(folder)),
            settings=settings(
                max_examples=10,
                stateful_step_count=14,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
