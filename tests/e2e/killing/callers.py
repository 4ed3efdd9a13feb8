"""Callers who hand over submissions, and ask again for as long as there is no answer."""

import json
import random
import threading
from collections.abc import Sequence

import httpx

from tests.e2e.killing.ledger import Ledger

WORD = "quokkafern"
"""Stands in every ad, and must stand in no log and in no file of the database."""

BEHIND = 150
"""Submissions that may wait before callers wait too."""

OFFERS = (
    "Harvest help {n} at {word} farm, 12.40 an hour before tax, contract before you travel.",
    "Chat support {n} abroad for {word}, 1,600 USD, room free, you fly Thursday, visa later.",
    "Cleaner {n} for the {word} guest house, mornings, pay at the end of each week, ask inside.",
    "Like posts for {word}, {n} USD a day, you recharge 30 and withdraw it all tonight.",
)


class Caller(threading.Thread):
    """One of several, until :attr:`stop` is set; it ends with what it began."""

    def __init__(self, urls: Sequence[str], ledger: Ledger, seed: str) -> None:
        super().__init__(daemon=True)
        self.stop = threading.Event()
        self._urls = urls
        self._ledger = ledger
        self._random = random.Random(seed)
        self._client = httpx.Client(timeout=60)
        self._mine: list[str] = []

    def run(self) -> None:
        """Hand over, now and then with a key that was answered, and read now and then."""
        key, body = "", b""
        while not self.stop.is_set():
            if self._ledger.behind() > BEHIND:
                self.stop.wait(0.1)
                continue
            if not key or self._random.random() < 0.8:
                key, body = f"{self._random.getrandbits(128):032x}", self._request()
            else:
                self._ledger.add("keys repeated")
            self._hand_over(key, body)
            if self._random.random() < 0.5:
                self._read(self._random.choice(self._mine))
            self.stop.wait(self._random.uniform(0, 0.1))
        self._client.close()

    def _request(self) -> bytes:
        count = self._random.choice((1, 1, 2, 3, 8))
        ads = []
        for number in range(count):
            offer = self._random.choice(OFFERS).format(n=self._random.randrange(1000), word=WORD)
            times = self._random.choice((1, 1, 1, 6, 30))
            ads.append({"id": str(number), "text": " ".join([offer] * times)})
        return json.dumps({"ads": ads, "webhook": "witness"}).encode()

    def _hand_over(self, key: str, body: bytes) -> None:
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        while True:
            self._ledger.happened["intake"].set()
            answer = self._sent("POST", "/v1/submissions", content=body, headers=headers)
            if answer is not None and answer.status_code == 202:
                break
            self._ledger.add("requests repeated")
            # Waits though it is to stop: what is not answered might be queued, or might not.
            self._pause()
        accepted = answer.json()
        self._ledger.note(key, accepted["id"], accepted["ads"], answer.content)
        self._mine.append(accepted["id"])

    def _read(self, id: str) -> None:
        answer = self._sent("GET", f"/v1/submissions/{id}")
        if answer is None:
            return
        if answer.status_code != 200:
            self._ledger.add("submissions not found")
        elif answer.json()["state"] != "queued":
            self._ledger.note_reading(id, results_of(answer.content))

    def _sent(
        self, method: str, path: str, content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response | None:  # fmt: skip
        """``None``: nobody answered."""
        url = self._random.choice(self._urls)
        try:
            answer = self._client.request(method, url + path, content=content, headers=headers)
        except httpx.TransportError:
            return None
        if answer.status_code not in (200, 202, 404, 429, 503):
            self._ledger.add(f"answers {answer.status_code}")
        return answer

    def _pause(self) -> None:
        threading.Event().wait(self._random.uniform(0.02, 0.2))


def results_of(body: bytes) -> bytes:
    """The bytes of the results, in the answer to a reader.

    >>> results_of(b'{"id":"a","results":[{"id":"1"}],"webhook":null}')
    b'[{"id":"1"}]'
    """
    results, _, _ = body.partition(b'"results":')[2].rpartition(b',"webhook":')
    return results
