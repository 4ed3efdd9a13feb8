"""What a wall clock that is wrong for a while, and set right, does not bring about."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from service import access
from service.access import Scope
from service.key_use import day_of, mark
from service.limiting import Limiter
from service.quota import Quota
from service.store import Database
from service.store.base import now
from service.store.leap import BELIEVED_S, LEAP, LONGEST_LEASE, Leaps, last_written
from service.store.tables import ApiKey, Delivery, Feedback, Submission, WebhookEndpoint
from service.submissions.leases import claim
from service.webhooks import claims

HOUR, DAY, YEARS = timedelta(hours=1), timedelta(days=1), timedelta(days=3652)
BEGAN = now()


class Clocks:
    """Two that go together until one is set."""

    def __init__(self) -> None:
        self.passed_s, self.ahead = 0.0, timedelta()
        self.leaps = Leaps(lambda: BEGAN + self.ahead + timedelta(seconds=self.passed_s),
                           lambda: 7.0 + self.passed_s)  # fmt: skip

    def trusted(self, written: datetime | None = BEGAN - DAY) -> bool:
        """After another hour."""
        self.passed_s += HOUR.total_seconds()
        return self.leaps.trusts(written if self.leaps.knows_nothing else None)


@pytest.mark.parametrize("ahead", [2 * HOUR, DAY, YEARS])
def test_nothing_is_erased_while_the_clock_is_ahead(ahead: timedelta) -> None:
    clocks = Clocks()
    assert clocks.trusted()
    clocks.ahead = ahead
    assert not clocks.trusted()
    assert not clocks.trusted()
    clocks.ahead = timedelta()
    assert clocks.trusted()
    assert clocks.trusted()


def test_a_clock_that_stays_is_believed_after_some_hours() -> None:
    clocks = Clocks()
    assert clocks.trusted()
    clocks.ahead = YEARS
    hours = int(BELIEVED_S // 3600)
    assert [clocks.trusted() for _ in range(hours + 2)] == [False] * hours + [True, True]


def test_drift_and_a_clock_set_back_hold_nothing_up() -> None:
    clocks = Clocks()
    for ahead in (timedelta(), LEAP / 2, LEAP, -YEARS, -YEARS + LEAP):
        clocks.ahead = ahead
        assert clocks.trusted(), ahead


def test_at_the_start_the_last_row_tells_how_late_it_is() -> None:
    assert Clocks().trusted(None), "nothing is kept"
    assert Clocks().trusted(BEGAN + HOUR - 2 * DAY)
    assert not Clocks().trusted(BEGAN - 2 * DAY)
    early = Clocks()
    early.ahead = YEARS
    assert not early.trusted()
    early.ahead = timedelta()
    assert early.trusted()


def test_the_last_row_is_found(database: Database) -> None:
    assert database.read_now(last_written, BEGAN) is None
    for days in (3, 1, 2):
        moment = BEGAN - timedelta(days=days)
        row = Feedback(
            id=f"fb_{days}", about="", reviewer="", origin="review", kind="other", harms=[],
            language="en", created_at=moment, expires_at=moment + YEARS,
        )  # fmt: skip
        database.write_now(Session.add, row)
    assert database.read_now(last_written, BEGAN) == BEGAN - DAY
    assert database.read_now(last_written, BEGAN - DAY - HOUR) == BEGAN - 2 * DAY


@pytest.mark.parametrize("ahead", [DAY, YEARS])
def test_a_lease_of_a_clock_that_was_wrong_holds_nobody_up(
    database: Database, ahead: timedelta
) -> None:
    def put(session: Session) -> None:
        for name, until in (("wrong", BEGAN + ahead), ("held", BEGAN + LONGEST_LEASE)):
            session.add(
                Submission(
                    id=name, idempotency_key=None, request_digest="", webhook=None, state="queued",
                    ads=1, chars=1, request=b"", results=None, lease_owner="somebody",
                    lease_until=until, created_at=BEGAN,
                )
            )  # fmt: skip

    database.write_now(put)
    until = BEGAN + timedelta(seconds=60)
    taken = database.write_now(claim, "me", BEGAN, until, (), chars=100, most=9)
    assert [one.id for one in taken] == ["wrong"]


def test_a_message_of_a_clock_that_was_wrong_is_due(database: Database) -> None:
    def put(session: Session) -> None:
        session.add(
            WebhookEndpoint(
                name="team", url=b"", secrets=b"", created_at=BEGAN, paused_until=BEGAN + YEARS
            )
        )
        hour = timedelta(hours=1)
        for name, attempts, due, lease in (
            ("due far ahead", 0, BEGAN + YEARS, None),
            ("leased far ahead", 0, BEGAN, BEGAN + DAY),
            ("never tried, due in an hour", 0, BEGAN + hour, None),
            ("tried once, due in an hour", 1, BEGAN + hour, None),
            ("tried four times, due in an hour", 4, BEGAN + hour, None),
            ("tried nine times, due tomorrow", 9, BEGAN + DAY, None),
            ("tried once, due by a clock that is 50 s ahead", 1, BEGAN + timedelta(0, 55), None),
            ("leased", 0, BEGAN, BEGAN + timedelta(seconds=90)),
        ):
            session.add(
                Delivery(
                    id=name, endpoint="team", submission=None, payload=b"", state="pending",
                    due_at=due, lease_until=lease, created_at=BEGAN, attempts=attempts,
                )
            )  # fmt: skip

    database.write_now(put)
    assert database.read_now(claims.waiting, BEGAN) == ["team"]
    lease = timedelta(seconds=90)
    taken = database.write_now(claims.claim, {"team": 9}, 9, BEGAN, lease)
    assert {one.id for one in taken} == {
        "due far ahead", "leased far ahead", "never tried, due in an hour",
        "tried once, due in an hour",
    }  # fmt: skip


def test_a_message_is_held_as_long_as_its_receiver_may_take(database: Database) -> None:
    """Also where that is longer than any lease is otherwise."""

    def put(session: Session) -> None:
        session.add(WebhookEndpoint(name="team", url=b"", secrets=b"", created_at=BEGAN))
        session.add(
            Delivery(
                id="msg_1", endpoint="team", submission=None, payload=b"", state="pending",
                due_at=BEGAN, created_at=BEGAN, attempts=0,
            )
        )  # fmt: skip

    database.write_now(put)
    lease = LONGEST_LEASE + HOUR
    for later, held in ((timedelta(), 1), (timedelta(seconds=1), 0), (lease, 1)):
        moment = BEGAN + later
        assert len(database.read_now(claims.waiting, moment, lease)) == held
        assert len(database.write_now(claims.claim, {"team": 9}, 9, moment, lease)) == held


def test_a_pause_of_a_clock_that_was_wrong_is_no_pause(database: Database) -> None:
    """Nor does it outlast what the receiver asks for next."""
    endpoint = WebhookEndpoint(
        name="team", url=b"here", secrets=b"", created_at=BEGAN, paused_until=BEGAN + YEARS
    )
    database.write_now(Session.add, endpoint)
    one = claims.Claimed("msg_1", "lease", "team", 1, b"here", b"", b"")
    asked = claims.Failure("status 429", 429, HOUR)
    for moment, until in ((BEGAN, HOUR), (BEGAN - HOUR, HOUR), (BEGAN + HOUR, 2 * HOUR)):
        database.write_now(claims.failed, one, asked, moment, lambda low, high: low)
        found = database.read_now(lambda session: session.get_one(WebhookEndpoint, "team"))
        assert found.paused_until == BEGAN + until


def test_a_day_of_a_clock_that_was_wrong_is_not_the_last_use_of_a_key(database: Database) -> None:
    key_id, _ = database.write_now(access.add, "postings", {Scope.SCORE})
    today = day_of(now())
    for day in (today + YEARS, today):
        database.write_now(mark, {key_id: day})
    used = database.read_now(lambda session: session.get_one(ApiKey, key_id).last_used)
    assert used == today


@pytest.mark.parametrize("ahead_s", [-86_400, 86_400])
def test_a_limit_does_not_ask_the_wall_clock(
    monkeypatch: pytest.MonkeyPatch, ahead_s: float
) -> None:
    import time

    quota, limiter, wall = Quota(), Limiter(), time.time
    with quota.use("key", 5, 3):
        limiter.take("checks", 9, None)
    monkeypatch.setattr(time, "time", lambda: wall() + ahead_s)
    left = quota.left("key", 5)
    assert (left.ads, left.more_in_s) == (2, 60)
