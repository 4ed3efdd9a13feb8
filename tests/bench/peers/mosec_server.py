"""mosec, two workers of one thread behind its front in Rust."""

import sys
from typing import Any

from mosec import Server, Worker

from tests.bench.peers.places import HOST, PORT
from tests.bench.peers.session import Session

WORKERS = 2


class Kinds(Worker):
    """A text in, scores out."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session()

    def forward(self, data: Any) -> Any:
        return {"scores": self.session.scores(data["text"])}


if __name__ == "__main__":
    # It reads its address from the command line.
    sys.argv += ["--address", HOST, "--port", str(PORT), "--timeout", "60000"]
    server = Server()
    server.append_worker(Kinds, num=WORKERS)
    server.run()
