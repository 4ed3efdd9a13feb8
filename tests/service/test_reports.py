"""What people report: sealed for the operator alone, nothing kept or logged of who reported."""

import base64
import json
import logging
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from nacl.public import PrivateKey
from pydantic import SecretStr, ValidationError
from sqlalchemy import delete, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.ad import Ad
from models.renderer import Renderer
from service import access
from service.__main__ import main
from service.access import Scope
from service.app import create_app
from service.campaigns.counting import count
from service.campaigns.keys import keys_of_ad
from service.engine import Engine
from service.errors import UnknownId, VaultError
from service.logs import ALLOWED, JsonLines
from service.reports import codes, desk
from service.reports.examples import ADDITION, REPORT, WITHDRAWAL
from service.reports.opening import KeyFileError, make_pair, opened, read_private_key
from service.reports.sealing import seal
from service.reports.shapes import Addition, Said, Withdrawal
from service.reports.told import as_line, as_text
from service.settings import Settings
from service.stopping import Server
from service.store import Database, Vault
from service.store import database as databases
from service.store.base import now
from service.store.retention import prune
from service.store.tables import (
    AuditEntry,
    Campaign,
    Report,
    ReportMark,
    ReportPart,
    StoredAd,
)
from tests.postgresql import new_database

PATIENCE_S = 60
SECRET = base64.b64encode(bytes(range(32))).decode()
ADDRESS = "203.0.113.77"
CAMPAIGN = "cam_" + "c" * 32
SAID = {
    "what_happened": "She phoned from Quillabamberg, the Zwetschgenhof keeps her passport. មិនឱ្យចេញ",
    "promised": "Nachtportier at the Orrinmere hotel",
    "place": "Thornwickel crossing",
    "reply_to": "vestibule.sparrow@example.org",
    "relation": "family_or_friend",
}
WORDS = [word for value in SAID.values() for word in value.split() if len(word) > 8]
Answer = Any
"""A response, of whichever library the test client stands on."""

STUB = cast(
    Engine,
    SimpleNamespace(
        name="stub",
        scorer=SimpleNamespace(close=lambda: None),
        background=None,
        render=Renderer(),
    ),
)


@dataclass
class Home:
    """Settings of a service, where its files lie, and where the operator's keys do."""

    settings: Settings
    kept: Path
    away: Path

    @property
    def private_key(self) -> Path:
        return self.away / "reports.key"

    @property
    def public_key(self) -> str:
        return self.settings.reports_public_key or ""


@dataclass
class Place:
    """A service that takes reports, and what its operator has."""

    client: TestClient
    settings: Settings
    home: Home

    @property
    def database(self) -> Database:
        found: Database = cast(Any, self.client.app).state.runtime().database
        return found

    def post(
        self, path: str, body: dict[str, Any], address: str = ADDRESS, key: str | None = None
    ) -> Answer:
        headers = {"X-Forwarded-For": address} | ({"Idempotency-Key": key} if key else {})
        return self.client.post(path, json=body, headers=headers)

    def report(self, body: dict[str, Any] | None = None, address: str = ADDRESS) -> str:
        answer = self.post("/v1/reports", body or SAID, address)
        assert answer.status_code == 201, answer.text
        code: str = answer.json()["code"]
        return code

    def key(self, *scopes: Scope) -> str:
        return self.database.write_now(access.add, "reader", set(scopes))[1]

    def get(self, path: str, key: str | None = None) -> Answer:
        bearer = {"Authorization": f"Bearer {key or self.key(Scope.REPORTS)}"}
        return self.client.get(path, headers=bearer)

    def all(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("/v1/reports?limit=100").json()["reports"]
        return found

    def said(self) -> list[list[dict[str, Any] | None]]:
        """Every part, opened with the operator's key."""
        keys = [read_private_key(self.home.private_key)]
        return [
            [opened(keys, base64.b64decode(part["sealed"])) for part in report["parts"]]
            for report in self.all()
        ]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """One database of each kind for all tests, which empty it."""
    folder = tmp_path_factory.mktemp("reports")
    kept, away = folder / "kept", folder / "away"
    kept.mkdir()
    away.mkdir()
    url = f"sqlite:///{kept / 'lurewatch.db'}"
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgresql"))
    settings = Settings(
        database=SecretStr(url),
        secret_key=SecretStr(SECRET),
        reports_public_key=make_pair(away / "reports.key"),
        reports_per_hour=10_000,
        report_codes_per_hour=10_000,
        trusted_proxies=(ip_network("127.0.0.1"),),
    )
    return Home(settings, kept, away)


@contextmanager
def opened_place(home: Home, **changes: Any) -> Iterator[Place]:
    settings = home.settings.model_copy(update=changes)
    app = create_app(settings, start=lambda _: STUB)
    with TestClient(app, client=("127.0.0.1", 50_000)) as client:
        yield Place(client, settings, home)


@pytest.fixture(scope="module")
def open_place(home: Home) -> Iterator[Place]:
    with opened_place(home) as made:
        yield made


@pytest.fixture
def place(open_place: Place) -> Place:
    """A service that takes reports, and has none yet."""

    def empty(session: Session) -> None:
        for table in (Report, ReportMark, StoredAd):
            session.execute(delete(table))

    open_place.database.write_now(empty)
    return open_place


@pytest.fixture(scope="module")
def shut() -> Iterator[TestClient]:
    """A service without a public key: what it refuses, it refuses for its form."""
    with TestClient(create_app(Settings(), start=lambda _: STUB)) as client:
        yield client


# What is kept


def test_a_report_can_be_read_with_the_private_key_alone(place: Place) -> None:
    answer = place.post("/v1/reports", SAID)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert codes.read(answer.json()["code"]) == answer.json()["code"]
    assert any("emergency number" in sentence for sentence in answer.json()["advice"])
    assert place.said() == [[SAID]]

    sealed = base64.b64decode(place.all()[0]["parts"][0]["sealed"])
    with pytest.raises(VaultError):
        Vault(bytes(range(32))).unseal(sealed)
    public = base64.b64decode(place.home.public_key)
    for wrong in (PrivateKey(public), PrivateKey(bytes(range(32))), PrivateKey.generate()):
        assert opened([wrong], sealed) is None
    right = read_private_key(place.home.private_key)
    assert opened([PrivateKey.generate(), right], sealed) == SAID  # an older key beside it
    assert opened([right], sealed[:-1] + bytes([sealed[-1] ^ 1])) is None


def files_of(database: Database, sqlite_folder: Path) -> list[Path]:
    """Every file that the database has written, its logs included."""
    if database.is_sqlite:
        return [path for path in sqlite_folder.iterdir() if path.is_file()]
    with database.engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
        folder = Path(connection.execute(text("SHOW data_directory")).scalar_one())
    return [path for path in folder.rglob("*") if path.is_file()]


def contents_of(database: Database, sqlite_folder: Path) -> list[bytes]:
    """What :func:`files_of` holds; a cache that the server drops meanwhile has nothing."""
    kept = []
    for path in files_of(database, sqlite_folder):
        with suppress(FileNotFoundError):
            kept.append(path.read_bytes())
    return kept


def test_no_word_code_or_address_is_on_the_disk(place: Place) -> None:
    code = place.report()
    more = {"code": code, "what_happened": "Umbrellified on Blatherstone road"}
    assert place.post("/v1/reports/additions", more).status_code == 204
    report_id = place.database.read_now(lambda session: session.scalar(select(Report.id)))
    assert report_id
    kept = contents_of(place.database, place.home.kept)
    assert any(report_id.encode() in content for content in kept)  # this is the place to look in
    secret = [*WORDS, "Umbrellified", "Blatherstone", code, code.replace("-", ""), ADDRESS]
    assert len(secret) > 10
    for word in secret:
        assert not any(word.encode() in content for content in kept), word


def test_of_the_time_only_the_day_is_kept(place: Place) -> None:
    before = now().date()
    code = place.report()
    place.post("/v1/reports/additions", {"code": code, "real": "scams"})

    def times(session: Session) -> list[datetime]:
        reports, parts = session.scalars(select(Report)), session.scalars(select(ReportPart))
        return [t for r in reports for t in (r.day, r.expires_at)] + [p.day for p in parts]

    found = place.database.read_now(times)
    assert len(found) == 4
    assert all(moment == desk.midnight(moment.date()) for moment in found)
    assert before <= found[0].date() <= now().date()
    assert found[1] - found[0] == timedelta(days=place.settings.keep_reports_days)


def test_length_tells_the_size_class_alone(home: Home) -> None:
    public = home.public_key
    lengths = [len(seal(public, {"real": "é" * n})) - 48 for n in (1, 400, 700, 20_000)]
    assert lengths == [1024, 1024, 2048, 65_536]
    assert len(seal(public, {"real": "a" * (1024 - 11)})) - 48 == 1024  # {"real":"…"} fills it
    assert len(seal(public, {"real": "a" * (1025 - 11)})) - 48 == 2048


def test_a_report_is_kept_so_long_after_the_last_addition_and_no_longer(place: Place) -> None:
    database = place.database
    first = datetime(2026, 1, 1, 13, 37, tzinfo=UTC)
    database.write_now(desk.take, "hash", desk.part_of(b"a", first, 30))
    database.write_now(desk.add, "hash", desk.part_of(b"b", first + timedelta(days=9), 30))
    database.write_now(desk.add, "hash", desk.part_of(b"c", first + timedelta(days=8), 30))
    found = database.read_now(desk.listed, desk.Wanted())[0]
    assert found.report.expires_at == datetime(2026, 2, 9, tzinfo=UTC)
    assert [part.sealed for part in found.parts] == [b"a", b"b", b"c"]
    assert found.report.day == datetime(2026, 1, 1, tzinfo=UTC)

    last_moment = found.report.expires_at - timedelta(seconds=1)
    for moment, left in ((last_moment, 3), (found.report.expires_at, 0)):
        database.write_now(prune, place.settings, moment)
        parts = database.read_now(lambda session: session.scalars(select(ReportPart)).all())
        assert len(parts) == left


# The code


def test_codes_can_be_written_down_and_read_aloud() -> None:
    drawn = {codes.new_code() for _ in range(2000)}
    assert len(drawn) == 2000
    for code in drawn:
        assert len(code) == 19
        assert set(code) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-")
        assert codes.read(code) == code
    used = "".join(drawn)
    assert all(used.count(one) > 500 for one in codes.ALPHABET)  # each about 1,000 times in 32,000


@pytest.mark.parametrize(
    "written",
    [
        "7K3M-9PQR-2T4V-XW8E",
        " 7k3m 9pqr 2t4v xw8e ",
        "7k3m9pqr2t4vxw8e",
        "７Ｋ３Ｍ－９ＰＱＲ－２Ｔ４Ｖ－ＸＷ８Ｅ",  # typed on a keyboard for Chinese
        "٧K٣M ٩PQR ٢T٤V XW٨E",  # with Arabic digits
        "៧K៣M ៩PQR ២T៤V XW៨E",  # with Khmer digits
    ],
)
def test_a_code_is_read_however_it_was_written_down(written: str) -> None:
    assert codes.read(written) == "7K3M-9PQR-2T4V-XW8E"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    code = next(one for one in iter(codes.new_code, "") if "0" in one and "1" in one)
    assert codes.read(code.replace("0", "O").replace("1", "l")) == code
    assert codes.read(code.replace("0", "o").replace("1", "I")) == code


def test_one_wrong_character_or_two_swapped_are_noticed() -> None:
    code = codes.new_code().replace("-", "")
    wrong = [code[:i] + c + code[i + 1 :] for i in range(16) for c in codes.ALPHABET]
    wrong += [code[:i] + code[i + 1] + code[i] + code[i + 2 :] for i in range(15)]
    wrong += [code[:-1], code + "0", "", "U" * 16]
    for one in set(wrong) - {code}:
        with pytest.raises(codes.NoCode):
            codes.read(one)


def test_a_reporter_adds_with_the_code_and_withdraws_with_it(place: Place) -> None:
    code = place.report()
    other = place.report({"real": "another report"})
    more = {"code": code.lower().replace("-", " "), "what_happened": "They were moved."}
    assert place.post("/v1/reports/additions", more).status_code == 204
    assert [SAID, {"what_happened": "They were moved."}] in place.said()

    assert place.post("/v1/reports/withdraw", {"code": code}).status_code == 204
    assert place.said() == [[{"real": "another report"}]]
    left = place.database.read_now(lambda session: session.scalars(select(ReportPart)).all())
    assert len(left) == 1
    answer = place.post("/v1/reports/additions", more)
    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/unknown-id"
    assert place.post("/v1/reports/withdraw", {"code": other}).status_code == 204
    assert place.said() == []


KEY = "2f0f6c1e-7a52-4c83-9a37-0f5a3f6f9b1d"


def test_a_report_that_comes_again_is_one_report_with_one_code(place: Place) -> None:
    """As after an answer that was lost: the same key and words, the fields in any order."""
    codes_of = [
        place.post("/v1/reports", body, key=KEY).json()["code"]
        for body in (SAID, dict(reversed(SAID.items())), SAID)
    ]
    assert codes.read(codes_of[0]) == codes_of[0]
    assert len(set(codes_of)) == 1
    assert place.said() == [[SAID]]
    more = {"code": codes_of[0], "real": "fourteen hours"}
    assert place.post("/v1/reports/additions", more).status_code == 204, "it is theirs"


def test_a_report_that_comes_again_in_another_language_is_the_same(place: Place) -> None:
    """As from a form whose answer was lost, and whose language was changed before it was sent
    again: the first is kept as it came."""
    said = [SAID | {"language": one} for one in ("en", "tl")]
    made = {place.post("/v1/reports", body, key=KEY).json()["code"] for body in (*said, SAID)}
    assert len(made) == 1
    assert place.said() == [[said[0]]]
    more = {"code": made.pop(), "real": "fourteen hours"}
    for language in ("en", "tl"):
        body = more | {"language": language}
        assert place.post("/v1/reports/additions", body, key=KEY).status_code == 204
    assert [len(parts) for parts in place.said()] == [2]


def test_other_words_another_key_or_another_secret_make_another_report(
    place: Place, vault: Vault
) -> None:
    given = [({"real": "a"}, KEY), ({"real": "b"}, KEY), ({"real": "a"}, KEY[::-1])]
    made = {place.post("/v1/reports", body, key=key).json()["code"] for body, key in given}
    assert len(made) == len(place.said()) == 3
    other = Vault(b"k" * 32)
    assert codes.code_of(vault, KEY, b"{}") == codes.code_of(vault, KEY, b"{}")
    assert codes.code_of(vault, KEY, b"{}") != codes.code_of(other, KEY, b"{}")


def test_reports_that_come_at_once_with_one_key_are_one(place: Place) -> None:
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(place.post, "/v1/reports", SAID, key=KEY) for _ in range(4)]
        answers = [one.result() for one in sent]
    assert {one.status_code for one in answers} == {201}
    assert len({one.json()["code"] for one in answers}) == 1
    assert place.said() == [[SAID]]


def test_what_comes_again_is_added_once(place: Place) -> None:
    code, other = place.report(), place.report({"real": "another"})
    more = {"code": code, "what_happened": "They were moved."}
    for body, key in ((more, KEY), (more, KEY), (more | {"real": "x"}, KEY), (more, KEY[::-1])):
        assert place.post("/v1/reports/additions", body, key=key).status_code == 204
    assert place.post("/v1/reports/additions", more | {"code": other}, key=KEY).status_code == 204
    assert sorted(map(len, place.said())) == [2, 4]


def test_a_report_is_withdrawn_once_and_whoever_asks_again_is_told_that_it_is(
    place: Place,
) -> None:
    code = place.post("/v1/reports", SAID, key=KEY).json()["code"]
    for _ in range(3):
        assert place.post("/v1/reports/withdraw", {"code": code}).status_code == 204
        assert place.said() == []
    late = place.post("/v1/reports", SAID, key=KEY)  # an attempt that was under way so long
    assert late.json()["code"] == code
    assert place.said() == [], "it stays withdrawn"
    unknown = place.post("/v1/reports/withdraw", {"code": codes.new_code()})
    assert unknown.status_code == 404


def test_a_mark_names_nobody_and_is_gone_in_two_days(place: Place) -> None:
    code = place.report()
    place.post("/v1/reports/additions", {"code": code, "real": "scams"}, key=KEY)
    place.post("/v1/reports/withdraw", {"code": code})
    marks = place.database.read_now(lambda session: session.scalars(select(ReportMark)).all())
    assert len(marks) == 2
    for mark in marks:
        assert re.fullmatch("[0-9a-f]{32}", mark.id)
        assert mark.expires_at == desk.midnight(mark.expires_at.date())
        assert timedelta(days=1) < mark.expires_at - now() <= timedelta(days=2)
    assert place.database.write_now(prune, place.settings, now())["report_marks"] == 0
    late = now() + timedelta(days=2)
    assert place.database.write_now(prune, place.settings, late)["report_marks"] == 2
    assert place.post("/v1/reports/withdraw", {"code": code}).status_code == 404


@pytest.mark.parametrize("key", ["short", "a" * 201, "with a space in it"])
def test_a_key_that_others_may_have_is_refused(place: Place, key: str) -> None:
    for path, body in (("", SAID), ("/additions", SAID | {"code": codes.new_code()})):
        answer = place.post(f"/v1/reports{path}", body, key=key)
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "Idempotency-Key"
        assert "nobody can guess" in error["detail"]
        assert key not in answer.text


def test_a_database_that_is_slow_neither_doubles_a_report_nor_denies_a_withdrawal(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is locked, as by a backup, until the caller was told to try again, and has."""
    if not place.database.is_sqlite:
        pytest.skip("a lock on the whole database is SQLite's")
    monkeypatch.setattr(databases, "PATIENCE_S", 0.2)
    monkeypatch.setattr(databases, "LOOK_S", 0.05)
    taken: list[dict[str, str]] = []
    for path, body, good in (
        ("/v1/reports", SAID, 201),
        ("/v1/reports/withdraw", None, 204),
    ):
        with place.database.engine.connect() as other, other.begin():
            given = body or taken[-1]
            answer = place.post(path, given)
            assert answer.status_code == 503
            assert answer.json()["type"] == "/problems/store-unavailable"
        monkeypatch.setattr(databases, "PATIENCE_S", PATIENCE_S)
        answer = place.post(path, given)
        assert answer.status_code == good
        if good == 201:
            taken.append({"code": answer.json()["code"]})
            wait_for_writers(place.database)
            assert place.said() == [[SAID]]
        monkeypatch.setattr(databases, "PATIENCE_S", 0.2)
    assert place.said() == []


def wait_for_writers(database: Database) -> None:
    """Until every thread of the store that had begun is at its end."""
    threads = database._pool._max_workers
    barrier = threading.Barrier(threads)
    for one in [database._pool.submit(barrier.wait, PATIENCE_S) for _ in range(threads)]:
        one.result()


def test_a_code_that_was_misread_is_told_so_and_one_of_nobody_is_unknown(place: Place) -> None:
    code = place.report()
    misread = code[:-1] + ("0" if code[-1] != "0" else "1")
    answer = place.post("/v1/reports/withdraw", {"code": misread})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/code"
    assert "misread" in answer.json()["detail"]
    assert misread not in answer.text
    unknown = [place.post("/v1/reports/withdraw", {"code": codes.new_code()}) for _ in range(2)]
    assert [one.status_code for one in unknown] == [404, 404]
    one, other = (answer.json() | {"request_id": ""} for answer in unknown)
    assert one == other
    assert place.said() == [[SAID]]


def test_the_hash_of_a_code_needs_the_secret_of_the_installation(place: Place) -> None:
    code = place.report()
    kept = place.database.read_now(lambda session: session.scalar(select(Report.code)))
    assert kept == Vault(bytes(range(32))).hashed("report code", code)
    assert kept != Vault(bytes(32)).hashed("report code", code)


# What is taken


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({}, "", "fill at least one of `what_happened`, `ad_text`, `promised`, `real`"),
        ({"place": "a hotel", "what_happened": " \n"}, "", "fill at least one"),
        ({"what_happened": "x" * 20_001}, "/what_happened", "at most 20000"),
        ({"ad_text": "x" * 20_001}, "/ad_text", "at most 20000"),
        ({"promised": "x" * 5_001}, "/promised", "at most 5000"),
        ({"real": "x" * 5_001}, "/real", "at most 5000"),
        ({"real": "x", "place": "x" * 1_001}, "/place", "at most 1000"),
        ({"real": "x", "where_seen": "x" * 501}, "/where_seen", "at most 500"),
        ({"real": "x", "contact_route": "x" * 2_001}, "/contact_route", "at most 2000"),
        ({"real": "x", "reply_to": "x" * 501}, "/reply_to", "at most 500"),
        ({"real": "x", "ad_id": "x" * 201}, "/ad_id", "at most 200"),
        ({"real": "x", "relation": "boss"}, "/relation", "'family_or_friend'"),
        ({"real": "x", "name": "Ana"}, "/name", "no such field; known here: `"),
        (
            {"what_happened": "x" * 20_000, "ad_text": "y" * 19_995, "real": "zzzzzz"},
            "",
            "have 40001 characters, at most 40000",
        ),
    ],
)
def test_what_is_not_taken_is_told_with_its_limit(
    shut: TestClient, body: dict[str, str], pointer: str, words: str
) -> None:
    answer = shut.post("/v1/reports", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert words in answer.json()["detail"]
    assert "x" * 20 not in answer.text


def test_half_an_emoji_is_no_reason_to_refuse_a_report(place: Place) -> None:
    cut = '{"what_happened": "help \\ud83d", "real": "a\\u0000b \\ud83d\\ude00"}'
    headers = {"Content-Type": "application/json"}
    assert place.client.post("/v1/reports", content=cut, headers=headers).status_code == 201
    assert place.said() == [[{"what_happened": "help �", "real": "a\0b 😀"}]]


def test_the_longest_report_is_taken(place: Place) -> None:
    place.report({"what_happened": "\0" * 20_000, "ad_text": "𓀀" * 20_000})
    assert place.said() == [[{"what_happened": "\0" * 20_000, "ad_text": "𓀀" * 20_000}]]


def test_a_report_that_is_full_takes_no_more_and_can_be_read(place: Place) -> None:
    """Else one person could make it so large that nobody can read any."""
    long = {"what_happened": "\0" * 20_000, "ad_text": "\0" * 20_000}
    code = place.report(long)
    more = long | {"code": code}
    answers = [place.post("/v1/reports/additions", more, key=f"{KEY}{i}") for i in (0, 1, 2, 3, 2)]
    assert [one.status_code for one in answers] == [204, 204, 422, 422, 422]
    assert answers[-1].json()["errors"] == [
        {"pointer": "/code", "detail": "this report holds as much as one may; send the rest as a "
         "new report"}
    ]  # fmt: skip
    assert place.post("/v1/reports/additions", more, key=f"{KEY}0").status_code == 204, "as before"
    short = {"code": code, "real": "moved"}
    assert place.post("/v1/reports/additions", short).status_code == 204, "there is room for that"
    assert place.said() == [[long, long, long, {"real": "moved"}]]
    assert place.post("/v1/reports/withdraw", {"code": code}).status_code == 204


def test_examples_are_requests_that_are_taken(place: Place) -> None:
    for one in REPORT.values():
        Said.model_validate(one["value"])
        place.report(one["value"])
    Addition.model_validate(ADDITION["more"]["value"])
    Withdrawal.model_validate(WITHDRAWAL["withdraw"]["value"])


def stored_ad(session: Session, ad_id: str, campaign: str | None) -> None:
    moment = now()
    session.add(
        StoredAd(
            id=ad_id, campaign=campaign, language="en", kind="lure", score=0.9, decision="review",
            priority=90, policy="default/1", model="stub", result=b"", created_at=moment,
            expires_at=moment + timedelta(days=1),
        )
    )  # fmt: skip


def test_a_report_is_linked_to_an_ad_and_nobody_can_tell_whether_it_was(place: Place) -> None:
    known, plain = "ad_" + "a" * 32, "ad_" + "b" * 32
    place.database.write_now(stored_ad, known, CAMPAIGN)
    place.database.write_now(stored_ad, plain, None)
    tried = [known, plain, "ad_" + "c" * 32, "no id", "%", "'"]
    answers = [place.post("/v1/reports", {"ad_id": one, "real": "scams"}) for one in tried]
    assert {one.status_code for one in answers} == {201}
    assert {tuple(one.json()) for one in answers} == {("code", "advice")}
    assert len({len(one.content) for one in answers}) == 1

    links = {(one["ad"], one["campaign"]) for one in place.all()}
    assert links == {(known, CAMPAIGN), (plain, None), (None, None)}
    assert {part["ad_id"] for (part,) in place.said() if part} == set(tried)  # sealed in any case

    more = {"code": answers[2].json()["code"], "real": "more", "ad_id": known}
    assert place.post("/v1/reports/additions", more).status_code == 204
    found = place.get(f"/v1/reports?campaign={CAMPAIGN}").json()["reports"]
    assert [one["ad"] for one in found] == [known, known]


OFFER = (
    "Warehouse packers for our hub by the river, 1,450 EUR a month, bunk and meals free, we book "
    "the bus for Sunday. Write to me on +1 202 555 0143, no papers needed, I send the driver."
)


def test_a_pasted_offer_is_linked_to_its_campaign_and_not_counted(home: Home) -> None:
    with opened_place(home, campaigns=True) as place:
        vault = Vault(bytes(range(32)))
        ads = [Ad(text=OFFER), Ad(text="Ask on +1 202 555 0177 for a place in the kitchen.")]
        keys = [keys_of_ad(vault, ad, Renderer()) for ad in ads]
        first, second = place.database.write_now(count, keys, now(), timedelta(days=90))
        assert first is not None
        assert second is not None

        changed = OFFER.replace("1,450", "1,600").replace("0143", "0199")  # the same template
        quoted = "They said: call +1 202 555 0177!"  # the same contact
        new = "A night porter is wanted at the hotel by the station, contract on the first day."
        place.database.write_now(lambda session: session.execute(delete(Report)))
        codes_of = {text: place.report({"ad_text": text}) for text in (changed, quoted, new)}
        found = {
            part["ad_text"]: report["campaign"]
            for report, (part,) in zip(place.all(), place.said(), strict=True)
            if part
        }
        assert found == {changed: first.campaign, quoted: second.campaign, new: None}
        more = {"code": codes_of[new], "ad_text": OFFER}
        assert place.post("/v1/reports/additions", more).status_code == 204
        linked = place.get(f"/v1/reports?campaign={first.campaign}").json()["reports"]
        assert len(linked) == 2
        counted = place.database.read_now(lambda session: session.scalars(select(Campaign.ads)))
        assert list(counted) == [1, 1]


def test_without_a_public_key_none_are_taken_but_withdrawing_goes_on(
    place: Place,
) -> None:
    code = place.report()
    with opened_place(place.home, reports_public_key=None) as closed:
        for path, body in (("", SAID), ("/additions", {"code": code, "real": "more"})):
            answer = closed.post(f"/v1/reports{path}", body)
            assert answer.status_code == 503
            assert answer.json()["type"] == "/problems/reports-closed"
        assert closed.post("/v1/reports/withdraw", {"code": code}).status_code == 204


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "32 bytes in base64"),
        ("AAAA", "32 bytes in base64"),
        (base64.b64encode(bytes(32)).decode(), "no public key"),  # a number that is no key
        ("lurewatch-reports-private-key:" + "A" * 43 + "=", "this is the private key"),
    ],
)
def test_a_setting_that_is_no_public_key_is_refused_at_start(text: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings(reports_public_key=text)


# How often


def test_one_place_reports_so_often_and_no_more(home: Home) -> None:
    with opened_place(home, reports_per_hour=2, report_codes_per_hour=3) as place:
        place.post("/v1/reports", {})  # what is refused for its form does not count
        code = [place.report(), place.report()][0]
        answer = place.post("/v1/reports", SAID)
        assert answer.status_code == 429
        assert answer.json()["type"] == "/problems/rate-limited"
        assert 0 < int(answer.headers["retry-after"]) <= 3600
        assert ADDRESS not in answer.text
        place.report(address="203.0.113.78")

        place.report(address="2001:db8::1")
        place.report(address="2001:db8::ffff:2")  # the same subscriber
        assert place.post("/v1/reports", SAID, "2001:db8::3").status_code == 429
        place.report(address="2001:db8:0:1::1")

        for _ in range(3):  # codes are counted apart, right or wrong
            wrong = place.post("/v1/reports/withdraw", {"code": codes.new_code()})
            assert wrong.status_code == 404
        more = {"code": code, "real": "more"}
        assert place.post("/v1/reports/additions", more).status_code == 429
        assert place.post("/v1/reports/withdraw", {"code": code}).status_code == 429
        assert place.post("/v1/reports/withdraw", {"code": code}, "192.0.2.1").status_code == 204


# Who reads


def test_reading_needs_the_scope_even_on_this_machine(place: Place) -> None:
    place.report()
    assert place.settings.host == "127.0.0.1"
    assert not place.settings.asks_for_keys
    report_id = place.all()[0]["id"]
    others = place.key(*(set(Scope) - {Scope.REPORTS}))
    for method, path in (
        ("GET", "/v1/reports"), ("GET", f"/v1/reports/{report_id}"),
        ("DELETE", f"/v1/reports/{report_id}"), ("GET", "/v1/reports/none"),
    ):  # fmt: skip
        assert place.client.request(method, path).status_code == 401
        bearer = {"Authorization": f"Bearer {others}"}
        assert place.client.request(method, path, headers=bearer).status_code == 403
    assert len(place.all()) == 1


def test_one_report_is_read_and_deleted(place: Place) -> None:
    place.report()
    place.report({"real": "another"})
    first, second = place.all()
    assert place.get(f"/v1/reports/{first['id']}").json() == first
    bearer = {"Authorization": f"Bearer {place.key(Scope.REPORTS)}"}
    assert place.client.delete(f"/v1/reports/{first['id']}", headers=bearer).status_code == 204
    assert place.all() == [second]
    for missing in (first["id"], "rep_1", "additions", "%00"):
        assert place.get(f"/v1/reports/{missing}").status_code == 404
        gone = place.client.delete(f"/v1/reports/{missing}", headers=bearer)
        assert gone.status_code == 404


def test_reports_come_page_by_page_and_by_day(place: Place) -> None:
    start = datetime(2026, 3, 1, 11, tzinfo=UTC)

    def fill(session: Session) -> None:
        for i in range(7):
            moment = start + timedelta(days=i // 3)  # 3 on the first day, 3, then 1
            desk.take(session, f"hash{i}", desk.part_of(b"%d" % i, moment, 99))
        desk.add(session, "hash0", desk.part_of(b"later", start + timedelta(days=5), 99))

    place.database.write_now(fill)
    pages, after = [], ""
    while True:
        page = place.get(f"/v1/reports?limit=3{after}").json()
        pages.append(page["reports"])
        if page["after"] is None:
            break
        after = f"&after={page['after']}"
    assert [len(page) for page in pages] == [3, 3, 1]
    one_by_one = [report for page in pages for report in page]
    assert one_by_one == place.all()
    assert [one["day"] for one in one_by_one] == ["2026-03-01"] * 3 + ["2026-03-02"] * 3 + [
        "2026-03-03"
    ]
    since = place.get("/v1/reports?since=2026-03-03").json()["reports"]
    parts = [[(p["day"], base64.b64decode(p["sealed"])) for p in one["parts"]] for one in since]
    assert parts == [  # what was added to counts too
        [("2026-03-01", b"0"), ("2026-03-06", b"later")],
        [("2026-03-03", b"6")],
    ]
    assert place.get("/v1/reports?since=2026-03-07").json() == {"reports": [], "after": None}


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "since=yesterday", "after=x", "after=2026-13-45.rep_" + "a" * 32,
     "campaign=%00"],
)  # fmt: skip
def test_a_query_that_asks_for_nothing_is_refused_without_its_words(
    place: Place, query: str
) -> None:
    answer = place.get(f"/v1/reports?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "?" + query.partition("=")[0]
    assert "2026-13" not in answer.text


# What is logged


def test_nothing_about_a_reporter_is_logged(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)  # of every library, before anything is made
    with opened_place(home) as place:
        caplog.clear()
        headers = {"X-Forwarded-For": ADDRESS, "X-Request-ID": "of-the-proxy-4711"}
        answer = place.client.post("/v1/reports", json=SAID, headers=headers)
        code = answer.json()["code"]
        assert answer.headers["x-request-id"] != "of-the-proxy-4711"
        more = {"code": code, "real": "Umbrellified"}
        wrong = {"code": codes.new_code(), "real": "Umbrellified"}
        for path, body in (
            ("", {"what_happened": 3, "Umbrellified": SAID}),
            ("/additions", more), ("/additions", wrong), ("/additions", {"code": "0" + code}),
            ("/withdraw", {"code": wrong["code"]}), ("/withdraw", {"code": code}),
        ):  # fmt: skip
            place.client.post(f"/v1/reports{path}", json=body, headers=headers)
        formatter = JsonLines()
        ours = ("service.edge", "service.api.reports")
        assert not any(one.name in ours for one in caplog.records)  # not even that one was there
        for record in caplog.records:
            whole = formatter.format(record) + record.getMessage() + repr(vars(record))
            for secret in (*WORDS, "Umbrellified", code, wrong["code"], ADDRESS, "of-the-proxy"):
                assert secret not in whole, record.name

        caplog.clear()
        place.report()
        key_id, key = place.database.write_now(access.add, "reader", {Scope.REPORTS})
        place.get("/v1/reports", key)
        lines = [json.loads(formatter.format(one)) for one in caplog.records if one.name in ours]
        assert [line["message"] for line in lines] == ["reports read", "request"]
        assert (lines[0]["key"], lines[0]["reports"]) == (key_id, 1)
        for line in lines:
            assert set(line) <= {"time", "level", "logger", "message", *ALLOWED}
            assert key not in str(line)


def test_a_defect_is_logged_without_what_was_said(
    place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(f"could not take {SAID}")

    monkeypatch.setattr(desk, "take", broken)
    caplog.set_level(logging.DEBUG)
    headers = {"X-Forwarded-For": ADDRESS, "X-Request-ID": "of-the-proxy-4711"}
    answer = place.client.post("/v1/reports", json=SAID, headers=headers)
    assert answer.status_code == 500
    lines = [JsonLines().format(one) for one in caplog.records if one.name == "service.edge"]
    assert len(lines) == 2
    for secret in (*WORDS, ADDRESS, "of-the-proxy"):
        assert not any(secret in line for line in lines)


# The command


@contextmanager
def served(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The service as ``python -m service serve`` runs it, over a real socket, without a model."""
    ran: dict[str, Any] = {}
    monkeypatch.setenv("LUREWATCH_DATABASE", settings.database_url)
    monkeypatch.setenv("LUREWATCH_SECRET_KEY", SECRET)
    monkeypatch.setenv("LUREWATCH_REPORTS_PUBLIC_KEY", settings.reports_public_key or "")
    monkeypatch.setenv("LUREWATCH_REPORTS_PER_HOUR", str(settings.reports_per_hour))
    monkeypatch.setattr(Engine, "start", lambda _: STUB)
    monkeypatch.setattr(Server, "run", lambda server: ran.update(server=server))
    kept = logging.root.handlers[:], logging.root.level
    try:
        assert main(["serve", "--port", "0"]) == 0
    finally:
        logging.root.handlers[:], level = kept
        logging.root.setLevel(level)
    server = ran["server"]
    thread = threading.Thread(target=uvicorn.Server.run, args=(server,))
    thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    assert server.started
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)


def many(session: Session, public: str, count: int) -> None:
    for i in range(count):
        part = desk.part_of(seal(public, {"real": f"report {i}"}), now(), 99)
        desk.take(session, f"hash{i}", part)


def test_the_operator_reads_reports_over_http_page_by_page(
    place: Place, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    code = place.report()
    place.post("/v1/reports/additions", {"code": code, "real": "more"})
    place.database.write_now(many, place.home.public_key, 44)
    api_key, review_key = place.home.away / "api.key", place.home.away / "review.key"
    api_key.write_text(place.key(Scope.REPORTS) + "\n")
    review_key.write_text(place.key(Scope.REVIEW))
    read = ["reports", "read", "--key-file", str(place.home.private_key), "--url"]
    with served(place.settings, monkeypatch) as url:
        before = set(place.home.away.iterdir())
        command = [*read, url, "--api-key-file", str(api_key)]
        assert main(command) == 0
        out, err = capsys.readouterr()
        assert main([*command, "--since", "2999-01-01"]) == 0
        assert capsys.readouterr().out == ""
        assert main([*read, url, "--api-key-file", str(review_key)]) == 2
        assert "answered 403" in capsys.readouterr().err
        assert main([*read, url]) == 2
        assert "--api-key-file" in capsys.readouterr().err
    reports = [json.loads(line) for line in out.splitlines()]
    assert "45report" in err.replace(" ", "")
    said = [[part["said"] for part in report["parts"]] for report in reports]
    assert [SAID, {"real": "more"}] in said
    assert sorted(one[0]["real"] for one in said if "real" in one[0]) == sorted(
        f"report {i}" for i in range(44)
    )
    assert set(reports[0]) == {"id", "day", "ad", "campaign", "parts"}
    assert set(place.home.away.iterdir()) == before
    assert main([*read, "http://lurewatch.example.org", "--api-key-file", "/nowhere"]) == 2


def test_a_header_that_anybody_can_send_makes_no_new_place(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = home.settings.model_copy(update={"reports_per_hour": 2})
    with served(few, monkeypatch) as url, httpx.Client(base_url=url) as client:
        statuses = [
            client.post("/v1/reports", json=SAID, headers={"X-Forwarded-For": f"192.0.2.{i}"})
            for i in range(3)
        ]
        assert [one.status_code for one in statuses] == [201, 201, 429]
        again = client.post("/v1/reports/", json=SAID)  # no redirect that sends it once more
        assert again.status_code == 404


def test_the_operator_reads_reports_from_the_database(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place.report()
    monkeypatch.setenv("LUREWATCH_DATABASE", place.settings.database_url)
    assert main(["reports", "read", "--key-file", str(place.home.private_key), "--plain"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("rep_")
    assert f"    place\n      {SAID['place']}\n" in out
    (told,) = place.database.read_now(lambda session: list(session.scalars(select(AuditEntry))))
    assert (told.action, told.detail, told.key) == ("reports_read", {"reports": 1}, None)

    other = place.home.away / "other.key"
    assert main(["reports", "new-key", "--out", str(other)]) == 0
    out, err = capsys.readouterr()
    assert "off the server" in err
    assert Settings(reports_public_key=out.strip()).reports_public_key == out.strip()
    assert other.stat().st_mode & 0o777 == 0o600
    assert main(["reports", "read", "--key-file", str(other)]) == 1
    out, err = capsys.readouterr()
    assert "another key" in json.loads(out)["parts"][0]["error"]
    assert "1 parts could not be opened" in err
    both = ["--key-file", str(other), "--key-file", str(place.home.private_key)]
    assert main(["reports", "read", *both]) == 0
    assert json.loads(capsys.readouterr().out)["parts"][0]["said"] == SAID


def test_a_key_file_is_never_overwritten_and_another_file_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "reports.key"
    make_pair(path)
    content = path.read_text()
    with pytest.raises(KeyFileError, match="nothing was written"):
        make_pair(path)
    assert path.read_text() == content
    (tmp_path / "text").write_text("é")
    for wrong, words in (("text", "holds no private key"), ("none", "No such file")):
        with pytest.raises(KeyFileError, match=words):
            read_private_key(tmp_path / wrong)


def test_what_a_reporter_wrote_does_not_steer_the_terminal() -> None:
    evil = "\x1b[2J\x9b31m\rrep_0 fake\n\u202etxt\u2028\x7f"
    report = {"id": "rep_1", "day": "2026-03-01", "ad": None, "campaign": "cam_1",
              "parts": [{"day": "2026-03-01", "said": {"real": evil}}]}  # fmt: skip
    assert json.loads(as_line(report)) == report
    for printed in (as_line(report), as_text(report)):
        assert not set(printed) & set("\x1b\x9b\r\u202e\u2028\x7f")
    assert all(line.startswith(("rep_1  ", "  ")) for line in as_text(report).split("\n"))


def test_an_unknown_report_is_told_as_such(place: Place) -> None:
    database = place.database
    for work in (desk.remove, desk.one):
        with pytest.raises(UnknownId):
            database.write_now(work, "rep_0")
    with pytest.raises(UnknownId):
        database.write_now(desk.withdraw, "code", now())
    assert database.read_now(desk.listed, desk.Wanted(since=date(2026, 1, 1))) == []


def test_a_report_that_is_lost_because_the_database_is_away_is_told_and_logged(
    place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception(str(SAID)))

    monkeypatch.setattr(desk, "take", away)
    caplog.set_level(logging.DEBUG)
    answer = place.post("/v1/reports", SAID)
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/store-unavailable"
    (line,) = [JsonLines().format(one) for one in caplog.records if one.name == "service.edge"]
    assert json.loads(line)["status"] == 503
    assert not any(word in line + answer.text for word in (*WORDS, ADDRESS))
