"""Who is measured: how each is started, asked, and what a good answer of it is."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

OURS, UNAIDED = "ours", "ours, every ad read"
PLAIN, BARE = "plain", "bare"

MODEL_NAME = "bench"
"""Under which infinity serves."""


class NoSuchContestant(Exception):
    """A name nobody has, with those there are."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a contestant is started with."""

    port: int
    python: Path
    """Of its environment."""

    model: Path
    """Folder of the peers' model."""

    bundle: Path
    scratch: Path
    """Folder for what it writes."""


def _ads(texts: Sequence[str]) -> Any:
    return {"ads": [{"text": text} for text in texts]}


def _inputs(texts: Sequence[str]) -> Any:
    return {"inputs": [*texts]}


def _one(texts: Sequence[str]) -> Any:
    (text,) = texts
    return {"text": text}


def _infinity(texts: Sequence[str]) -> Any:
    return {"model": MODEL_NAME, "input": [*texts]}


@dataclass(frozen=True, slots=True)
class Contestant:
    """One way to serve."""

    name: str
    what: str
    """One line, for the table."""

    path: str
    body: Callable[[Sequence[str]], Any]
    """Of a request with these texts."""

    answers: Callable[[Any], int]
    """How many texts an answer speaks of."""

    command: Callable[[Place], list[str]]
    environment: Mapping[str, str] = field(default_factory=dict)
    pins: str = ""
    """File in peers/ with what its environment has; empty: this one."""

    many: bool = True
    """Whether a request may hold several texts."""

    ours: bool = False

    def request(self, texts: Sequence[str]) -> bytes:
        """As sent."""
        return orjson.dumps(self.body(texts))

    def is_good(self, answer: bytes, texts: int) -> bool:
        """Whether it speaks of every text."""
        try:
            return self.answers(orjson.loads(answer)) == texts
        except (ValueError, KeyError, TypeError):
            return False

    def settings(self, place: Place) -> dict[str, str]:
        """Its environment variables."""
        if self.ours:
            own = {"LUREWATCH_DATA_DIR": str(place.scratch)}
            if "LUREWATCH_REGISTRY" not in self.environment:  # whose champion a variant asks for
                own["LUREWATCH_BUNDLE_DIR"] = str(place.bundle)
        else:
            own = {"BENCH_MODEL": str(place.model), "BENCH_PORT": str(place.port)}
            own["HF_HUB_OFFLINE"] = "1"
        return {**own, **self.environment}


def _module(name: str) -> Callable[[Place], list[str]]:
    return lambda place: [str(place.python), "-m", f"tests.bench.peers.{name}"]


def _serve(place: Place) -> list[str]:
    return [str(place.python), "-m", "service", "serve", "--port", str(place.port)]


def _infinity_command(place: Place) -> list[str]:
    return [
        str(place.python.with_name("infinity_emb")), "v2", "--model-id", str(place.model),
        "--served-model-name", MODEL_NAME, "--engine", "optimum", "--device", "cpu",
        "--no-bettertransformer", "--onnx-disable-optimize", "--no-model-warmup",
        "--host", "127.0.0.1", "--port", str(place.port), "--log-level", "error",
    ]  # fmt: skip


def ours(name: str, what: str, **environment: str) -> Contestant:
    """The service, with settings of it."""
    return Contestant(
        name, what, "/v1/score", _ads, lambda answer: len(answer["results"]), _serve, environment,
        ours=True,
    )  # fmt: skip


SERVED = (
    ours(OURS, "the service as shipped, all defaults"),
    ours(UNAIDED, "the same, nothing remembered", LUREWATCH_CACHE_MB="0"),
    Contestant(
        PLAIN, "FastAPI and transformers, torch float32", "/predict", _inputs, len,
        _module("plain_server"), pins="plain",
    ),
    Contestant(
        "optimum", "transformers pipeline over optimum's ONNX Runtime, int8, behind FastAPI",
        "/predict", _inputs, len, _module("optimum_server"), pins="optimum",
    ),
    Contestant(
        "infinity", "infinity-emb, engine optimum, int8", "/classify", _infinity,
        lambda answer: len(answer["data"]), _infinity_command, pins="infinity",
    ),
    Contestant(
        "litserve", "LitServe, two workers, no batching, ONNX Runtime int8", "/predict", _one,
        lambda answer: int("scores" in answer), _module("litserve_server"), pins="litserve",
        many=False,
    ),
    Contestant(
        "mosec", "mosec, two workers, ONNX Runtime int8", "/inference", _one,
        lambda answer: int("scores" in answer), _module("mosec_server"), pins="mosec", many=False,
    ),
    Contestant(
        "thin", "FastAPI and ONNX Runtime int8, by hand, a thread a processor", "/predict",
        _inputs, len, _module("thin_server"), pins="thin",
    ),
)  # fmt: skip
"""All that answer over HTTP. The bare session is in :mod:`tests.bench.bare`."""

BARE_WHAT = "our own graph and tokeniser in process, a thread a processor: the ceiling"


def chosen(names: Sequence[str], also: Sequence[str] = ()) -> list[Contestant]:
    """Those named, or all; ``also``: further variants of ours, as
    ``NAME:LUREWATCH_X=1,LUREWATCH_Y=2``. Raises :class:`NoSuchContestant`."""
    there = {one.name: one for one in (*SERVED, *map(variant, also))}
    known = [*there, BARE]
    for name in names:
        if name not in known:
            raise NoSuchContestant(f"nobody is named {name!r}; there are: {', '.join(known)}")
    return [one for name, one in there.items() if not names or name in names]


def variant(given: str) -> Contestant:
    """Of ours, with other settings."""
    name, found, listed = given.partition(":")
    settings = dict(each.partition("=")[::2] for each in listed.split(",") if each)
    if not found or not name or not all(key.startswith("LUREWATCH_") for key in settings):
        raise NoSuchContestant(
            f"{given!r} is no variant; write NAME:LUREWATCH_SETTING=VALUE,LUREWATCH_OTHER=VALUE"
        )
    told = ", ".join(f"{key}={value}" for key, value in settings.items()) or "all defaults"
    return ours(name, f"the service, {told}", **settings)


def this_python() -> Path:
    """Of the environment that ours runs in."""
    return Path(sys.executable)
