"""How long a person waits for the checker on a slow phone: from the press to the answer on the
screen, and from a first visit to a form that can be used.

For example:

python -m tests.e2e.first_answer --rounds 20

The service runs with the shipped bundle in a process of its own, the page in headless Chromium with
a processor slowed down four times. Chromium emulates the network by the two mobile profiles of
Lighthouse: slow 4G (round trip 150 ms, 1.6 Mbit/s down, 750 kbit/s up) and 3G (300 ms, 700 kbit/s).
It delays requests, not the opening of a connection, so a request that opens one is given 3.75 round
trips, as Lighthouse gives them for that: every first visit, and the answers on a *new* connection;
on a *kept* one there is a single round trip.

Chromium counts the delay from the moment of sending, so that the server's work may hide in it.
Each text is therefore also posted without browser or network, and that time added in full:
``at_most_ms``. Nothing is remembered from text to text (``LUREWATCH_CACHE_MB=0``). Cases take turns
in an order drawn anew. Medians come with the least and the most, and with the load of the machine,
since others may use it.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

import httpx
import typer
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright
from tqdm import tqdm

from tests.e2e.browser import chromium
from tests.e2e.processes import PATIENCE_S, free_port, serving
from tests.e2e.visiting import NARROW

SLOWER = 4
"""Times, of the processor."""

OPENING = 3.75
"""Round trips of a request that opens its connection, by Lighthouse (core/config/constants.js)."""

TEXTS = {
    "offer": "Bakery in the old town looks for a person at the counter, 30 hours a week from "
    "Tuesday to Saturday, 14.20 an hour and a third off bread. You serve, wrap and do the till; "
    "we show you how. Ask for Mira at the shop or write to bakery@example.com.",
    "lure": "Hiring chat support for our partner office near Poipet, 1,600 USD, room and food "
    "free, no experience. You fly Thursday on a tourist visa, the work permit comes later. Send a "
    "photo of your passport on Telegram, I answer day and night.",
}

WATCH = """
addEventListener("submit", () => { window.pressed = performance.now(); }, true);
window.shown = new Promise((done) =>
  new MutationObserver(() => {
    if (window.pressed && document.querySelector("#result h1"))
      requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  }).observe(document, { childList: true, subtree: true }));
"""
"""The task after a frame runs when that frame was drawn."""

ANSWERED = """async () => {
  const at = await shown;
  const asked = performance.getEntriesByType("resource").filter((e) => e.initiatorType === "fetch");
  const last = asked[asked.length - 1];
  return {
    shown_ms: at - pressed,
    sending_ms: last.requestStart - pressed,
    waiting_ms: last.responseStart - last.requestStart,
    receiving_ms: last.responseEnd - last.responseStart,
    drawing_ms: at - last.responseEnd,
    bytes: last.transferSize,
  };
}"""

OPENED = """async () => {
  const [page] = performance.getEntriesByType("navigation");
  const paint = await new Promise((done) =>
    new PerformanceObserver((list) => {
      const [first] = list.getEntriesByName("first-contentful-paint");
      if (first) done(first);
    }).observe({ type: "paint", buffered: true }));
  const loaded = performance.getEntriesByType("resource");
  return {
    first_paint_ms: paint.startTime,
    script_ready_ms: page.domContentLoadedEventEnd,
    page_bytes: page.transferSize,
    bytes: loaded.reduce((sum, e) => sum + e.transferSize, page.transferSize),
    requests: 1 + loaded.length,
  };
}"""


@dataclass(frozen=True, slots=True)
class Line:
    """A connection."""

    round_trip_ms: float
    down_kbit_s: float
    up_kbit_s: float

    def emulate(self, session: CDPSession, round_trips: float) -> None:
        """From the next request on."""
        bytes_s = 1000 / 8
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": self.round_trip_ms * round_trips,
                "downloadThroughput": self.down_kbit_s * bytes_s,
                "uploadThroughput": self.up_kbit_s * bytes_s,
            },
        )

    def transfer_ms(self, size: float, round_trips: float) -> float:
        """So many bytes down, with nobody's work in between."""
        return self.round_trip_ms * round_trips + size * 8 / self.down_kbit_s


LINES = {"slow 4G": Line(150, 1_600, 750), "3G": Line(300, 700, 700)}

Figures = dict[str, float]
Connection = Literal["kept", "new"]
ASKED: tuple[tuple[Connection, str], ...] = (("kept", "offer"), ("new", "offer"), ("kept", "lure"))


@dataclass(frozen=True, slots=True)
class Case:
    """Who waits for what."""

    line: str
    connection: Connection
    text: str

    @property
    def round_trips(self) -> float:
        """Of the answer."""
        return 1 if self.connection == "kept" else OPENING


CASES = [Case(line, connection, text) for line in LINES for connection, text in ASKED]


def visited(browser: Browser, address: str, case: Case) -> tuple[Figures, Figures]:
    """One person: of the first visit, and of the answer."""
    context = browser.new_context(base_url=address, viewport=NARROW, locale="en", is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    try:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script(WATCH)
        line = LINES[case.line]
        line.emulate(session, OPENING)
        page.goto("/", wait_until="load")
        opened: Figures = page.evaluate(OPENED)
        line.emulate(session, case.round_trips)
        return opened, answered(page, TEXTS[case.text])
    finally:
        context.close()


def answered(page: Page, text: str) -> Figures:
    """Paste, press and wait."""
    page.fill("#text", text)
    page.click("button.main")
    found: Figures = page.evaluate(ANSWERED)
    return found


def server_ms(client: httpx.Client, text: str) -> float:
    """Of the same answer, from here."""
    began = time.perf_counter()
    answer = client.post("/", data={"text": text})
    assert answer.status_code == 200
    return (time.perf_counter() - began) * 1000


def told(rounds: list[Figures]) -> dict[str, Any]:
    """Median, least and most of each figure."""
    found = {}
    for name in rounds[0]:
        values = [one[name] for one in rounds]
        three = (statistics.median(values), min(values), max(values))
        found[name] = dict(zip(("median", "least", "most"), map(round, three), strict=True))
    return found


def measured(browser: Browser, address: str, rounds: int) -> dict[str, Any]:
    """All cases, in turns."""
    opened: dict[str, list[Figures]] = defaultdict(list)
    answers: dict[Case, list[Figures]] = defaultdict(list)
    loads = []
    headers = {"Accept-Language": "en"}
    with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE_S) as client:
        for turn in tqdm(range(rounds + 1), unit="round", file=sys.stderr):
            for case in random.sample(CASES, len(CASES)):
                first, answer = visited(browser, address, case)
                answer["server_ms"] = server_ms(client, TEXTS[case.text])
                answer["at_most_ms"] = answer["shown_ms"] + answer["server_ms"]
                if turn:  # the first one loads what is loaded late
                    opened[case.line].append(first)
                    answers[case].append(answer)
                    loads.append(os.getloadavg()[0])
    return {
        "rounds": rounds,
        "cores": os.cpu_count(),
        "load": {"least": round(min(loads), 1), "most": round(max(loads), 1)},
        "first_visit": [{"line": line, **told(opened[line])} for line in LINES],
        "answer": [summary(case, answers[case]) for case in CASES],
    }


def summary(case: Case, rounds: list[Figures]) -> dict[str, Any]:
    """Of one case."""
    size = statistics.median(one["bytes"] for one in rounds)
    return {
        **asdict(case),
        "chars": len(TEXTS[case.text]),
        "at_most_a_second": sum(one["at_most_ms"] <= 1000 for one in rounds),
        "computed_network_ms": round(LINES[case.line].transfer_ms(size, case.round_trips)),
        **told(rounds),
    }


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Visits of each case.")] = 20,
) -> None:
    """Figures as JSON."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        service = serving(
            port, LUREWATCH_DATA_DIR=folder, LUREWATCH_LOG_LEVEL="warning",
            LUREWATCH_CHECKS_PER_HOUR="1000000", LUREWATCH_CACHE_MB="0",
        )  # fmt: skip
        path = chromium(playwright)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        with service, browser:
            found = measured(browser, f"http://127.0.0.1:{port}", rounds)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    typer.run(main)
