"""A fit on several processes: real ones, that talk over gloo."""

import json
import multiprocessing
import os
import socket
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import torch
from safetensors.torch import load_file

import training.fit as fitting
from models.calibration import LURE
from tests.conftest import TINY_RECIPE, TinyRun
from tests.training.test_objective import answers
from training.batches import epoch_batches
from training.errors import RecipeError, ResumeError
from training.losses import lure_loss
from training.prepare import load
from training.recipe import Loss, Recipe
from training.sharing import Whole, refuse_what_one_alone_can, share_of

PATIENCE_S = 240

EVERYTHING = TINY_RECIPE.model_copy(
    update={
        "loss": Loss(pair=0.3, hardest=0.5, consistency=1.0, adversarial=0.05),
        "mix": TINY_RECIPE.mix.model_copy(update={"written_share": 0.15}),
        "optimise": TINY_RECIPE.optimise.model_copy(
            update={"epochs": 1, "dropout": 0.0, "average_from": 0.3}
        ),
    }
)
"""Every part of the loss that looks at more than one text; dropout would draw other masks."""


def fit_here(
    recipe: Recipe, run: TinyRun, out: Path, seen: dict[str, str], data: Path, dies: bool
) -> None:
    """One of the processes, in float32; one that ``dies`` does so after its first checkpoint."""
    os.environ |= seen
    torch.set_num_threads(1)
    mock.patch.object(fitting, "has_quick_bfloat16", return_value=False).start()
    told = out.parent / f"told-{seen.get('RANK', 0)}"
    written = fitting.checkpoint

    def last(*given: Any) -> None:
        written(*given)
        told.write_text("dead")
        os._exit(1)

    if dies:
        fitting.checkpoint = last  # type: ignore[assignment]
    try:
        fitting.fit(run.base, data, recipe, out, resume=True, save_every=4)
        told.write_text("done")
    except Exception as error:
        told.write_text(f"{type(error).__name__}: {error}")


def fit_on(recipe: Recipe, run: TinyRun, out: Path, *data: Path, dies: bool = False) -> list[str]:
    """A process a data set; gives what each ended with."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = str(found.getsockname()[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    spawn = multiprocessing.get_context("spawn")
    processes = []
    for rank, own in enumerate(data):
        seen = {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(len(data)),
                "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}  # fmt: skip
        arguments = (recipe, run, out, seen if len(data) > 1 else {}, own, dies)
        processes.append(spawn.Process(target=fit_here, args=arguments))
        processes[-1].start()
    for process in processes:
        process.join(PATIENCE_S)
        process.kill()
    return [(out.parent / f"told-{rank}").read_text() for rank in range(len(data))]


@pytest.fixture(scope="module")
def two(tiny_run: TinyRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on two processes that nothing disturbed."""
    out = tmp_path_factory.mktemp("two") / "run"
    assert fit_on(EVERYTHING, tiny_run, out, tiny_run.data, tiny_run.data) == ["done", "done"]
    return out


def test_two_processes_learn_what_one_does(two: Path, tiny_run: TinyRun, tmp_path: Path) -> None:
    one = tmp_path / "run"
    assert fit_on(EVERYTHING, tiny_run, one, tiny_run.data) == ["done"]
    assert furthest(one, two) < 2e-3
    losses = [json.loads((run / "metrics.jsonl").read_text())["loss"] for run in (one, two)]
    assert losses[0] == pytest.approx(losses[1], abs=2e-3)


def furthest(one: Path, other: Path) -> float:
    """The largest difference between two weights of the fitted models."""
    return max(
        float((value - load_file(other / "fitted" / name)[key]).abs().max())
        for name in ("model.safetensors", "head.safetensors")
        for key, value in load_file(one / "fitted" / name).items()
    )


def test_two_processes_that_were_killed_go_on(two: Path, tiny_run: TinyRun, tmp_path: Path) -> None:
    torn = tmp_path / "run"
    both = (tiny_run.data, tiny_run.data)
    assert fit_on(EVERYTHING, tiny_run, torn, *both, dies=True) == ["dead", "dead"]
    assert not (torn / "fitted").exists()
    assert fit_on(EVERYTHING, tiny_run, torn, *both) == ["done", "done"]
    assert furthest(two, torn) < 1e-5


def test_processes_with_other_data_are_refused(tiny_run: TinyRun, tmp_path: Path) -> None:
    other = tmp_path / "data"
    other.mkdir()
    for path in tiny_run.data.iterdir():
        text = path.read_bytes()
        if path.name == "dataset.lock.json":
            lock = json.loads(text)
            text = json.dumps({**lock, "sha256": "0" * 64}).encode()
        (other / path.name).write_bytes(text)
    told = fit_on(EVERYTHING, tiny_run, tmp_path / "run" / "out", tiny_run.data, other)
    assert all(one.startswith(f"{ResumeError.__name__}: the processes have") for one in told)


def test_every_text_of_a_batch_is_read_once_and_twins_together(tiny_run: TinyRun) -> None:
    rows = [row for row in load(tiny_run.data)[0] if row["split"] == "train"]
    for batch in epoch_batches(rows, TINY_RECIPE, 0):
        shares = [share_of(batch, rows, process, 3) for process in range(3)]
        assert sorted(place for share in shares for place in share) == list(range(len(batch)))
        homes: dict[str, set[int]] = {}
        for process, share in enumerate(shares):
            for place in share:
                if key := rows[batch[place]]["pair_key"]:
                    homes.setdefault(key, set()).add(process)
        assert all(len(found) == 1 for found in homes.values())
        largest = max(len(share) for share in shares)
        assert largest - min(len(share) for share in shares) <= 2


def test_the_hardest_are_those_of_the_whole_batch() -> None:
    """Two processes: this one has an easy text and a lure, the other one a hard text."""
    outputs, batch = answers([1.0, -4.0], [LURE, 1])
    counts = torch.tensor([1.5, 0.5, 1.0, 0.0, 0.0, 0.0, 0.0])
    theirs = torch.tensor([-torch.inf, 2.1])
    whole = Whole.of(counts, 2, lambda values: torch.cat([values, theirs]))
    half = Loss(label_smoothing=0.0, hardest=0.5)
    lure = torch.nn.functional.softplus(torch.tensor(-1.0))
    assert lure_loss(outputs, batch, half, whole).item() == pytest.approx(lure.item(), abs=1e-6)


def test_what_compares_all_texts_of_a_batch_is_refused_on_several() -> None:
    refuse_what_one_alone_can(Loss(contrastive=0.2), 1)
    with pytest.raises(RecipeError, match=r"loss\.contrastive is 0\.2"):
        refuse_what_one_alone_can(Loss(contrastive=0.2), 2)
