"""A small real bundle, made once a session by the same commands that make a large one: a two-layer
encoder, a tokenizer learnt from the written corpus, two epochs, int8 export with its checks."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
import torch
from fastapi.testclient import TestClient
from filelock import FileLock
from tokenizers import Tokenizer, decoders, pre_tokenizers, trainers
from tokenizers.models import BPE
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from models import bundle
from service.app import create_app
from service.engine import Engine
from service.settings import Settings
from service.store import Database, Vault
from tests.order import long_first
from tests.postgresql import new_database, running, without_flushing
from training.corpus import loaders
from training.corpus.row import Row
from training.export import export
from training.fit import fit
from training.prepare import prepare
from training.recipe import Augment, Loss, Mix, NGramPart, Optimise, Recipe, Shape

PROCESS = "PYTEST_XDIST_WORKER"
"""Set where the tests run in several processes."""

TINY_RECIPE = Recipe(
    name="tiny",
    mix=Mix(source_cap=50, written_repeats=1),
    loss=Loss(pair=0.3),
    augment=Augment(fill=0.5, crop=0.3, evade=0.2, case=0.1),
    optimise=Optimise(
        epochs=2, batch_size=16, learning_rate=1e-3, head_learning_rate=1e-2, layer_decay=0.9,
        average_from=0.5,
    ),
    shape=Shape(train_tokens=96, window_tokens=96, overlap_tokens=24),
    ngrams=NGramPart(copies=1, bits=14),
)  # fmt: skip


TINY_GROUPS = 800
"""Of the written corpus: some 1,100 texts, enough for n-grams to have something to say."""


@dataclass(frozen=True)
class TinyRun:
    """Folders of one small run."""

    base: Path
    data: Path
    out: Path
    bundle: Path


@cache
def tiny_rows() -> tuple[Row, ...]:
    """A part of the written corpus, however large that is: twins together, half of the groups
    passed off as collected so that both kinds of source are there. Which ones a digest says, so
    that they stay when others come."""
    rows = loaders.written()
    groups = sorted({row.group for row in rows}, key=lambda one: sha256(one.encode()).digest())
    kept, collected = set(groups[:TINY_GROUPS]), set(groups[: TINY_GROUPS // 2])
    return tuple(
        replace(row, source="elsewhere", synthetic=False, pair=None)
        if row.group in collected
        else row
        for row in rows
        if row.group in kept
    )


def make_tiny_base(folder: Path, texts: Iterable[str] | None = None) -> Path:
    """A two-layer encoder with random weights, always the same, and a tokenizer of at most 3,000
    pieces, learnt from ``texts``; default: :func:`tiny_rows`."""
    if texts is None:
        texts = (row.text for row in tiny_rows())
    tokenizer = Tokenizer(BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=3000, special_tokens=specials, limit_alphabet=1500, show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(), hidden_size=64, num_hidden_layers=2,
        num_attention_heads=4, intermediate_size=128, max_position_embeddings=128, pad_token_id=1,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(1)
        BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>").save_pretrained(folder)
    return folder


def make_tiny_run(base: Path, root: Path) -> TinyRun:
    """Data, fit and export into ``root``."""
    prepare(tiny_rows(), TINY_RECIPE, root / "data")
    fit(base, root / "data", TINY_RECIPE, root / "out", resume=False)
    export(root / "out" / "fitted", root / "data", root / "tiny-1", "tiny-1", "int8")
    return TinyRun(base, root / "data", root / "out", root / "tiny-1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = long_first(items)


@pytest.fixture(scope="session", autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing is kept beside the code: not by this process, nor by those it starts. Both are asked
    under the name that Starlette's client gives."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUREWATCH_DATA_DIR", str(folder))
        patch.setenv("LUREWATCH_ALLOWED_HOSTS", "testserver")  # the test client's own name
        yield folder


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real server, with a database of its own for whoever asks :func:`new_database`."""
    with running(tmp_path_factory.mktemp("postgresql")) as url:
        without_flushing(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'lurewatch.db'}"
    return new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The same, its tables made."""
    made = Database(database_url)
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def vault() -> Vault:
    return Vault(bytes(range(32)))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all processes that run the tests."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if PROCESS in os.environ else own


@pytest.fixture(scope="session")
def tiny_base(shared_folder: Path) -> Path:
    return once(shared_folder / "tiny-base", make_tiny_base)


@pytest.fixture(scope="session")
def tiny_run(shared_folder: Path, tiny_base: Path) -> TinyRun:
    def make(root: Path) -> Path:
        make_tiny_run(tiny_base, root)
        return root

    root = once(shared_folder / "tiny-run", make)
    return TinyRun(tiny_base, root / "data", root / "out", root / "tiny-1")


def once(folder: Path, make: Callable[[Path], Path]) -> Path:
    """What ``make`` puts into a folder, put there by the first process that asks."""
    done = folder / "done"
    with FileLock(f"{folder}.lock"):
        if not done.is_file():
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def tiny_engine(tiny_run: TinyRun) -> Iterator[Engine]:
    engine = Engine.start(Settings(bundle_dir=tiny_run.bundle))
    yield engine
    engine.scorer.close()


@pytest.fixture(scope="session")
def champion_engine() -> Iterator[Engine]:
    engine = Engine.start(Settings(bundle_dir=bundle.champion()))
    yield engine
    engine.scorer.close()


@pytest.fixture
def client(tiny_run: TinyRun) -> Iterator[TestClient]:
    settings = Settings(
        bundle_dir=tiny_run.bundle,
        max_request_ads=4,
        max_body_bytes=100_000,
        max_request_chars=50_000,
    )
    with TestClient(create_app(settings)) as client:
        yield client
