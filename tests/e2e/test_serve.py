"""The shipped bundle behind the real command, over a real socket."""

import json
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.processes import free_port, start

# One short offer each; the languages that "make serve" is shown to answer.
TEN_LANGUAGES = {
    "en": "Hotel cleaner, part time, 12 an hour, contract on the first day. Ask at reception.",
    "ar": "مطلوب موظف خدمة عملاء في الخارج، السفر بعد يومين بفيزا سياحية والجواز عند المندوب",
    "zh": "柬埔寨客服，包机票，旅游签过去，不用经验，护照先拍照发我",
    "es": "Buscamos cajera para tienda en Quito, turno de mañana, afiliación desde el primer día.",
    "fr": "Mission de likes, 80 euros par jour, il faut recharger 30 euros pour débloquer la suite",
    "ru": "Требуется водитель категории С, официальное оформление, база в Туле, выходные свои",
    "hi": "वर्क फ्रॉम होम, रोज 3000 कमाओ, पहले 500 रजिस्ट्रेशन फीस भेजो",
    "id": "Lowongan barista di Bandung, gaji UMR, interview langsung di kedai hari Sabtu",
    "vi": "Việc nhẹ lương cao bên Campuchia, không cần hộ chiếu, tối nay có xe đón",
    "sw": "Tunatafuta mhudumu wa hoteli Mombasa, mkataba wa miezi sita, mshahara kwa benki",
}


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def process(port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = start(port)
    yield process
    process.kill()
    process.communicate()


def score(port: int, ads: list[dict[str, str]]) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/score",
        json.dumps({"ads": ads}).encode(), {"Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_ten_languages_at_once(process: subprocess.Popen[bytes], port: int) -> None:
    ads = [{"id": language, "text": text} for language, text in TEN_LANGUAGES.items()]
    results = score(port, ads)["results"]
    assert [result["id"] for result in results] == list(TEN_LANGUAGES)
    scores = {result["id"]: result["score"] for result in results}
    lures, honest = {"ar", "zh", "fr", "hi", "vi"}, {"en", "es", "ru", "id", "sw"}
    assert min(scores[i] for i in lures) > max(scores[i] for i in honest), scores


def test_callers_at_once_get_their_own_answers(process: subprocess.Popen[bytes], port: int) -> None:
    texts = list(TEN_LANGUAGES.values())
    alone = [score(port, [{"text": text}])["results"][0]["score"] for text in texts]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda i: score(port, [{"text": texts[i % 10]}]), range(60)))
    for i, answer in enumerate(answers):
        assert answer["results"][0]["score"] == alone[i % 10]


def test_sigterm_lets_what_was_begun_finish(port: int) -> None:
    other = free_port()
    process = start(other)
    with ThreadPoolExecutor(1) as pool:
        ads = [{"text": TEN_LANGUAGES["ar"] * 20} for _ in range(40)]
        answer = pool.submit(score, other, ads)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert len(answer.result()["results"]) == 40
    _, err = process.communicate(timeout=30)
    assert process.returncode in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in err.decode().splitlines()]
    assert lines, "every line is JSON"
    assert TEN_LANGUAGES["ar"] not in err.decode()


def test_a_caller_who_hangs_up_is_noticed() -> None:
    """What they asked for and was not begun is dropped; the log says so."""
    port = free_port()
    process = start(port)
    text = TEN_LANGUAGES["ar"] * 80
    body = json.dumps({"ads": [{"text": f"{i} {text}"} for i in range(25)]}).encode()
    head = f"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
    with socket.create_connection(("127.0.0.1", port)) as gone:
        gone.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)
        time.sleep(0.2)
    score(port, [{"text": TEN_LANGUAGES["en"]}])
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    lines = [json.loads(line) for line in err.decode().splitlines()]
    told = [line["status"] for line in lines if line.get("path") == "/v1/score"]
    assert told == [499, 200]
