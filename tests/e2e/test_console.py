"""The reviewers' console in a real browser: Chromium shows, a keyboard decides."""

import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from service.app import create_app
from service.console import catalogue
from service.console.context import HARM_KEYS, KIND_KEYS
from service.indicators import languages, text
from service.indicators.languages import direction
from service.limiting import HOUR_S
from service.pages.marking import shown
from service.settings import Settings
from service.store import Database
from service.store.tables import AuditEntry, Feedback
from service.window import MovingWindow
from tests.e2e.visiting import NARROW, WIDE, Visit
from tests.live import live, stub_engine
from tests.service.console.browsing import ACTIONS, SHARE
from tests.service.desk import SIGN, SURE, Told, desk_settings, emptied

LURE = (
    "Hiring chat support for our partner office near Poipet, 1,600 USD, room and food free, no "
    "experience. You fly Thursday on a tourist visa, the work permit comes later. Send a photo of "
    "your passport on Telegram, I answer day and night."
)
HOSTILE = {
    "script": "<script>document.title='x'</script></blockquote><img src=x onerror=alert(1)>"
    f'"\'><svg onload=alert(1)><a href="javascript:alert(1)">{SIGN}</a>{{{{ 7 * 7 }}}}'
    '<form action="/review/sign-out" hx-post="/review/undo" hx-trigger="load">',
    "bidirectional": f"Pay \u202e the fee \u2066first\u202d to \u200fme\u2069 \u202c{SIGN} " * 40,
    "stacked": "fee" + "\u0301" * 300 + f" and {SIGN}",
    "long": f"{SIGN} " + "w" * (20_000 - len(SIGN) - len(SURE) - 2),
}
PAGES = ("", "/queue", "/figures", "/settings", "/audit")
ALL_OPEN = "document.querySelectorAll('details').forEach((each) => each.open = true)"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shipped bundle, and one lure that it found."""
    folder = tmp_path_factory.mktemp("console")
    settings = Settings(data_dir=folder, review_queue=True, campaigns=True, workers=1)
    with live(create_app(settings)) as url:
        give(url, {"text": LURE, "platform": "social", "thread": ["Hello, still free?"]})
        yield url


class Served:
    """A service over the model that does what texts tell it."""

    def __init__(self, folder: Path, **more: Any) -> None:
        url = f"sqlite:///{folder / 'lurewatch.db'}"
        actions = folder / "actions.toml"
        actions.write_text(ACTIONS)
        given = {"campaigns": True, "console_batch": 10, "statements": actions, **more}
        self.settings = desk_settings(url, **given)
        engine = stub_engine(self.settings, Told())
        self.app = create_app(self.settings, start=lambda _: engine)
        self.address = ""

    @property
    def database(self) -> Database:
        found: Database = self.app.state.runtime().database
        return found

    def rows(self, table: Any) -> list[Any]:
        """Of a table, in the order of time."""
        order = table.at if table is AuditEntry else table.created_at
        return self.database.read_now(lambda s: list(s.scalars(select(table).order_by(order))))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("told"))
    with live(made.app) as url:
        made.address = url
        yield made


@pytest.fixture
def told(served: Served) -> Served:
    """The same, its queue empty."""
    return fresh(served)


def fresh(served: Served) -> Served:
    """As it was at first."""
    emptied(served)
    served.app.state.runtime().limiter._counted = MovingWindow(HOUR_S)
    return served


@pytest.fixture(scope="module")
def tired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two judge every ad; a break is due after one."""
    made = Served(tmp_path_factory.mktemp("tired"), double_review_share=SHARE, console_batch=1)
    with live(made.app) as url:
        made.address = url
        yield made


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Asks for keys."""
    made = Served(tmp_path_factory.mktemp("guarded"), authentication="on")
    with live(made.app) as url:
        made.address = url
        yield made


def give(address: str, *ads: dict[str, Any]) -> list[str]:
    """Ads for the queue; gives their ids."""
    answer = httpx.post(f"{address}/v1/score", json={"ads": ads}, timeout=120)
    assert answer.status_code == 200
    ids = [one["ad_id"] for one in answer.json()["results"]]
    assert None not in ids
    return ids


def copies(number: int) -> list[dict[str, Any]]:
    """Ads of one campaign."""
    words = f"Kitchen work on the coast, {SIGN}, start on Monday, ask Omar about place"
    return [{"text": f"{words} {i} {SURE}"} for i in range(number)]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Any]:
    made: list[Visit] = []

    def begin(address: str, **options: Any) -> Visit:
        made.append(Visit(browser, address, **{"viewport": NARROW, "locale": "en"} | options))
        return made[-1]

    yield begin
    for one in made:
        one.context.close()


def enter(one: Visit, name: str = "ana") -> None:
    """Sign in."""
    one.page.goto("/review")
    one.page.fill("#name", name)
    one.page.click("main button.main")
    one.page.wait_for_selector("header nav")
    settled(one.page)


@pytest.mark.parametrize("language", languages())
def test_every_language_is_whole_on_the_narrowest_screen(
    real: str, visit: Any, language: str
) -> None:
    """Chosen from what the browser says; with what each sign means as a hint in that language."""
    one = visit(real, locale=language)
    one.page.goto("/review")
    assert one.page.inner_text("h1") == catalogue.text("sign.in", language).text
    assert one.violations(contrast=False) == []
    enter(one, f"in-{language}")
    html = one.page.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == (
        language, direction(language),
    )  # fmt: skip
    assert one.page.inner_text("h1") == catalogue.text("ad.title", language).text
    one.page.check("#uncover")
    assert one.page.locator("mark").count() > 2
    name = text("departure_within_days.name", language).text
    assert any(name in shown for shown in one.page.locator(".cards h3").all_inner_texts())
    assert one.overflow() == 0
    assert one.violations(contrast=language in ("en", "ar", "my", "zh")) == []
    assert one.complaints == []
    one.page.click("header form button")
    one.page.wait_for_selector("#name")


@pytest.mark.parametrize("language", ["en", "ar", "my"])
def test_every_page_is_accessible(told: Served, visit: Any, language: str) -> None:
    give(told.address, *({"text": f"job {i} {SIGN} {SURE}"} for i in range(3)))
    one = visit(told.address, locale=language)
    enter(one)
    one.page.check("#uncover")
    one.page.click(".kinds button >> nth=1")
    one.page.wait_for_selector(".notice form")
    found = {}
    for path in PAGES:
        one.page.goto(f"/review{path}")
        one.page.evaluate(ALL_OPEN)
        for size in (NARROW, WIDE):
            one.page.set_viewport_size(size)
            found[path, size["width"]] = (one.violations(), one.overflow())
    assert found == dict.fromkeys(found, ([], 0))
    assert one.complaints == []


def decide(one: Visit) -> str:
    """An ordinary offer, by buttons; gives the ad's id."""
    ad = on_desk(one)
    one.page.check("#uncover")
    one.page.click(".kinds button >> nth=1")
    one.page.wait_for_selector(f"main:not(:has(input[value={ad}]))")
    return ad


def at_a_campaign(one: Visit) -> None:
    give(one.address, *copies(4))
    enter(one)
    decide(one)
    one.page.click(".rest a.button")
    one.page.wait_for_selector("#sample")
    one.page.check("#uncover")


def asked_to_be_sure(one: Visit) -> None:
    at_a_campaign(one)
    one.page.click(".harms summary")
    one.page.check(".harms input >> nth=0")
    one.page.click(".kinds button >> nth=0")
    one.page.wait_for_selector(".sure")
    one.page.check("#uncover")


def after_a_whole_campaign(one: Visit) -> None:
    asked_to_be_sure(one)
    one.page.click(".sure button")
    one.page.wait_for_selector(".notice")


def at_a_judged_ad(one: Visit) -> None:
    """That another is still to judge."""
    give(one.address, {"text": f"job {SIGN} {SURE}"})
    enter(one)
    one.page.goto(f"/review/ads/{decide(one)}")
    one.page.check("#uncover")


def at_an_ad_that_two_judged(one: Visit) -> None:
    give(one.address, *copies(1))
    enter(one)
    ad = decide(one)
    one.page.click("header form button")
    one.page.wait_for_selector("#name")
    enter(one, "ben")
    decide(one)
    one.page.goto(f"/review/ads/{ad}")
    assert one.page.locator("main section li code").count() == 2
    one.page.check("#uncover")


def at_the_desk_of_two(one: Visit) -> None:
    give(one.address, *copies(2))
    enter(one)
    one.page.check("#uncover")


def at_a_break(one: Visit) -> None:
    give(one.address, *copies(2))
    enter(one)
    decide(one)
    one.page.wait_for_selector("form[action='/review/rest']")


def at_a_statement(one: Visit) -> None:
    give(one.address, {"text": f"job {SURE}"})
    enter(one)
    one.page.click("a[href$='/statement']")
    one.page.wait_for_selector("pre")


def at_an_empty_queue(one: Visit) -> None:
    enter(one)


def at_an_empty_list(one: Visit) -> None:
    enter(one)
    one.page.goto("/review/queue")


def at_what_is_gone(one: Visit) -> None:
    enter(one)
    one.page.goto("/review/ads/ad_0")


def at_other_settings(one: Visit) -> None:
    enter(one)
    one.page.goto("/review/settings")
    one.page.check("[name=calm]")
    one.page.check("[name=hide] >> nth=0")
    one.page.click("main button.main")
    one.page.goto("/review/settings")
    assert one.page.is_checked("[name=hide] >> nth=0")


def at_the_door(one: Visit) -> None:
    one.page.goto("/review")


def refused_at_the_door(one: Visit) -> None:
    one.page.goto("/review")
    one.page.fill("#name", "ana")
    one.page.fill("#key", "lw_wrong")
    one.page.click("main button.main")
    one.page.wait_for_selector("#error")


PLACES: list[tuple[str, Callable[[Visit], None]]] = [
    ("told", at_a_campaign),
    ("told", asked_to_be_sure),
    ("told", after_a_whole_campaign),
    ("told", at_a_statement),
    ("told", at_an_empty_queue),
    ("told", at_an_empty_list),
    ("told", at_what_is_gone),
    ("told", at_other_settings),
    ("tired", at_a_judged_ad),
    ("tired", at_an_ad_that_two_judged),
    ("tired", at_the_desk_of_two),
    ("tired", at_a_break),
    ("guarded", at_the_door),
    ("guarded", refused_at_the_door),
]
"""Where one comes to by working: by the service that it takes."""

SAID_OF_REFUSALS = "Failed to load resource"
"""By Chromium, of a page whose status says that something was refused."""


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("name", "go"), PLACES, ids=[go.__name__ for _, go in PLACES])
def test_every_place_is_accessible(
    request: pytest.FixtureRequest, visit: Any, name: str, go: Callable[[Visit], None],
    language: str,
) -> None:  # fmt: skip
    one = visit(fresh(request.getfixturevalue(name)).address, locale=language)
    go(one)
    assert one.page.get_attribute("html", "dir") == direction(language)
    one.page.evaluate(ALL_OPEN)
    for size in (NARROW, WIDE):
        one.page.set_viewport_size(size)
        assert one.violations() == []
        assert one.overflow() == 0
    assert one.nameless() == []
    assert [words for words in one.complaints if SAID_OF_REFUSALS not in words] == []


@pytest.mark.parametrize("language", ["en", "ar", "my"])
def test_a_screen_reader_is_told_what_each_button_decides(
    told: Served, visit: Any, language: str
) -> None:
    give(told.address, {"text": f"job, {SIGN} and again {SIGN} {SURE}", "thread": ["Hello?"]})
    one = visit(told.address, locale=language)
    enter(one)
    assert one.nameless() == []
    by_role = one.page.get_by_role
    title = catalogue.text("ad.title", language).text
    assert by_role("heading", name=title, level=1, exact=True).count() == 1
    for kind in KIND_KEYS.values():
        name = text(f"kind.{kind}", language).text
        assert by_role("button", name=name, exact=True).get_attribute("value") == kind
    one.page.click(".harms summary")
    for harm in HARM_KEYS.values():
        name = text(f"harm.{harm}", language).text
        assert by_role("checkbox", name=name, exact=True).get_attribute("value") == harm
    for key in ("decide.skip", "sign.out"):
        said = catalogue.text(key, language).text
        assert by_role("button", name=said, exact=True).count() == 1
    uncover = catalogue.text("ad.uncover", language).text
    assert by_role("checkbox", name=uncover, exact=True).count() == 1
    wrong = catalogue.text("ad.wrong", language).text
    for place in ("1.1", "1.2"):
        assert by_role("checkbox", name=f"{wrong}: {place}", exact=True).count() == 1
    one.page.check("#uncover")
    note = f"{catalogue.text('ad.signs', language).text}: 1"
    assert by_role("link", name=note, exact=True).count() == 2
    assert one.nameless() == []


def settled(page: Page) -> None:
    """Wait until keys count: a script listens, and no answer is being put in."""
    page.wait_for_load_state()
    under_way = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
    page.wait_for_selector(under_way, state="detached")


class Keyboard:
    """Counts what is pressed."""

    def __init__(self, one: Visit) -> None:
        self.page = one.page
        self.pressed = 0

    def press(self, *keys: str) -> None:
        settled(self.page)
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def to(self, selector: str) -> None:
        """Tab until it has the focus."""
        for _ in range(80):
            if self.page.evaluate("(s) => document.activeElement.matches(s)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached")


def on_desk(one: Visit) -> str:
    """Id of the ad."""
    return str(one.page.get_attribute("input[name=ad] >> nth=0", "value"))


def decided(one: Visit, keyboard: Keyboard, *keys: str) -> int:
    """Press keys that end in a decision, wait for the next page; gives their number."""
    before, begun = on_desk(one), keyboard.pressed
    keyboard.press(*keys)
    one.page.wait_for_selector(f"main:not(:has(input[value={before}]))")
    one.page.wait_for_selector("[data-focus]:focus")
    return keyboard.pressed - begun


def test_a_whole_shift_by_keyboard_alone(told: Served, visit: Any) -> None:
    """Every harm and kind, wrong marks, undo, an ad put aside, a break, a campaign."""
    give(told.address, *copies(16))
    one = visit(told.address, viewport=WIDE)
    keyboard = Keyboard(one)
    one.page.goto("/review")
    keyboard.to("#name")
    one.page.keyboard.type("ana")
    keyboard.press("Enter")
    one.page.wait_for_selector("#decide")
    assert one.page.evaluate("getComputedStyle(document.querySelector('.ad')).filter") != "none"
    counted = []
    harms = iter(HARM_KEYS)
    for kind in ("1", "2", "3", "4", "5", "6", "1", "1"):
        harm = [next(harms)] if kind == "1" else []
        counted.append(decided(one, keyboard, "x", *harm, kind))
    assert statistics.median(counted) == 2  # uncover, decide
    assert max(counted) == 3  # and a harm
    words = told.rows(Feedback)
    assert [word.kind for word in words] == [KIND_KEYS[key] for key in "12345611"]
    assert [word.harms for word in words if word.kind == "lure"] == [
        [HARM_KEYS[key]] for key in "abc"
    ]
    # Undo: the ad is there again, and the word is gone.
    last = words[-1].ad
    decided(one, keyboard, "u")
    assert on_desk(one) == last
    assert len(told.rows(Feedback)) == 7
    # Wrong marks.
    keyboard.press("x", "w", "Space")
    decided(one, keyboard, "2")
    assert told.rows(Feedback)[-1].wrong_spans is not None
    # Put one aside.
    aside = on_desk(one)
    decided(one, keyboard, "n")
    assert on_desk(one) != aside
    for _ in range(2):
        decided(one, keyboard, "x", "5")
    one.page.wait_for_selector("h1:focus")
    assert one.page.inner_text("h1") == "Time for a break"
    keyboard.to("main button")
    keyboard.press("Enter")
    one.page.wait_for_selector("#decide")
    one.page.wait_for_selector("h1:focus")
    # The rest of the campaign at once.
    keyboard.press("m")
    one.page.wait_for_selector("#sample")
    keyboard.to("#uncover")
    keyboard.press("Space")
    keyboard.to(".kinds button")
    keyboard.press("Enter")
    one.page.wait_for_selector(".sure")
    keyboard.to(".sure button")
    keyboard.press("Enter")
    one.page.wait_for_selector(".notice")
    assert one.page.inner_text("[role=status]") == "Ads decided: 5"
    assert one.page.inner_text("h1") == "No ad waits for you."
    keyboard.to("header form button")
    keyboard.press("Enter")
    one.page.wait_for_selector("#name")
    assert one.complaints == []
    actions = {row.action for row in told.rows(AuditEntry)}
    assert actions >= {"sign_in", "decide", "undo", "skip", "bulk", "sign_out"}


def test_one_key_decides_where_texts_are_not_covered(told: Served, visit: Any) -> None:
    give(told.address, *({"text": f"job {i} {SURE}"} for i in range(4)))
    one = visit(told.address, viewport=WIDE)
    enter(one)
    one.page.goto("/review/settings")
    one.page.uncheck("[name=blur]")
    one.page.click("main button.main")
    one.page.wait_for_selector("#decide")
    keyboard = Keyboard(one)
    assert [decided(one, keyboard, key) for key in "235"] == [1, 1, 1]


def test_nothing_is_decided_while_the_text_is_covered(told: Served, visit: Any) -> None:
    give(told.address, {"text": f"job {SURE}"})
    one = visit(told.address)
    enter(one)
    one.page.keyboard.press("1")
    assert one.page.evaluate("document.activeElement.id") == "uncover"
    assert told.rows(Feedback) == []


def test_keys_do_nothing_in_fields_with_others_or_when_switched_off(
    told: Served, visit: Any
) -> None:
    give(told.address, {"text": f"job {SURE}"})
    one = visit(told.address)
    enter(one)
    one.page.check("#uncover")
    one.page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    one.page.focus("main > textarea")
    one.page.keyboard.type("1u")
    assert one.page.input_value("main > textarea") == "1u"
    one.page.focus("h1")
    one.page.keyboard.press("Alt+1")
    one.page.keyboard.press("Control+1")
    one.page.goto("/review/settings")
    one.page.uncheck("[name=keys]")
    one.page.click("main button.main")
    one.page.wait_for_selector("#decide")
    assert one.page.locator("kbd").count() == 0
    one.page.check("#uncover")
    one.page.focus("h1")
    one.page.keyboard.press("1")
    one.page.click("main button.plain")  # an answer from the server after the key
    one.page.wait_for_selector("main:not(:has(#decide))")
    assert told.rows(Feedback) == []


def test_a_key_of_another_script_is_the_one_at_its_place(told: Served, visit: Any) -> None:
    """On a Burmese or Arabic layout the key beside the left shift gives no `x`."""
    give(told.address, {"text": f"job {SURE}"})
    one = visit(told.address)
    enter(one)
    one.page.evaluate(
        "document.querySelector('h1').dispatchEvent(new KeyboardEvent('keydown',"
        " { key: 'ء', code: 'KeyX', bubbles: true, cancelable: true }))"
    )
    assert one.page.is_checked("#uncover")


def test_all_of_it_works_without_javascript(told: Served, visit: Any) -> None:
    give(told.address, *copies(6))
    one = visit(told.address, java_script_enabled=False)
    enter(one)
    one.page.click(".kinds button >> nth=1")
    assert told.rows(Feedback) == []  # the browser itself asks to uncover first
    one.page.check("#uncover")
    one.page.click(".harms summary")
    one.page.check(".harms input >> nth=3")
    one.page.check("[name=wrong] >> nth=0")
    one.page.click(".kinds button >> nth=0")
    (word,) = told.rows(Feedback)
    assert word.harms == [HARM_KEYS["d"]]
    assert word.wrong_spans != {}
    assert one.page.inner_text("[role=status]") == "Your last decision was kept."
    one.page.click(".notice button")
    assert told.rows(Feedback) == []
    one.page.click(".deciding > form:last-of-type button")
    one.page.goto("/review/queue")
    one.page.select_option("#language", index=0)
    one.page.click(".filter button")
    assert one.page.locator("tbody tr").count() == 5
    one.page.click(".filter a.button")
    one.page.click(".rest a.button")
    one.page.check("#uncover")
    one.page.click(".kinds button >> nth=2")
    assert "Yes, for 5 ads" in one.page.inner_text(".sure")
    one.page.click(".sure button")
    assert {word.origin for word in told.rows(Feedback)} == {"campaign"}
    one.page.goto("/review/settings")
    one.page.select_option("#language", "ar")
    one.page.click("main button.main")
    assert one.page.get_attribute("html", "dir") == "rtl"
    one.page.click("header form button")
    assert one.page.locator("#name").count() == 1


@pytest.mark.parametrize("script", [True, False], ids=["with", "without"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_ad_is_shown_and_does_nothing(
    told: Served, visit: Any, name: str, script: bool
) -> None:
    words = f"{HOSTILE[name]} {SURE}"
    give(told.address, {"text": words, "title": HOSTILE[name][:200], "thread": [HOSTILE[name]]})
    one = visit(told.address, java_script_enabled=script)
    enter(one)
    if script:  # the text comes once more by htmx
        one.page.click("header nav a >> nth=1")
        one.page.wait_for_selector("table")
        one.page.click(".filter a.button")
        one.page.wait_for_selector("#decide")
    one.page.check("#uncover")
    found = one.page.locator(".ad.text")
    if script:
        without_signs = (
            "(e) => { for (const s of e.querySelectorAll('sup')) s.remove(); return e.textContent }"
        )
        assert one.page.eval_on_selector(".ad.text", without_signs) == shown(words)
        assert one.overflow() == 0
    assert found.locator(":scope :not(mark, sup, sup *)").count() == 0
    assert "One ad to judge" in one.page.title()
    assert one.page.locator("header nav").count() == 1  # nobody was signed out
    assert one.complaints == []


def test_counts_move_by_themselves(told: Served, visit: Any) -> None:
    give(told.address, {"text": f"job {SURE}"})
    one = visit(told.address)
    one.page.clock.install()
    enter(one)
    assert one.page.inner_text("#counts dd >> nth=0") == "1"
    give(told.address, {"text": f"another {SURE}"})
    one.page.clock.run_for(21_000)
    one.page.wait_for_selector("#counts dd:first-of-type:text-is('2')")
    assert one.page.locator("#counts").count() == 1
    one.page.goto("/review/queue")
    one.page.focus("#campaign")
    give(told.address, {"text": f"a third {SURE}"})
    one.page.clock.run_for(61_000)
    one.page.wait_for_selector("#sums li:first-of-type bdi:text-is('3')")
    assert one.page.evaluate("document.activeElement.id") == "campaign"
    assert one.page.url.endswith("/review/queue")
    assert one.complaints == []


def test_nothing_is_asked_of_others_and_nothing_stays_on_the_device(
    told: Served, visit: Any
) -> None:
    give(told.address, {"text": f"xylophone {SURE}"}, {"text": f"zanzibar {SURE}"})
    one = visit(told.address)
    enter(one)
    one.page.check("#uncover")
    one.page.keyboard.press("2")
    one.page.wait_for_selector(".notice")
    assert {url.split("/")[2] for url in one.asked} == {one.address.split("/")[2]}
    kept = one.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert kept == '[{},{"htmx-current-path-for-history":"/review?done=kept"}]'
    (cookie,) = one.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Strict", "/review")
    assert one.page.evaluate("document.cookie") == ""
