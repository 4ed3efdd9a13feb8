"""The pages over HTTP: what they answer, what they let in, and what they leave behind."""

import base64
import gzip
import hashlib
import logging
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.encoding import Base64Encoder
from nacl.public import PrivateKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.ad import MAX_TEXT_CHARS
from models.labels import Indicator, Kind
from service.api.assets import TYPES
from service.edge import FORMS, ICONS
from service.indicators import languages
from service.pages import catalogue
from service.pages.context import Page, region_of
from service.pages.forms import MAX_FIELDS
from service.pages.reading import HEADLINES, Headline, Read
from service.reports.codes import new_code
from service.store.base import Base
from service.store.tables import Report, ReportPart
from tests.live import Service

OFFER = "Zanzibar kitchen help, bring your passport"
KEY = PrivateKey.generate().public_key.encode(Base64Encoder).decode()


class Place:
    """A service with everything on that keeps something, and a browser without scripts."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        everything: dict[str, Any] = {
            "review_queue": True,
            "queue_from": "nudge",
            "campaigns": True,
        }
        self.service = Service(data_dir=folder, **(everything | settings))
        self.client = TestClient(self.service.app)

    def check(self, text: str, **query: str) -> str:
        """The page that a text gets."""
        answer = self.client.post("/", params=query, data={"text": text})
        assert answer.status_code == 200
        return answer.text


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("place"), reports_public_key=KEY)
    with made.client:
        yield made


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>([^<]*)", page)
    assert found
    return found[1]


def visible(page: str) -> str:
    """What is between the header and the footer of a page."""
    return page.partition("<main")[2].partition("</main>")[0]


PATHS = ["/", "/advice", "/help", "/share", "/report"]


@pytest.mark.parametrize("path", PATHS)
def test_no_page_lets_anything_of_others_in(place: Place, path: str) -> None:
    answer = place.client.get(path)
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    assert not re.search(
        r' style=| on\w+="|<script(?! src="/pages/pages.js" defer></script>)', answer.text
    )
    for loaded in re.findall(r'(?:src|rel="(?:icon|manifest)" href)="([^"]+)"', answer.text):
        assert loaded.startswith("/")
        assert place.client.get(loaded).status_code == 200


def test_a_text_is_marked_and_told_and_escaped(place: Place) -> None:
    page = place.check("Pay <b>first</b> & win")
    assert heading(page) == "Indicators present, verify."
    assert "<mark>Pay</mark>" in page
    assert "&lt;b&gt;first&lt;/b&gt; &amp; win" in page
    assert "<b>" not in page
    assert not re.search(r"0\.\d|%|score", page.partition("</main>")[0].partition("<main")[2])


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    with made.client:
        yield made


def test_nothing_of_a_text_is_kept_whatever_the_settings_keep(
    fresh: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place = fresh
    caplog.set_level(logging.DEBUG)
    place.client.get("/")  # what is logged at the first request
    caplog.clear()
    place.check(OFFER)
    ours = [one for one in caplog.records if one.name.startswith("service")]
    assert ours == []
    assert not any("Zanzibar" in one.getMessage() for one in caplog.records)
    runtime = place.service.app.state.runtime()

    def rows(session: Session) -> dict[str, int]:
        counts = {
            name: session.scalar(select(func.count()).select_from(table))
            for name, table in Base.metadata.tables.items()
        }
        return {name: count for name, count in counts.items() if count}

    assert place.client.portal is not None
    assert place.client.portal.call(runtime.database.read, rows) == {}
    # The same text as an ad is kept: the test would see it.
    place.client.post("/v1/score", json={"ads": [{"text": OFFER}]})
    assert place.client.portal.call(runtime.database.read, rows) != {}


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("", 422, "There is nothing to read yet."),
        (" \u200b\n", 422, "There is nothing to read yet."),
        ("a" * (MAX_TEXT_CHARS + 1), 422, "This is too long"),
    ],
)
def test_what_cannot_be_read_is_told_beside_the_form(
    place: Place, text: str, status: int, said: str
) -> None:
    answer = place.client.post("/", data={"text": text})
    assert answer.status_code == status
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_line_ends_of_a_browser_count_once(place: Place) -> None:
    lines = "a\r\n" * (MAX_TEXT_CHARS // 2)
    assert heading(place.check(lines)) == "Indicators present, verify."


def test_one_address_may_not_probe_for_ever(tmp_path: Path) -> None:
    made = Place(tmp_path, checks_per_hour=2)
    with made.client:
        made.check(OFFER)
        made.check(OFFER)
        answer = made.client.post("/", data={"text": OFFER})
    assert answer.status_code == 429
    assert "Try again later." in answer.text
    assert "a minute" not in visible(answer.text)
    assert OFFER in answer.text  # nothing has to be typed again
    assert 'aria-invalid="true"' not in answer.text
    assert 60 < int(answer.headers["retry-after"]) <= 3600


def test_a_stopping_service_says_so_in_words(tmp_path: Path) -> None:
    answer = Place(tmp_path).client.post("/", data={"text": OFFER})  # never started
    assert answer.status_code == 503
    assert "The service is busy. Try again in a minute." in visible(answer.text)
    assert answer.headers["retry-after"] == "60"


def test_the_language_is_the_browsers_unless_one_is_asked_for(place: Place) -> None:
    browsers = {"Accept-Language": "fil-PH, en;q=0.5"}
    page = place.client.get("/", headers=browsers)
    assert '<html lang="tl" dir="ltr">' in page.text
    assert page.headers["content-language"] == "tl"
    page = place.client.get("/?lang=ar", headers=browsers)
    assert '<html lang="ar" dir="rtl">' in page.text
    assert 'action="/?lang=ar"' in page.text
    switched = place.client.post("/", headers=browsers, data={"text": "", "lang": "ar"})
    assert switched.status_code == 200  # who changes the language has not asked for a check
    assert '<html lang="ar" dir="rtl">' in switched.text
    assert 'value="PH" selected' in place.client.get("/help", headers=browsers).text


def test_a_shared_result_says_nothing_that_is_not_ours(place: Place) -> None:
    query = {"seen": "<b>guilty</b>", "signs": "urgency.<script>.urgency.upfront_fee.made_up"}
    page = place.client.get(f"/share?{urlencode(query)}").text
    assert page.count('<li id="sign-') == 2
    assert heading(page) == "Indicators present, verify."
    assert "guilty" not in page.partition("<main")[2]
    assert "made_up" not in page.partition("<main")[2]
    for cut in (
        "?seen=nothing",
        "?seen=nothing&signs=",
        "?seen=too_little",
        "?seen=verif",
        "?seen=verify"[:6],
        "",
    ):
        assert heading(place.client.get(f"/share{cut}").text) == "Too little to say."


def test_a_link_says_itself_that_it_shows_no_check(place: Place) -> None:
    told = catalogue.text("shared.note", "es").text
    for query in ("seen=nothing", "seen=verify", "signs=urgency", ""):
        assert told in place.client.get(f"/share?lang=es&{query}").text
    assert told not in place.check(OFFER, lang="es")


@pytest.mark.parametrize("headline", HEADLINES)
def test_only_an_answer_with_something_to_verify_is_made_to_be_shown_around(
    place: Place, headline: Headline
) -> None:
    scope = {"type": "http", "app": place.service.app, "path": "/", "headers": []}
    request = Request(scope | {"query_string": b"", "root_path": ""})
    values: dict[str, Any] = {"text": OFFER, "pieces": [], "long": False, "shared": False}
    answer = Page(request).shown("answer", found=Read(headline, ()), **values)
    page = bytes(answer.body).decode()
    assert "data-print" in page
    assert ("data-share" in page) is ("data-picture" in page) is (headline == "verify")


@pytest.mark.parametrize("path", ["/help", "/advice", "/share"])
def test_each_form_of_the_help_keeps_what_the_other_chose(place: Place, path: str) -> None:
    page = place.client.get(f"{path}?country=PH&from=ID&to=AE").text
    forms = re.findall(r'<form method="get" action="/help".*?</form>', page, re.DOTALL)
    kept = [dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', one)) for one in forms]
    assert kept == [{"from": "ID", "to": "AE"}, {"country": "PH"}]


@settings(deadline=None)  # machines are busy
@given(st.text(max_size=300))
def test_any_query_gets_a_page(shared: Place, text: str) -> None:
    query = urlencode({"signs": text, "seen": text, "lang": text, "country": text, "from": text})
    for path in ("/share", "/help"):
        assert shared.client.get(f"{path}?{query}").status_code == 200


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("shared"))
    with made.client:
        yield made


def test_pages_come_compressed_where_that_is_taken(place: Place) -> None:
    packed = place.client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    plain = place.client.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == packed.text
    assert len(gzip.compress(plain.content)) < 6_000


def test_the_app_can_be_installed(place: Place) -> None:
    given = place.client.get("/manifest.webmanifest?lang=ar").json()
    assert (given["lang"], given["dir"], given["start_url"]) == ("ar", "rtl", "/?lang=ar")
    for icon in given["icons"]:
        body = place.client.get(icon["src"]).content
        size = int.from_bytes(body[16:20], "big")
        assert icon["sizes"] == f"{size}x{size}"
    assert place.client.get("/worker.js").headers["content-type"].startswith("text/javascript")
    for name in TYPES:
        assert place.client.get(f"/pages/{name}").status_code == 200
    for address in ICONS:
        assert place.client.get(address).headers["content-type"] == "image/png"
    assert place.client.get("/pages/pages.css").status_code == 404
    assert place.client.get("/pages/..%2fhtml.py").status_code == 404


def test_the_pages_can_be_switched_off(tmp_path: Path) -> None:
    made = Place(tmp_path, checker=False)
    with made.client:
        for path in (*PATHS, "/manifest.webmanifest", "/pages/pages.js"):
            assert made.client.get(path).status_code == 404
        assert made.client.post("/", data={"text": OFFER}).status_code == 404
        assert made.client.get("/health/live").status_code == 200


def test_forms_come_as_browsers_send_them(place: Place) -> None:
    for path in FORMS:
        assert place.client.post(path, json={"text": OFFER}).status_code == 415
    many = urlencode([("text", OFFER)] * (MAX_FIELDS + 1))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert place.client.post("/", content=many, headers=kind).status_code == 422
    broken = b"text=" + b"%FF%FE" + "\u00e9".encode()
    assert place.client.post("/", content=broken, headers=kind).status_code == 200
    assert place.client.post("/v1/score", data={"text": OFFER}).status_code == 415
    plain = "text=အလုပ် ခေါ်သည်".encode()  # as from a shell: no browser leaves it so
    assert "\nအလုပ် ခေါ်သည်</textarea>" in place.client.post("/", content=plain, headers=kind).text


# Reports


def test_a_report_is_taken_added_to_and_withdrawn(place: Place) -> None:
    page = place.client.post("/report", data={"step": "open", "text": OFFER}).text
    assert OFFER in page
    page = place.client.post("/report", data={"step": "send", "text": OFFER}).text
    found = re.search(r'class="code"><bdi dir="ltr">([^<]+)', page)
    assert found
    more = {"step": "send", "what": "They called again.", "code": found[1]}
    assert heading(place.client.post("/report", data=more).text) == "Your report was taken"
    gone = {"step": "withdraw", "code": found[1].lower()}
    assert heading(place.client.post("/report", data=gone).text) == "The report was withdrawn"
    assert heading(place.client.post("/report", data=gone).text) == "The report was withdrawn"
    answer = place.client.post("/report", data=gone | {"code": new_code()})
    assert answer.status_code == 404
    assert "No report has this code." in answer.text


def test_no_page_of_a_report_says_that_nothing_is_kept(place: Place) -> None:
    said, device = (catalogue.text(f"privacy.{one}", "en").text for one in ("text", "device"))
    assert said in place.client.get("/").text
    empty = place.client.get("/report").text
    done = place.client.post("/report", data={"step": "send", "text": OFFER}).text
    for page in (empty, done):
        assert said not in page
        assert device in page


def test_a_page_of_another_site_fills_the_form_and_sends_nothing(place: Place) -> None:
    """Else every visitor of it would report what it likes, each from an address of their own."""
    form, before = ADDITION | {"step": "send"}, reports_in(place)
    strange = {"Sec-Fetch-Site": "cross-site"}
    page = place.client.post("/report", data=form, headers=strange).text
    assert heading(page) == "Report this offer"
    assert typed(page) == {**ADDITION, "key": key_in(page)}
    assert key_in(page) != form["key"], "whoever knows the key could know the code"
    assert reports_in(place) == before
    done = {"done": "report.withdrawn"}
    page = place.client.post("/report", data=done, headers=strange).text
    assert heading(page) == "Report this offer"
    for ours in ({"Sec-Fetch-Site": "same-origin"}, {}):
        place.client.post("/report", data={"step": "send", "text": OFFER}, headers=ours)
    assert reports_in(place) == (before[0] + 2, before[1] + 2)


def test_what_became_of_a_report_is_told_in_another_language(place: Place) -> None:
    """With its code, and without what a stranger's form would have the page say."""
    code, before = new_code(), reports_in(place)
    form = {"done": "report.thanks", "code": code, "lang": "fr"}
    page = place.client.post("/report", data=form).text
    assert heading(page) == catalogue.text("report.thanks", "fr").text
    assert f'class="code"><bdi dir="ltr">{code}<' in page
    strange = place.client.post("/report", data=form | {"code": "Call us on 5550"}).text
    assert "Call us" not in strange
    assert 'class="code"' not in strange
    odd = place.client.post("/report", data={"done": "anything"}).text
    assert heading(odd) == "Report this offer"
    assert reports_in(place) == before


def key_in(page: str) -> str:
    """Of the form on a page."""
    found = re.search(r'<input type="hidden" name="key" value="([^"]+)">', page)
    assert found
    return found[1]


def test_a_form_that_is_sent_twice_is_one_report_with_one_code(place: Place) -> None:
    """By two taps, or again because the answer was lost; no script is needed."""
    post, rows = place.client.post, partial(reports_in, place)
    page = post("/report", data={"step": "open", "text": OFFER}).text
    form = {"step": "send", "text": OFFER, "key": key_in(page)}
    before = rows()
    pages = [post("/report", data=form | {"lang": one}).text for one in ("en", "es", "en")]
    codes = {re.findall(r'class="code"><bdi dir="ltr">([^<]+)', one)[0] for one in pages}
    assert len(codes) == 1
    assert rows() == (before[0] + 1, before[1] + 1)
    more = {"step": "send", "what": "They called again.", "code": codes.pop(), "key": form["key"]}
    for _ in range(2):
        assert heading(post("/report", data=more).text) == "Your report was taken"
    assert rows() == (before[0] + 1, before[1] + 2)


def test_every_form_has_a_key_of_its_own_and_keeps_it_until_it_is_taken(place: Place) -> None:
    keys = [key_in(place.client.get("/report").text) for _ in range(2)]
    assert keys[0] != keys[1]
    wrong = {"step": "send", "what": "a" * 20_001, "key": keys[0]}
    assert key_in(place.client.post("/report", data=wrong).text) == keys[0]
    wrong["key"] = '"><script>'  # none of ours
    assert key_in(place.client.post("/report", data=wrong).text) not in (keys[0], wrong["key"])


def typed(page: str) -> dict[str, str]:
    """What stands in the fields of the form on a page."""
    fields = dict(re.findall(r'<textarea id="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL))
    code = re.search(r'<input id="code"[^>]* value="([^"]*)"', page)
    assert code
    return fields | {"code": code[1], "key": key_in(page)}


ADDITION = {"text": OFFER, "what": "They called again.", "code": "", "key": "k" * 32}
"""All that a form can hold; whoever adds to a report has its code."""


def test_an_addition_that_is_refused_keeps_its_code(place: Place) -> None:
    post, rows = place.client.post, partial(reports_in, place)
    page = post("/report", data={"step": "send", "text": OFFER}).text
    found = re.search(r'class="code"><bdi dir="ltr">([^<]+)', page)
    assert found
    before = rows()
    form = ADDITION | {"code": found[1], "what": "a" * 20_001}
    page = post("/report", data=form | {"step": "send"}).text
    assert typed(page) == form
    page = post("/report", data=typed(page) | {"what": "They called again.", "step": "send"}).text
    assert heading(page) == "Your report was taken"
    assert rows() == (before[0], before[1] + 1)  # no second report
    wrong = ADDITION | {"code": new_code()}
    for step in ("send", "withdraw"):
        answer = post("/report", data=wrong | {"step": step})
        assert answer.status_code == 404
        assert typed(answer.text) == wrong
    odd = post("/report", data={"step": "withdraw", "code": '"><script>'}).text
    assert typed(odd)["code"] == "&#34;&gt;&lt;script&gt;"


def test_a_report_that_must_wait_is_kept_in_its_form(tmp_path: Path) -> None:
    made = Place(tmp_path, reports_public_key=KEY, report_codes_per_hour=1)
    form = ADDITION | {"code": new_code()}
    stopped = made.client.post("/report", data=form | {"step": "send"})  # never started
    assert (stopped.status_code, stopped.headers["retry-after"]) == (503, "60")
    assert "Try again in a minute." in visible(stopped.text)
    with made.client:
        made.client.post("/report", data=form | {"step": "send"})
        limited = made.client.post("/report", data=form | {"step": "send"})
    assert limited.status_code == 429
    assert 60 < int(limited.headers["retry-after"]) <= 3600
    assert "Try again later." in visible(limited.text)
    assert "a minute" not in visible(limited.text)
    assert typed(stopped.text) == typed(limited.text) == form


def test_the_longest_report_of_a_form_is_taken_until_the_report_is_full(place: Place) -> None:
    """The language that the form adds makes no text too long."""
    long = {"step": "send", "text": "\N{EGYPTIAN HIEROGLYPH A001}" * 20_000, "what": "a" * 20_000}
    page = place.client.post("/report", data=long)
    assert page.status_code == 200
    found = re.search(r'class="code"><bdi dir="ltr">([^<]+)', page.text)
    assert found
    answers = [place.client.post("/report", data=long | {"code": found[1]}) for _ in range(8)]
    assert [one.status_code for one in answers] == [200] * 6 + [422] * 2
    assert "This is too long" in visible(answers[-1].text)
    assert typed(answers[-1].text)["code"] == found[1]


def test_another_language_leaves_a_report_as_it_was_typed(place: Place) -> None:
    form, before = ADDITION | {"code": new_code()}, reports_in(place)
    page = place.client.get("/report").text
    assert page.count('<button form="report" name="lang"') == len(languages())
    answer = place.client.post("/report", data=form | {"lang": "ar"})
    assert answer.status_code == 200
    assert '<html lang="ar" dir="rtl">' in answer.text
    assert 'action="/report?lang=ar"' in answer.text
    assert typed(answer.text) == form
    assert reports_in(place) == before  # who changes the language has not sent a report


def reports_in(place: Place) -> tuple[int, int]:
    """How many are kept, and their parts."""

    def count(session: Session) -> tuple[int, int]:
        first, second = (
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Report, ReportPart)
        )
        return first, second

    found: tuple[int, int] = place.service.app.state.runtime().database.read_now(count)
    return found


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"step": "send"}, "There is nothing to read yet."),
        ({"step": "send", "what": "a" * 20_001}, "This is too long"),
        ({"step": "send", "what": "a", "code": "1234"}, "No report has this code."),
        ({"step": "withdraw"}, "No report has this code."),
    ],
)
def test_a_report_that_cannot_be_taken_says_why(
    place: Place, form: dict[str, str], said: str
) -> None:
    answer = place.client.post("/report", data=form)
    assert answer.status_code == 422
    assert said in answer.text


def test_without_a_key_there_is_no_report_to_make(shared: Place) -> None:
    assert shared.client.get("/report").status_code == 503
    assert "/report" not in shared.client.get("/").text


# Parts


@pytest.mark.parametrize(
    ("accepted", "region"),
    [("fil-PH,en;q=0.8", "PH"), ("zh-Hant-TW", "TW"), ("en, es-MX", ""), ("", ""), ("-", "")],
)
def test_the_region_of_a_browser(accepted: str, region: str) -> None:
    assert region_of(accepted) == region


def test_every_indicator_can_be_told(shared: Place) -> None:
    every = ".".join(Indicator)
    page = shared.client.get(f"/share?signs={every}&lang=my").text
    assert page.count('<li id="sign-') == len(Indicator)
    assert len(Kind) == 6  # a new kind needs its headline: service/pages/reading.py
