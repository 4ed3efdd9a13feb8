"""The loop: fit, checkpoint, resume after a kill, average the weights at the end.

Run alone, or under ``accelerate launch`` on several processes, machines or GPUs: the same command,
the same recipe, and but for rounding and dropout the same result. A checkpoint is whole or absent;
the same seed on the same machine repeats a run.
"""

import hashlib
import json
import os
import random
import shutil
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from tqdm import tqdm

from models.bundle import Bundle
from models.bundle import load as load_bundle
from models.calibration import LURE
from models.cli import say
from models.tokenization import Tokenizer, from_json
from training.base import ORIGIN
from training.batches import epoch_batches
from training.errors import CorpusError, RecipeError, ResumeError
from training.features import Batch, Features, collate, features
from training.figures import METRICS, auroc
from training.framing import Framing
from training.lineage import write_parent
from training.model import LureModel, Outputs, freeze, from_base, keep_layers, save, standardise
from training.narrowing import cut, is_narrower, narrow
from training.objective import Objective
from training.precision import has_quick_bfloat16
from training.prepare import load
from training.recipe import Optimise, Recipe
from training.sharing import Sharing, share_of, unlabelled
from training.start import blend, refuse_seen, start_from

CHECKPOINT = "checkpoint"
FITTED = "fitted"
EVALUATION_BATCH = 32
STANDARDISE_BATCHES = 12
NARROW_BATCHES = 64


@dataclass(slots=True)
class Progress:
    """Where a run stands; written beside every checkpoint."""

    epoch: int = 0
    batch: int = 0  # batches done in this epoch
    step: int = 0
    averaged: int = 0  # weights that the running mean holds
    sums: dict[str, float] = field(default_factory=dict)  # losses of this epoch so far


def fit(
    base: Path, data: Path, recipe: Recipe, out: Path, resume: bool, save_every: int = 150,
    start: Path | None = None,
) -> Path:  # fmt: skip
    """Fit a model from ``base`` on the prepared ``data``; gives the folder of the fitted model.

    ``start``: folder of a bundle on the same base whose weights are the first ones.
    Writes ``recipe.json``, ``metrics.jsonl`` and ``checkpoint/`` to ``out`` on the way.
    """
    precision = "bf16" if torch.cuda.is_available() or has_quick_bfloat16() else "no"
    accelerator = Accelerator(mixed_precision=precision, cpu=not torch.cuda.is_available())
    set_seed(recipe.seed)
    dataset, lock = load(data)
    rows = [row for row in dataset if row["split"] == "train"]
    held = [row for row in dataset if row["split"] == "calibration" and row["kind"] is not None]
    if not rows:
        raise CorpusError(f"no text of {data} is in the training split: prepare more of them")
    tokenizer = from_json((base / "tokenizer.json").read_text("utf-8"))
    model = from_base(base, recipe.optimise.dropout)
    begun = None if start is None else load_bundle(start)
    before = None
    if begun is not None:
        refuse_seen(begun, dataset, lock)
        start_from(model, begun)
        if recipe.loss.remember or recipe.loss.states:
            before = answering(model).to(accelerator.device)
    fewer = keep_layers(model, recipe.shape.layers)
    if is_narrower(model, recipe.shape.inner_units):
        fewer = True
        if resume and last_checkpoint(out):
            cut(model, recipe.shape.inner_units)
        else:
            narrow(model, recipe.shape.inner_units, samples(rows, tokenizer, recipe, model))
    if fewer and recipe.optimise.start_share:
        raise RecipeError(
            "optimise.start_share is above 0, and shape.layers or shape.inner_units leaves less "
            "than what the weights would go back to: set one of them to 0"
        )
    freeze(model, recipe.optimise.frozen_layers)
    optimizer = AdamW(
        groups(model, recipe.optimise), weight_decay=recipe.optimise.weight_decay, fused=True
    )
    world = accelerator.num_processes
    total = sum(len(epoch_batches(rows, recipe, epoch)) for epoch in range(recipe.optimise.epochs))
    scheduler = LambdaLR(optimizer, lambda step: rate(step, total, recipe.optimise.warmup))
    model, optimizer = accelerator.prepare(model, optimizer)
    accelerator.register_for_checkpointing(scheduler)
    mean = RunningMean(accelerator.unwrap_model(model))
    padding = int(accelerator.unwrap_model(model).encoder.config.pad_token_id)

    framing = Framing.of(rows, recipe.augment)

    def featured(
        row: dict[str, Any], rng: random.Random | None, company: bool, changing: Recipe
    ) -> Features:
        if rng is None:
            return features(row, tokenizer, changing, None)
        own = framing.named(row, rng)
        framed = framing.around(own, rng, company)
        item = features(framed, tokenizer, changing, rng)
        if framed is not own and item.cut:
            return features(own, tokenizer, changing, rng)  # the warning, or the offer, may be gone
        return item

    def has_company(at: str) -> bool:
        return random.Random(at).random() < recipe.augment.pad

    def make(members: list[int], at: str | None, places: Sequence[int]) -> Batch:
        company = at is not None and has_company(at)
        items = [
            featured(
                rows[members[i]],
                None if at is None else random.Random(f"{at}:{i}"),
                company,
                recipe,
            )
            for i in places
        ]
        if not items:
            items = [unlabelled(features(rows[members[0]], tokenizer, recipe, None))]
        return to_device(collate(items, padding), accelerator.device)

    disguised = in_disguise(recipe)

    def copies_of(members: list[int], at: str, places: Sequence[int]) -> tuple[Batch | None, int]:
        if not recipe.loss.consistency:
            return None, 0
        count = max(1, round(recipe.loss.copies * len(members)))
        mine = [i for i in places if i < count]
        # The same seed frames a text the same way: a copy in disguise is of what the batch holds.
        items = [
            featured(rows[members[i]], random.Random(f"{at}:{i}"), has_company(at), disguised)
            for i in mine or (*places, 0)[:1]
        ]
        return to_device(collate(items, padding), accelerator.device), len(mine)

    objective = Objective(accelerator, model, recipe.loss, before)
    sharing = Sharing(accelerator)
    identity = identity_of(recipe, lock, base, begun, world)
    progress = Progress()
    out.mkdir(parents=True, exist_ok=True)
    if resume and last_checkpoint(out):
        progress = restore(accelerator, mean, out, identity)
        if accelerator.is_main_process:
            say(f"going on from step {progress.step} of {total}")
    else:
        if resume and accelerator.is_main_process:
            say("nothing to resume: starting at step 0")
        if accelerator.is_main_process:
            (out / METRICS).unlink(missing_ok=True)
            for old in (CHECKPOINT, CHECKPOINT + ".old", CHECKPOINT + ".new"):
                shutil.rmtree(out / old, ignore_errors=True)
        sample = epoch_batches(rows, recipe, 0)[:STANDARDISE_BATCHES]
        seen = (make(members, None, range(len(members))) for members in sample)
        standardise(accelerator.unwrap_model(model), seen, learnt=begun is not None)
    if accelerator.is_main_process:
        (out / "recipe.json").write_text(recipe.model_dump_json(indent=1), "utf-8")

    sharing.agree(identity, progress.step)
    average_after = int(recipe.optimise.average_from * total)
    bar = tqdm(
        total=total, initial=progress.step, desc="fit", unit="batch", mininterval=5,
        disable=not accelerator.is_main_process,
    )  # fmt: skip
    model.train()
    while progress.epoch < recipe.optimise.epochs:
        batches = epoch_batches(rows, recipe, progress.epoch)
        sums = progress.sums
        while progress.batch < len(batches):
            members = batches[progress.batch]
            at = f"{recipe.seed}:{progress.epoch}:{progress.batch}"
            places = share_of(members, rows, sharing.process, world)
            # Dropout too is the same after a resume.
            torch.manual_seed(random.Random(f"{at}:dropout {sharing.process}").getrandbits(48))
            batch = make(members, at, places)
            copies, copied = copies_of(members, at, places)
            parts = objective.backward(batch, copies, progress.step / total, copied)
            accelerator.clip_grad_norm_(model.parameters(), recipe.optimise.clip_norm)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad(set_to_none=True)
            progress.batch += 1
            progress.step += 1
            if progress.step > average_after:
                progress.averaged = mean.add(accelerator.unwrap_model(model))
            for name, part in parts.items():
                sums[name] = sums.get(name, 0.0) + float(part.detach())
            bar.update()
            if progress.step % 20 == 0:
                bar.set_postfix({k: f"{v / progress.batch:.3f}" for k, v in sums.items()})
            if progress.step % save_every == 0:
                sums = progress.sums = sharing.mean(sums)
                checkpoint(accelerator, mean, progress, out, identity)
        sums = sharing.mean(sums)
        if accelerator.is_main_process:
            figures = {
                "epoch": progress.epoch + 1,
                "step": progress.step,
                "loss": {k: round(v / max(1, len(batches)), 4) for k, v in sums.items()},
                **held_figures(accelerator.unwrap_model(model), held, tokenizer, recipe),
            }
            with (out / METRICS).open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(figures) + "\n")
            tqdm.write(json.dumps(figures))
        model.train()
        progress.epoch, progress.batch, progress.sums = progress.epoch + 1, 0, {}
        checkpoint(accelerator, mean, progress, out, identity)
    bar.close()
    fitted = accelerator.unwrap_model(model)
    mean.put_into(fitted)
    if begun is not None and recipe.optimise.start_share:
        blend(fitted, begun, recipe.optimise.start_share)
    if accelerator.is_main_process:
        save(fitted, out / FITTED)
        for name in ("tokenizer.json", ORIGIN):
            if (base / name).is_file():
                shutil.copy(base / name, out / FITTED / name)
        (out / FITTED / "data.lock.json").write_text(json.dumps(lock, indent=1), "utf-8")
        (out / FITTED / "recipe.json").write_text(recipe.model_dump_json(indent=1), "utf-8")
        write_parent(out / FITTED, begun)
    accelerator.wait_for_everyone()
    return out / FITTED


def samples(
    rows: Sequence[dict[str, Any]], tokenizer: Tokenizer, recipe: Recipe, model: LureModel
) -> Iterator[Batch]:
    """Batches of training texts as they are, drawn as an epoch draws them."""
    padding = int(model.encoder.config.pad_token_id)
    for members in epoch_batches(rows, recipe, 0)[:NARROW_BATCHES]:
        yield collate([features(rows[i], tokenizer, recipe, None) for i in members], padding)


def answering(model: LureModel) -> LureModel:
    """A copy that goes on answering as ``model`` does now. Both have one table of pieces, which no
    fit moves."""
    table = model.encoder.get_input_embeddings().weight
    return deepcopy(model, {id(table): table}).eval()


def in_disguise(recipe: Recipe) -> Recipe:
    """The recipe for copies that mean what the text means: disguised, and never cropped."""
    changed = recipe.augment.model_copy(update={"evade": 1.0, "crop": 0.0})
    return recipe.model_copy(update={"augment": changed})


def groups(model: LureModel, optimise: Optimise) -> list[dict[str, Any]]:
    """Parameter groups: the head fastest, each layer slower than the one above."""
    layers = model.encoder.config.num_hidden_layers
    rates: dict[float, list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("head."):
            chosen = optimise.head_learning_rate
        else:
            _, _, rest = name.partition("encoder.layer.")
            depth = int(rest.split(".")[0]) + 1 if rest else 0
            chosen = optimise.learning_rate * optimise.layer_decay ** (layers - depth)
        rates.setdefault(chosen, []).append(parameter)
    return [{"params": parameters, "lr": chosen} for chosen, parameters in rates.items()]


def rate(step: int, total: int, warmup: float) -> float:
    """Linear up over the warm-up, then linear down to a twentieth."""
    rising = max(1, int(warmup * total))
    if step < rising:
        return (step + 1) / rising
    return max(0.05, (total - step) / max(1, total - rising))


def to_device(batch: Batch, device: torch.device) -> Batch:
    """The batch on the device that computes."""
    tensors = {
        name: part.to(device)
        for name in Batch.__slots__
        if isinstance(part := getattr(batch, name), Tensor)
    }
    return replace(batch, **tensors)  # type: ignore[arg-type]


class RunningMean:
    """Mean of the trainable weights over the last steps (Izmailov et al. 2018)."""

    def __init__(self, model: LureModel) -> None:
        self.count = 0
        self.means = {n: p.detach().clone() for n, p in trainable(model)}

    def add(self, model: LureModel) -> int:
        """Take the present weights in; gives how many are in it now."""
        self.count += 1
        with torch.no_grad():
            for name, parameter in trainable(model):
                self.means[name].lerp_(parameter, 1 / self.count)
        return self.count

    def put_into(self, model: LureModel) -> None:
        """Replace the weights by their mean, if any was taken."""
        if self.count:
            with torch.no_grad():
                for name, parameter in trainable(model):
                    parameter.copy_(self.means[name])


def trainable(model: LureModel) -> Iterator[tuple[str, torch.nn.Parameter]]:
    """Parameters that move."""
    return ((n, p) for n, p in model.named_parameters() if p.requires_grad)


def identity_of(
    recipe: Recipe, lock: dict[str, Any], base: Path, start: Bundle | None, world: int
) -> dict[str, str]:
    """What a checkpoint must share with the run that goes on from it."""
    config = (base / "config.json").read_bytes()
    return {
        "recipe": hashlib.sha256(recipe.model_dump_json().encode()).hexdigest(),
        "data": str(lock["sha256"]),
        "base encoder": hashlib.sha256(config).hexdigest(),
        "bundle to start from": "" if start is None else start.manifest.name,
        "number of processes": str(world),
    }


def checkpoint(
    accelerator: Accelerator,
    mean: RunningMean,
    progress: Progress,
    out: Path,
    identity: dict[str, str],
) -> None:
    """Write everything a resume needs beside the last checkpoint, then take its place."""
    accelerator.wait_for_everyone()
    fresh, old = out / (CHECKPOINT + ".new"), out / (CHECKPOINT + ".old")
    accelerator.save_state(str(fresh))
    accelerator.wait_for_everyone()  # another process may still write its random state there
    if accelerator.is_main_process:
        if mean.count:
            torch.save(mean.means, fresh / "mean.pt")
        state = {"progress": asdict(progress), "identity": identity}
        (fresh / "progress.json").write_text(json.dumps(state), "utf-8")
        shutil.rmtree(old, ignore_errors=True)
        if (out / CHECKPOINT).exists():
            os.replace(out / CHECKPOINT, old)
        os.replace(fresh, out / CHECKPOINT)
        shutil.rmtree(old, ignore_errors=True)
    accelerator.wait_for_everyone()


def last_checkpoint(out: Path) -> Path | None:
    """The checkpoint, or the one before it where a kill fell between taking its place and giving
    it up."""
    found = (out / CHECKPOINT, out / (CHECKPOINT + ".old"))
    return next((folder for folder in found if (folder / "progress.json").is_file()), None)


def restore(
    accelerator: Accelerator, mean: RunningMean, out: Path, identity: dict[str, str]
) -> Progress:
    """Continue where the checkpoint stands. Raises :class:`ResumeError` if it is another run's."""
    folder = last_checkpoint(out)
    assert folder is not None
    state = json.loads((folder / "progress.json").read_text("utf-8"))
    other = [name for name, value in identity.items() if state["identity"].get(name) != value]
    if other:
        raise ResumeError(
            f"{folder} was made with another {' and '.join(other)}; fit without --resume, or "
            "into another --run"
        )
    accelerator.load_state(str(folder))
    progress = Progress(**state["progress"])
    metrics = out / METRICS
    if accelerator.is_main_process and metrics.is_file():  # an epoch told, then lost to a kill
        lines = metrics.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if line.endswith("\n")]  # not one that a kill cut short
        kept = [line for line in kept if json.loads(line)["epoch"] <= progress.epoch]
        metrics.write_text("".join(kept), "utf-8")
    if progress.averaged:
        means = torch.load(folder / "mean.pt", weights_only=True, map_location="cpu")
        mean.means = {name: value.to(accelerator.device) for name, value in means.items()}
        mean.count = progress.averaged
    return progress


def passes(
    model: LureModel, items: Sequence[Features]
) -> Iterator[tuple[list[int], Batch, Outputs]]:
    """The model's outputs for all items, batches of like length together: which items, the batch,
    and what was answered. Sets the model to answer, not to learn."""
    model.eval()
    padding = int(model.encoder.config.pad_token_id)
    device = next(model.parameters()).device
    order = sorted(range(len(items)), key=lambda i: len(items[i].ids))
    for low in range(0, len(order), EVALUATION_BATCH):
        members = order[low : low + EVALUATION_BATCH]
        batch = to_device(collate([items[i] for i in members], padding), device)
        with torch.inference_mode():
            outputs = model(*batch.inputs)
        yield members, batch, outputs


def marked_tokens(batch: Batch, outputs: Outputs) -> tuple[int, int, int]:
    """Pairs of token and indicator that are both shown and marked, shown, and marked, in the texts
    that somebody marked."""
    known = (batch.real * batch.marked[:, None])[..., None] > 0
    shown, truth = (outputs.indicator > 0) & known, (batch.marks > 0) & known
    return int((shown & truth).sum()), int(shown.sum()), int(truth.sum())


def held_figures(
    model: LureModel, rows: list[dict[str, Any]], tokenizer: Tokenizer, recipe: Recipe
) -> dict[str, Any]:
    """Ranking, kinds and indicators on the calibration split, to watch a run by."""
    items = [features(row, tokenizer, recipe, None) for row in rows]
    scores, right = [0.0] * len(items), 0
    found = np.zeros(3, dtype=int)
    for members, batch, outputs in passes(model, items):
        found += marked_tokens(batch, outputs)
        rest = outputs.kind.clone()
        rest[:, LURE] = -torch.inf
        guess = torch.where(outputs.lure > 0, torch.full_like(batch.kind, LURE), rest.argmax(1))
        right += int((guess == batch.kind).sum())
        for i, logit in zip(members, outputs.lure.tolist(), strict=True):
            scores[i] = logit
    real = [i for i, row in enumerate(rows) if not row["synthetic"]]
    return {
        "auroc": auroc(scores, [row["kind"] == "lure" for row in rows]),
        "auroc_real": auroc([scores[i] for i in real], [rows[i]["kind"] == "lure" for i in real]),
        "indicator_token_f1": round(2 * found[0] / max(1, found[1] + found[2]), 4),
        "kind_accuracy": round(right / max(1, len(rows)), 4),
        "rows": len(rows),
        "rows_real": len(real),
    }
