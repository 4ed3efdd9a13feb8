"""LitServe without batching, two workers of one thread."""

from typing import Any

import litserve

from tests.bench.peers.places import HOST, PORT
from tests.bench.peers.session import Session

WORKERS = 2


class Kinds(litserve.LitAPI):
    """A text in, scores out."""

    def setup(self, device: str) -> None:
        self.session = Session()

    def decode_request(self, request: dict[str, Any]) -> str:
        text: str = request["text"]
        return text

    def predict(self, text: str) -> dict[str, float]:
        return self.session.scores(text)

    def encode_response(self, output: dict[str, float]) -> dict[str, Any]:
        return {"scores": output}


if __name__ == "__main__":
    server = litserve.LitServer(Kinds(), accelerator="cpu", workers_per_device=WORKERS)
    server.run(host=HOST, port=PORT, generate_client_file=False, log_level="warning")
