"""Lurewatch from Python: score, stream, submit and wait, and a webhook that is verified.

The service sends webhooks to this machine only with LUREWATCH_WEBHOOK_PRIVATE_TARGETS=true.
SERVICE_KEY holds a key with scopes score and admin, where the service asks for one.
"""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

from service.client import Ad, Client, LineError

ADS: list[Ad] = [
    {"id": "lure", "text": "Chat support near Poipet, room free. Send a passport photo first."},
    {"id": "honest", "text": "Pickers, June to September, 12.60 an hour, contract before travel."},
]


class Receiver(BaseHTTPRequestHandler):
    """Takes what is signed with the secret."""

    secret = ""
    told = False

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            message = Webhook(Receiver.secret).verify(body, dict(self.headers))
        except WebhookVerificationError:
            self.send_error(401)
            return
        for result in message["data"]["results"]:
            print("told:", result["id"], result["decision"])
        Receiver.told = True
        self.send_response(204)
        self.end_headers()


service, key = os.environ.get("SERVICE", "http://127.0.0.1:8000"), os.environ.get("SERVICE_KEY")

with Client(service, key) as client:
    for result in client.score(ADS):
        print("scored:", result.id, result.decision, result.score)

    for answer in client.score_stream(ADS):  # of any length, lazily
        print("streamed:", answer.error if isinstance(answer, LineError) else answer.decision)

    done = client.wait(client.submit(ADS).id)
    print("submitted:", done.state, len(done.results or []))

    with HTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Receiver) as server:
        url = f"http://127.0.0.1:{server.server_port}/"
        Receiver.secret = client.register_webhook("quickstart", url).secret or ""  # keep it
        client.submit(ADS, webhook="quickstart")
        while not Receiver.told:
            server.handle_request()
    client.remove_webhook("quickstart")
