"""The pages for people in a real browser: the shipped bundle answers, Chromium shows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nacl.encoding import Base64Encoder
from nacl.public import PrivateKey
from playwright.sync_api import Browser, Route

from service.app import create_app
from service.indicators import languages, text
from service.indicators.languages import direction
from service.pages import catalogue
from service.pages.marking import shown
from service.reports.codes import new_code
from service.settings import Settings
from tests.e2e import visiting
from tests.e2e.visiting import NARROW, WIDE
from tests.live import live

LURE = (
    "Hiring chat support for our partner office near Poipet, 1,600 USD, room and food free, no "
    "experience. You fly Thursday on a tourist visa, the work permit comes later. Send a photo of "
    "your passport on Telegram, I answer day and night."
)
EXIT = "https://weather.example.org/"

HOSTILE = {
    "script": "<script>document.title='x'</script></blockquote><img src=x onerror=alert(1)>"
    '"\'><svg onload=alert(1)><a href="javascript:alert(1)">pay a fee first</a>{{ 7 * 7 }}',
    "bidirectional": "Pay \u202e the fee \u2066first\u202d to \u200fme\u2069 \u202c" * 40,
    "stacked": "fee" + "\u0301" * 300 + " and a passport photo on Telegram",
    "long": LURE + "w" * (20_000 - len(LURE)),
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    key = PrivateKey.generate().public_key.encode(Base64Encoder).decode()
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("pages"), checker_exit=EXIT, reports_public_key=key
    )
    with live(create_app(settings)) as url:
        yield url


class Visit(visiting.Visit):
    """One who checks an offer."""

    def check(self, words: str = LURE) -> None:
        """Paste a text and press the button."""
        self.page.fill("#text", words)
        self.page.click("button.main")
        self.page.wait_for_selector("#result")

    def choose(self, **countries: str) -> None:
        """Choose in one form of the help, and see it shown: what a server has put in is marked."""
        for name, code in countries.items():
            self.page.select_option(f"#{name}", code)
        self.page.locator("form[data-part]", has=self.page.locator(f"#{name}")).get_by_role(
            "button"
        ).click()
        for name, code in countries.items():
            shown = f"#{name} option[value={code}][selected]"
            self.page.wait_for_selector(shown, state="attached")

    def read_in(self, language: str) -> None:
        """Choose another language."""
        self.page.click(".languages summary")
        self.page.click(f".languages [lang={language}]")
        self.page.wait_for_selector(f"html[lang={language}]")


@pytest.fixture
def visits(browser: Browser, address: str) -> Iterator[list[Visit]]:
    made: list[Visit] = []
    yield made
    for one in made:
        one.context.close()


@pytest.fixture
def visit(browser: Browser, address: str, visits: list[Visit]) -> Any:
    def begin(**options: Any) -> Visit:
        visits.append(Visit(browser, address, **{"viewport": NARROW, "locale": "en"} | options))
        return visits[-1]

    return begin


@pytest.mark.parametrize("language", languages())
def test_every_language_is_whole_on_the_narrowest_screen(visit: Any, language: str) -> None:
    """Chosen from what the browser says. Accessible as far as axe can tell, with JavaScript."""
    one = visit(locale=language)
    one.page.goto("/")
    html = one.page.locator("html")
    assert html.get_attribute("lang") == language
    assert html.get_attribute("dir") == direction(language)
    assert one.page.inner_text("h1") == catalogue.text("page.title", language).text
    assert one.overflow() == 0
    one.check()
    assert one.page.inner_text("h1") == text("general.verify", language).text
    assert one.page.locator("mark").count() > 2
    assert one.overflow() == 0
    assert one.violations(contrast=language in ("en", "ar", "my", "zh")) == []
    assert one.complaints == []


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/", "en"),
        ("/", "ar"),
        ("/advice", "ur"),
        ("/help?country=PH&from=PH&to=AE", "ar"),
        ("/share?signs=urgency.odd_link", "en"),
        ("/report", "ar"),
    ],
)
def test_every_page_is_accessible_on_a_desktop(visit: Any, path: str, language: str) -> None:
    one = visit(viewport=WIDE)
    one.page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
    one.page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert one.page.get_attribute("html", "dir") == direction(language)
    assert one.violations() == []
    assert one.overflow() == 0
    assert one.complaints == []


def test_all_of_it_works_without_javascript(visit: Any) -> None:
    one = visit(java_script_enabled=False)
    one.page.goto("/")
    one.check()
    assert one.page.inner_text("h1") == "Indicators present, verify."
    one.page.click(".languages summary")
    one.page.click(".languages button[value=ar]")
    assert one.page.inner_text("h1") == text("general.verify", "ar").text
    assert one.page.input_value("#text") == LURE
    one.page.select_option("#country", "PH")
    one.page.click("#help form button")
    assert one.page.get_attribute("html", "dir") == "rtl"
    assert one.page.locator("#help h3").count() == 1
    assert one.page.locator("a[href^='tel:']").count() > 0
    for name in ("data-print", "data-picture", "data-keep"):
        assert one.page.locator(f"[{name}]:visible").count() == 0


def test_an_offer_is_reported_and_withdrawn_without_javascript(visit: Any) -> None:
    one = visit(java_script_enabled=False)
    one.page.goto("/")
    one.check()
    one.page.click("button[value=open]")
    assert one.page.input_value("#text") == LURE
    one.page.fill("#what", "They asked my cousin for her passport.")
    one.page.click("button[value=send]")
    code = one.page.inner_text(".code")
    one.read_in("es")
    assert one.page.inner_text("h1") == catalogue.text("report.thanks", "es").text
    assert one.page.inner_text(".code") == code  # which is shown once: it must not be lost
    one.page.goto("/report")
    one.page.fill("#code", code)
    one.page.click("button[value=withdraw]")
    assert one.page.inner_text("h1") == "The report was withdrawn"


OLD = "delete SubmitEvent.prototype.submitter"
"""Safari until 15.3, Chrome until 80: they take the script, and do not say which button sent."""


def test_an_old_browser_sends_what_was_pressed(visit: Any) -> None:
    one = visit()
    one.page.add_init_script(OLD)
    one.page.goto("/")
    one.check()
    one.page.click("button[value=open]")
    one.page.wait_for_selector("#what")
    assert one.page.input_value("#text") == LURE
    one.page.fill("#what", "They asked my cousin for her passport.")
    one.read_in("es")
    one.page.click("button[value=send]")
    code = one.page.inner_text(".code")
    one.page.click("footer a[href^='/report']")
    one.page.fill("#what", "They called again.")
    one.page.fill("#code", code)
    one.page.press("#code", "Enter")
    one.page.wait_for_selector("h1[data-focus]")
    assert one.page.inner_text("h1") == catalogue.text("report.thanks", "es").text
    one.page.click("footer a[href^='/report']")
    one.page.fill("#code", code)
    one.page.click("button[value=withdraw]")
    one.page.wait_for_selector("h1[data-focus]")
    assert one.page.inner_text("h1") == catalogue.text("report.withdrawn", "es").text
    assert one.complaints == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_report_stays_as_it_was_typed_in_another_language(visit: Any, scripts: bool) -> None:
    one = visit(java_script_enabled=scripts)
    one.page.goto("/report")
    typed = {"#text": LURE, "#what": "They asked my cousin for her passport.", "#code": new_code()}
    for place, words in typed.items():
        one.page.fill(place, words)
    one.read_in("es")
    assert {place: one.page.input_value(place) for place in typed} == typed
    one.page.press("#code", "Enter")  # sends, and chooses no language
    one.page.wait_for_selector("#error")
    assert one.page.inner_text("#error") == catalogue.text("report.no_code", "es").text
    assert {place: one.page.input_value(place) for place in typed} == typed


def test_two_taps_send_a_form_once(visit: Any) -> None:
    """Without scripts it is the form's key that makes one report of two: tests/service/pages."""
    one = visit()
    sent: list[str] = []
    one.page.on("request", lambda request: sent.append(request.method))
    one.page.goto("/report")
    one.page.fill("#what", "They asked my cousin for her passport.")
    two_taps = "(button) => { button.click(); button.click(); }"
    one.page.locator("button[value=send]").evaluate(two_taps)
    one.page.wait_for_selector(".code")
    assert sent.count("POST") == 1
    assert one.complaints == []


def test_a_keyboard_is_enough(visit: Any) -> None:
    one = visit(viewport=WIDE)
    one.page.goto("/")
    press = one.page.keyboard.press
    press("Tab")
    assert one.page.inner_text(":focus") == "Skip to the content"
    press("Tab")
    assert one.page.inner_text(":focus") == "Leave quickly"
    for _ in range(3):
        press("Tab")
    assert one.page.get_attribute(":focus", "id") == "text"
    one.page.keyboard.type("They keep my passport and I must pay a fee to work.")
    press("Tab")
    press("Enter")
    one.page.wait_for_selector("#result")
    # A screen reader goes on at the answer.
    assert one.page.evaluate("document.activeElement.tagName") == "H1"
    for _ in range(2):
        press("Tab")
    press("Enter")
    assert one.page.evaluate("document.activeElement.id").startswith("sign-")


@pytest.mark.parametrize("language", ["en", "ar", "my"])
def test_a_screen_reader_is_told_the_answer_and_what_each_mark_shows(
    visit: Any, language: str
) -> None:
    one = visit(locale=language)
    one.page.goto("/")
    assert one.nameless() == []
    one.check()
    headline = text("general.verify", language).text
    heard = one.page.get_by_role("heading", name=headline, level=1, exact=True)
    assert heard.get_attribute("data-focus") is not None
    signs = one.page.locator(".signs h3").all_inner_texts()
    assert len(signs) > 2
    for number, shown_name in enumerate(signs, 1):
        name = shown_name.removeprefix(str(number)).strip()
        assert one.page.get_by_role("heading", name=name, exact=True).count() == 1
        notes = one.page.get_by_role("link", name=f"{number}: {name}", exact=True)
        assert notes.count() > 0
        assert notes.first.get_attribute("href") == f"#sign-{number}"
    assert one.page.locator(".ad").aria_snapshot().count("- mark:") > 2
    assert one.nameless() == []


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_shown_and_does_nothing(visit: Any, name: str) -> None:
    one = visit()
    one.page.goto("/")
    title = "Check a job offer"
    one.check(HOSTILE[name])
    without_signs = (
        "(e) => { for (const s of e.querySelectorAll('sup')) s.remove(); return e.textContent }"
    )
    assert one.page.eval_on_selector(".ad", without_signs) == shown(HOSTILE[name])
    assert title in one.page.title()
    assert one.page.locator(".ad :not(mark, sup, sup *)").count() == 0
    assert one.overflow() == 0
    assert one.complaints == []


def test_nothing_is_asked_of_others_and_nothing_is_left_on_the_device(visit: Any) -> None:
    one = visit()
    one.page.goto("/")
    one.check()
    for path in ("/advice", "/help?country=PH", "/report"):
        one.page.goto(path)
    assert {url.split("/")[2] for url in one.asked} == {one.address.split("/")[2]}
    assert one.context.cookies() == []
    kept = "[localStorage.length, sessionStorage.length, (await caches.keys()).length]"
    assert one.page.evaluate(f"(async () => {kept})()") == [0, 0, 0]
    assert (
        one.page.evaluate("navigator.serviceWorker.getRegistrations().then((a) => a.length)") == 0
    )


def test_leaving_quickly_leaves_no_page_to_go_back_to(visit: Any) -> None:
    one = visit()

    def elsewhere(route: Route) -> None:
        assert "referer" not in route.request.headers
        route.fulfill(body="<title>Weather</title>", content_type="text/html")

    one.context.route(f"{EXIT}**", elsewhere)
    one.page.goto("/")
    one.check()
    one.page.click("footer a[href='/advice']")
    one.page.wait_for_url("**/advice")
    one.page.click("[data-leave]")
    one.page.wait_for_url(EXIT)
    one.page.go_back()
    assert one.page.url == "about:blank"


def test_the_advice_opens_offline_once_it_is_kept(visit: Any) -> None:
    one = visit(locale="ar")
    one.page.goto("/advice")
    one.choose(country="PH")
    numbers = one.page.locator("a[href^='tel:']")
    online = numbers.all_inner_texts()
    assert len(online) > 0
    one.page.click("[data-keep]")
    one.page.wait_for_selector("[data-forget]:visible")
    one.context.set_offline(True)
    one.page.goto("/")
    assert one.page.inner_text("h1") == catalogue.text("advice.title", "ar").text
    assert numbers.all_inner_texts() == online
    one.page.click("[data-forget]")
    one.page.wait_for_selector("[data-keep]:visible")
    assert one.page.evaluate("caches.keys()") == []


@pytest.mark.parametrize("scripts", [True, False])
def test_chosen_countries_stay_in_another_language(visit: Any, scripts: bool) -> None:
    one = visit(java_script_enabled=scripts)
    one.page.goto("/help")
    one.choose(**{"from": "PH", "to": "AE"})
    one.choose(country="PH")
    one.choose(**{"from": "ID"})  # with scripts in a form that knows of no country
    one.read_in("fr")
    chosen = [one.page.input_value(f"#{name}") for name in ("country", "from", "to")]
    assert chosen == ["PH", "ID", "AE"]
    assert one.page.locator("#help h3").count() == 1
    assert one.page.locator("a[href^='tel:']").count() > 0


def test_a_shared_result_stays_where_a_country_is_chosen(visit: Any) -> None:
    one = visit()
    one.page.goto("/share?seen=verify&signs=urgency.odd_link")
    one.choose(country="PH")
    one.read_in("fr")
    assert one.page.locator(".signs > li").count() == 2
    assert one.page.locator("a[href^='tel:']").count() > 0


@pytest.mark.parametrize(
    ("status", "media", "body", "said"),
    [
        (502, "text/html", "<title>502</title><h1>Bad Gateway</h1>", "error.busy"),  # a proxy
        (503, "application/problem+json", '{"title": "No model is loaded"}', "error.busy"),
        (413, "application/problem+json", '{"title": "The body is too large"}', "error.long"),
        (413, "text/html", "<h1>Request Entity Too Large</h1>", "error.long"),
    ],
)
def test_what_is_no_page_of_ours_takes_nothing_away(
    visit: Any, status: int, media: str, body: str, said: str
) -> None:
    one = visit()

    def other(route: Route) -> None:
        if route.request.resource_type == "fetch":
            route.fulfill(status=status, content_type=media, body=body)
        else:
            route.continue_()

    one.page.goto("/report")
    one.page.fill("#what", LURE)
    key = one.page.get_attribute("[name=key]", "value")
    one.context.route("**/*", other)
    for press in ("button[value=send]", "footer a[href='/advice']"):
        one.page.evaluate("document.querySelector('#status').textContent = ''")
        one.page.click(press)
        one.page.wait_for_selector("#status:not(.hidden):not(:empty)")
        assert one.page.inner_text("#status") == catalogue.text(said, "en").text
        assert one.page.input_value("#what") == LURE
        assert one.page.get_attribute("[name=key]", "value") == key
        assert one.page.locator("[data-leave]").count() == 1
        assert one.page.url.endswith("/report")


def test_a_text_is_still_there_when_the_connection_goes(visit: Any) -> None:
    one = visit()
    one.page.goto("/")
    one.page.fill("#text", LURE)
    one.context.set_offline(True)
    one.page.click("button.main")
    one.page.wait_for_selector("#status:not(.hidden)")
    assert one.page.inner_text("#status") == catalogue.text("error.offline", "en").text
    assert one.page.input_value("#text") == LURE


def test_a_link_without_a_connection_takes_nothing_away_that_was_typed(visit: Any) -> None:
    """Without one there is no going back to it either."""
    one = visit()
    one.page.goto("/report")
    one.page.fill("#what", LURE)
    one.context.set_offline(True)
    one.page.click("footer a[href='/advice']")
    one.page.wait_for_selector("#status:not(.hidden)")
    assert one.page.inner_text("#status") == catalogue.text("error.offline", "en").text
    assert one.page.input_value("#what") == LURE
    assert one.page.locator("[data-leave]").count() == 1


def test_the_result_is_saved_as_a_picture_and_printed(visit: Any, tmp_path: Path) -> None:
    one = visit(locale="my")
    one.page.goto("/")
    one.check()
    with one.page.expect_download() as download:
        one.page.click("[data-picture]")
    download.value.save_as(tmp_path / "advice.png")
    head = (tmp_path / "advice.png").read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    assert width == 1080
    assert height > 800
    one.page.emulate_media(media="print")
    assert (
        one.page.locator("header, form, .actions, [data-leave]").locator("visible=true").count()
        == 0
    )
    assert one.page.locator(".signs li").locator("visible=true").count() > 2


def test_what_is_shared_holds_no_word_of_the_text(visit: Any) -> None:
    one = visit()
    one.page.goto("/")
    one.check()
    link = one.page.get_attribute("[data-share]", "href")
    assert "Poipet" not in link
    assert "signs=" in link
    seen = one.page.locator(".signs h3").all_inner_texts()
    one.page.goto(link)
    assert one.page.locator(".signs h3").all_inner_texts() == seen
    assert "Poipet" not in one.page.content()


def test_the_documentation_works_under_its_policy(browser: Browser, address: str) -> None:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/docs")
    page.get_by_text("/health/live", exact=True).click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.get_by_text('"status": "live"').first.wait_for()
    page.close()
    assert complaints == []
