"""The receiver of webhooks: a real HTTP server that checks every signature and forgets nothing."""

import json
import random
import threading

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.e2e.killing.ledger import Ledger
from tests.service.receiver import Received, Receiver, Say


class Witness:
    """Answers most messages at once, some late, and refuses a few when they first come."""

    def __init__(self, ledger: Ledger, seed: str) -> None:
        self.receiver = Receiver()
        self.receiver.answer = self._answer
        self.secret = ""
        self._ledger = ledger
        self._random = random.Random(seed)
        self._refused: set[str] = set()

    def _answer(self, one: Received) -> Say:
        if len(one.body) < int(one.headers["content-length"]):
            self._ledger.add("messages cut short")  # the sender was killed as it spoke
            return Say(400)
        try:
            Webhook(self.secret).verify(one.body, dict(one.headers))
        except WebhookVerificationError:
            self._ledger.add("wrong signatures")
            return Say(400)
        id = json.loads(one.body)["data"]["id"]
        self._ledger.note_message(one.id, id, one.body, told_results(one.body))
        self._ledger.happened["delivery"].set()
        chance = self._random.random()
        if chance < 0.05 and one.id not in self._refused:
            self._refused.add(one.id)
            return Say(500)
        if chance < 0.5:
            threading.Event().wait(self._random.uniform(0, 0.05))
        return Say()


def told_results(body: bytes) -> bytes:
    """The bytes of the results, in a message.

    >>> told_results(b'{"type":"a","data":{"id":"b","results":[{"id":"1"}]}}')
    b'[{"id":"1"}]'
    """
    return body.partition(b'"results":')[2].removesuffix(b"}}")
