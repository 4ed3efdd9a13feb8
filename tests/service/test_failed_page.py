"""Refusals before any page is asked: a person sees a page, a program JSON."""

import asyncio
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.types import Message

from service.console.forms import form_of as reviewers_form
from service.edge import MAX_FORM_BYTES
from service.pages.forms import form_of
from service.problems import MEDIA_TYPE
from tests.live import Service

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "es"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    made = Service(data_dir=tmp_path_factory.mktemp("pages"), review_queue=True)
    with TestClient(made.app) as client:
        yield client


def asked(client: TestClient, method: str, path: str, **more: Any) -> Any:
    """As a program asks, then as a browser: the same status, JSON and a page in Spanish."""
    headers = more.pop("headers", {})
    program = client.request(method, path, headers=headers, **more)
    assert program.headers["content-type"] == MEDIA_TYPE
    person = client.request(method, path, headers={**headers, **BROWSER}, **more)
    assert person.status_code == program.status_code
    assert person.headers["content-type"].startswith("text/html")
    assert person.headers["content-language"] == "es"
    assert '<html lang="es"' in person.text
    assert person.headers.get("allow") == program.headers.get("allow")
    return person


@pytest.mark.parametrize("path", ["/nowhere", "/review/nowhere", "/reviewed"])
def test_an_address_that_is_none(client: TestClient, path: str) -> None:
    answer = asked(client, "GET", path)
    assert answer.status_code == 404
    assert "Ya no está" in answer.text


def test_a_console_that_is_off_is_an_address_that_is_none(tmp_path: Path) -> None:
    with TestClient(Service(data_dir=tmp_path).app) as client:
        for path in ("/review", "/review/queue"):
            assert "Ya no está" in asked(client, "GET", path).text


def test_words_of_an_address_are_in_no_link_of_the_page(client: TestClient) -> None:
    """Two strokes lead to another host."""
    answer = client.get("http://testserver//example.org/x?lang=es&q=y", headers=BROWSER)
    assert answer.status_code == 404
    assert "example.org" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/review/decide"), ("POST", "/advice"), ("DELETE", "/report")]
)
def test_a_method_that_is_not_answered(client: TestClient, method: str, path: str) -> None:
    assert asked(client, method, path).status_code == 405


@pytest.mark.parametrize("path", ["/", "/report", "/review/sign-in"])
@pytest.mark.parametrize("told", [True, False])
def test_a_form_that_is_too_large(client: TestClient, path: str, told: bool) -> None:
    """Refused by its length, or while it arrives."""
    body = b"text=" + b"x" * MAX_FORM_BYTES
    content = body if told else iter([body])
    if told:
        assert asked(client, "POST", path, content=content, headers=FORM).status_code == 413
    else:
        answer = client.post(path, content=content, headers={**FORM, **BROWSER})
        assert (answer.status_code, answer.headers["content-language"]) == (413, "es")
    fits = client.post(path, content=b"text=" + b"x" * 600_000, headers={**FORM, **BROWSER})
    assert fits.status_code != 413


@pytest.mark.parametrize(("method", "form"), [("GET", None), ("POST", {"step": "open"})])
def test_reports_that_are_not_taken(client: TestClient, method: str, form: Any) -> None:
    answer = asked(client, method, "/report", data=form)
    assert answer.status_code == 503
    assert "retry-after" not in answer.headers
    assert "<h1>Aquí no se reciben informes.</h1>" in answer.text
    assert 'href="/help?lang=es"' in answer.text
    assert 'href="/report?lang=ar"' in answer.text
    arabic = client.get("/report?lang=ar", headers=BROWSER)
    assert '<html lang="ar" dir="rtl">' in arabic.text


@pytest.mark.parametrize("path", ["/review", "/review/queue"])
def test_a_console_whose_service_has_not_started(tmp_path: Path, path: str) -> None:
    client = TestClient(Service(data_dir=tmp_path, review_queue=True).app)
    answer = client.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert answer.headers["content-language"] == "es"
    assert "El servicio está ocupado." in answer.text
    assert client.get("/review/sign-in", headers=BROWSER).status_code == 200


def test_a_defect(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    made = Service(data_dir=tmp_path)
    with TestClient(made.app) as client:
        made.app.state.runtime = broken
        answer = asked(client, "POST", "/", data={"text": "Free visa"})
        assert (answer.status_code, answer.headers["retry-after"]) == (500, "60")
        assert "Si está en peligro, no espere" in answer.text
        made.app.state.help_book = None  # no page can be made
        answer = client.post("/", data={"text": "Free visa"}, headers=BROWSER)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "page of a problem not made" in caplog.text


def test_a_console_under_a_foreign_name(client: TestClient) -> None:
    """Whoever reviews reads why, whoever runs the service what to set."""
    headers = {**BROWSER, "Host": "console.example.org"}
    answer = client.post("/review/sign-in", data={"name": "ana"}, headers=headers)
    assert answer.status_code == 403
    assert "El servicio no conoce el nombre" in answer.text
    (detail,) = re.findall('<p lang="en" dir="ltr">(.*)</p>', answer.text)
    assert "LUREWATCH_ALLOWED_HOSTS" in detail


def test_what_programs_ask_for_is_json_whatever_they_accept(client: TestClient) -> None:
    for method, path in (("GET", "/v1/nowhere"), ("GET", "/v1/score"), ("GET", "/v1/queue/x")):
        answer = client.request(method, path, headers=BROWSER)
        assert answer.headers["content-type"] == MEDIA_TYPE, path


def test_where_no_pages_are_served_none_is_shown(tmp_path: Path) -> None:
    with TestClient(Service(data_dir=tmp_path, checker=False).app) as client:
        for path in ("/", "/review", "/nowhere"):
            assert client.get(path, headers=BROWSER).headers["content-type"] == MEDIA_TYPE


@pytest.mark.parametrize("read", [form_of, reviewers_form])
def test_a_long_form_holds_nobody_up(read: Any) -> None:
    body = b"text=" + b"%0D%0A" * (MAX_FORM_BYTES // 6)

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def longest_pause() -> float:
        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        reading = asyncio.create_task(read(Request(scope, receive)))
        longest, last = 0.0, time.thread_time()
        while not reading.done():
            await asyncio.sleep(0)
            now = time.thread_time()
            longest, last = max(longest, now - last), now
        await reading
        return longest

    assert asyncio.run(longest_pause()) < 0.05, "processor time of the loop's own thread"
