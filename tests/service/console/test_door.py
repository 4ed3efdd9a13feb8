"""Who gets into the console, how long, and what nobody gets by another's page."""

import base64
import hashlib
import logging
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service import access
from service.access import Scope
from service.api.console import SIGN_INS_PER_HOUR
from service.console.gate import COOKIE, SECURE_COOKIE
from service.console.html import ADDRESSES, STATIC
from service.console.shift import begin, opened, sealed
from service.store import Database, Vault
from service.store.base import now
from tests.service.console.browsing import Reviewer, ad_on, heading
from tests.service.desk import SURE, desk, desk_settings, score

PATHS = (
    "/review", "/review/queue", "/review/figures", "/review/settings", "/review/audit",
    "/review/counts", "/review/ads/ad_0", "/review/campaigns/cam_0",
)  # fmt: skip


@pytest.fixture(scope="module")
def guarded(url: str) -> Iterator[TestClient]:
    """Asks for keys."""
    with desk(desk_settings(url, authentication="on")) as client:
        yield client


def key_for(client: TestClient, *scopes: Scope, **more: Any) -> tuple[str, str]:
    """Id and key."""
    database: Database = client.app.state.runtime().database  # type: ignore[attr-defined]
    made: tuple[str, str] = database.write_now(access.add, "test", scopes, **more)
    return made


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_shown_to_one_who_is_not_signed_in(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    asked = answer.headers.get("location") or answer.headers.get("hx-redirect")
    assert asked == "/review/sign-in"
    assert answer.text == ""


def test_a_part_of_a_page_asks_the_whole_page_to_sign_in(client: TestClient) -> None:
    answer = client.get("/review/counts", headers={"HX-Request": "true"}, follow_redirects=False)
    assert answer.headers["HX-Redirect"] == "/review/sign-in"
    assert answer.text == ""


def test_htmx_is_what_its_authors_published() -> None:
    """SHA-256 of `dist/htmx.min.js` of htmx.org 2.0.11."""
    digest = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
    assert hashlib.sha256(STATIC["htmx.min.js"]).hexdigest() == digest


def test_a_name_is_enough_where_no_key_is_asked_for(client: TestClient) -> None:
    score(client, f"job {SURE}")
    assert 'id="key"' not in client.get("/review/sign-in").text
    assert client.post("/review/sign-in", data={"name": " "}).status_code == 422
    assert heading(Reviewer(client).open()) == "One ad to judge"


def test_only_a_key_for_reviewing_opens_it(guarded: TestClient) -> None:
    assert 'id="key"' in guarded.get("/review/sign-in").text
    _, reports = key_for(guarded, Scope.REPORTS)
    _, ended = key_for(guarded, Scope.REVIEW, expires_at=now() - timedelta(days=1))
    for key in ("", "lw_wrong", reports, ended):
        answer = guarded.post("/review/sign-in", data={"name": "ana", "key": key})
        assert answer.status_code == 403
        assert "unknown, has ended, or is not for reviewing" in answer.text
    _, key = key_for(guarded, Scope.REVIEW)
    Reviewer(guarded, key=key).open()


def test_a_key_that_ends_ends_its_sessions(guarded: TestClient) -> None:
    key_id, key = key_for(guarded, Scope.REVIEW)
    ana = Reviewer(guarded, key=key)
    ana.open()
    database: Database = guarded.app.state.runtime().database  # type: ignore[attr-defined]
    database.write_now(access.revoke, key_id)
    assert ana.client.get("/review", follow_redirects=False).status_code == 303


def test_the_audit_trail_needs_a_key_of_administration(guarded: TestClient) -> None:
    _, key = key_for(guarded, Scope.REVIEW)
    ana = Reviewer(guarded, key=key)
    assert "/review/audit" not in ana.open()
    assert ana.client.get("/review/audit").status_code == 403
    _, both = key_for(guarded, Scope.REVIEW, Scope.ADMIN)
    assert "/review/audit" in Reviewer(guarded, key=both).open()


def test_signing_out_ends_a_session_that_somebody_copied(client: TestClient) -> None:
    ana = Reviewer(client)
    copied = ana.client.cookies[COOKIE]
    page = ana.open()
    assert ana.send("/review/sign-out", page).status_code == 303
    assert COOKIE not in ana.client.cookies
    thief = TestClient(client.app, cookies={COOKIE: copied})
    assert thief.get("/review", follow_redirects=False).status_code == 303


def test_signing_out_gives_the_ad_back(client: TestClient) -> None:
    score(client, f"job {SURE}")
    ana = Reviewer(client)
    ad = ad_on(ana.open())
    ben = Reviewer(client, "ben")
    assert heading(ben.open()) == "No ad waits for you."
    ana.send("/review/sign-out", ana.open())
    assert ad_on(ben.open()) == ad


def test_the_cookie_is_for_the_browser_alone_and_says_nothing(client: TestClient) -> None:
    given = {"name": "ana-of-the-night"}
    answer = client.post("/review/sign-in", data=given, follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    for part in (f"{COOKIE}=", "HttpOnly", "SameSite=strict", "Path=/review", "Max-Age=36000"):
        assert part in cookie
    assert "Secure" not in cookie
    assert "ana-of-the-night" not in cookie
    over_tls = client.post(
        "/review/sign-in", data=given, follow_redirects=False,
        headers={"Origin": "https://testserver"},
    )  # fmt: skip
    assert over_tls.headers["set-cookie"].startswith(f"{SECURE_COOKIE}=")
    assert "Secure" in over_tls.headers["set-cookie"]


def test_a_session_that_was_changed_or_is_another_thing_is_none(vault: Vault) -> None:
    shift = begin(None, "r" * 32, "en", desk_settings("sqlite://"))
    cookie = sealed(shift, vault)
    assert opened(cookie, vault) == shift
    assert opened(cookie[:-6] + "AAAAA=", vault) is None
    assert opened("nothing of ours", vault) is None
    assert opened(sealed(shift, Vault(bytes(32))), vault) is None
    assert opened(sealed(replace(shift, until=time.time() - 1), vault), vault) is None
    other = base64.urlsafe_b64encode(vault.seal({"reviewer": "r"})).decode()
    assert opened(other, vault) is None


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({}, "0" * 48),
        ({"Sec-Fetch-Site": "cross-site"}, None),
        ({"Sec-Fetch-Site": "same-site"}, None),
        ({"Origin": "https://elsewhere.example"}, None),
        ({"Origin": "null"}, None),
    ],
)
def test_a_form_of_another_page_does_nothing(
    client: TestClient, headers: dict[str, str], token: str | None
) -> None:
    score(client, f"job {SURE}")
    ana = Reviewer(client)
    page = ana.open()
    fields = {"ad": ad_on(page), "kind": "lure"} | ({} if token is None else {"token": token})
    ana.client.headers.update(headers)
    answer = ana.send("/review/decide", page, **fields)
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    for name in headers:
        del ana.client.headers[name]
    assert ad_on(ana.open()) == fields["ad"]


def test_what_is_wrong_at_the_door_is_told_beside_what_was_typed(url: str) -> None:
    with desk(desk_settings(url, authentication="on")) as client:
        blank = client.post("/review/sign-in", data={"name": "  ", "key": "lw_guess"})
        assert blank.status_code == 422
        assert "Please write your name or your number." in blank.text
        wrong = client.post("/review/sign-in", data={"name": 'ana "7"', "key": "lw_guess"})
        assert wrong.status_code == 403
        assert 'value="ana &#34;7&#34;"' in wrong.text
        for answer, field in ((blank, "name"), (wrong, "key")):
            (told,) = re.findall(r"<input[^>]*aria-invalid[^>]*>", answer.text)
            assert f'name="{field}"' in told
            assert "lw_guess" not in answer.text


def test_a_token_of_another_session_does_not_fit(client: TestClient) -> None:
    ana, ben = Reviewer(client), Reviewer(client, "ben")
    assert ana.send("/review/undo", ben.open("/review/settings")).status_code == 403


def test_nobody_is_signed_in_by_another_page(client: TestClient) -> None:
    answer = client.post(
        "/review/sign-in", data={"name": "ana"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_keys_are_not_guessed_at_leisure(url: str) -> None:
    with desk(desk_settings(url, authentication="on")) as client:
        form = {"name": "ana", "key": "lw_guess"}
        for _ in range(SIGN_INS_PER_HOUR):
            assert client.post("/review/sign-in", data=form).status_code == 403
        answer = client.post("/review/sign-in", data=form)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 60, "as the hourly limit has it"


def test_no_key_name_or_text_reaches_the_log(
    guarded: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    _, key = key_for(guarded, Scope.REVIEW)
    _, scoring = key_for(guarded, Scope.SCORE)
    ad = {"ads": [{"text": f"xylophone {SURE}"}]}
    bearer = {"Authorization": f"Bearer {scoring}"}
    assert guarded.post("/v1/score", json=ad, headers=bearer).status_code == 200
    with caplog.at_level(logging.INFO):
        ana = Reviewer(guarded, "zanzibar-name", key=key)
        ana.decide()
        ana.client.get("/review/campaigns/xylophone")
    ours = [record for record in caplog.records if record.name.startswith("service")]
    said = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in ours)
    assert "/review/decide" in said
    for secret in (key, "zanzibar", "xylophone"):
        assert secret not in said


@pytest.mark.parametrize("path", ["/review/sign-in", "/review", "/review/queue", "/review/figures"])
def test_no_page_lets_anything_of_others_in(client: TestClient, path: str) -> None:
    score(client, f"job {SURE}")
    ana = Reviewer(client)
    answer = ana.client.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<style|\sstyle=|<script>|\son\w+=|https?://", answer.text)


def test_files_are_asked_for_once_and_under_their_own_address(client: TestClient) -> None:
    for address in ADDRESSES.values():
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/review/static/0000000000000000/console.js").status_code == 404


def test_counts_cost_nothing_while_nothing_changes(client: TestClient) -> None:
    ana = Reviewer(client)
    first = ana.client.get("/review/counts")
    tag = {"If-None-Match": first.headers["etag"]}
    again = ana.client.get("/review/counts", headers=tag)
    assert (again.status_code, again.text) == (304, "")
    score(client, f"job {SURE}")
    assert ana.client.get("/review/counts", headers=tag).status_code == 200


def test_there_is_no_console_without_a_queue_or_where_it_is_switched_off(url: str) -> None:
    for off in ({"review_queue": False}, {"console": False}):
        with desk(desk_settings(url, **off)) as client:
            assert client.get("/review").status_code == 404
