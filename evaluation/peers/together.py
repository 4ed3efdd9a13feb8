"""Ours, baselines and a service of one's own, on texts that none of them was fitted on."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evaluation.leakage import Leakage, leakage, refuse_shared, unseen
from evaluation.peers.beside import Answers, Peer, answers, constants, point
from evaluation.peers.endpoint import Endpoint
from evaluation.rows import Labelled, WrongRow
from models.trained_on import TrainedOn
from service.engine import Engine

FLAGGED = "flagged"
"""The one threshold of an endpoint that there is no calibration split for."""


def measure(
    rows: Sequence[Labelled] | None,
    data: Path | None,
    split: str,
    base: Path | None,
    engine: Engine | None,
    endpoint: Endpoint | None,
    threshold: float = 0.5,
    only_unseen: bool = False,
) -> Answers:
    """The answer of each by name. ``rows``: to measure on; ``None``: the ``split`` of ``data``.

    Without ``data`` no baseline is fitted, and the endpoint flags from ``threshold`` on. Raises
    :class:`~evaluation.rows.WrongRow` where a text is of a group that anything was fitted on, or
    nearly one of its texts, unless ``only_unseen`` leaves those out.
    """
    seen: dict[str, TrainedOn] = {}
    if data is not None:
        from evaluation.peers import baselines

        known = baselines.prepared(data, split if rows is None else None)
        rows = baselines.labelled(known.test) if rows is None else rows
        seen["the baselines"] = baselines.digests(known)
    assert rows is not None, "the caller names rows or data"
    if engine is not None and (own := engine.bundle.trained_on()) is not None:
        seen[engine.name] = own
    rows, found = fair(rows, seen, only_unseen)
    unknown = engine is not None and engine.name not in seen
    others: list[Peer] = constants(rows)
    if data is not None:
        others += baselines.fitted(known, base, rows)
    if endpoint is not None:
        words = f"The service at {endpoint.address}, category {endpoint.category or 'highest'}."
        if data is not None:
            others.append(baselines.tuned("endpoint", words, endpoint, known.calibration, rows))
        else:
            scores = endpoint([{"text": row.text} for row in rows])
            others.append(Peer("endpoint", words, scores, [point(FLAGGED, threshold)]))
    return answers(rows, others, engine, None if unknown else found)


def fair(
    rows: Sequence[Labelled], seen: dict[str, TrainedOn], only_unseen: bool
) -> tuple[Sequence[Labelled], Leakage]:
    """Rows that nothing was fitted on, and what was looked for. Raises
    :class:`~evaluation.rows.WrongRow`."""
    whole = Leakage(len(rows), len({row.group for row in rows}))
    for name, own in seen.items():
        if only_unseen:
            rows = unseen(rows, own)
            continue
        found = leakage(rows, own)
        refuse_shared(found, name)
        if found.near:
            some = ", ".join(id for id, _ in found.near[:5])
            raise WrongRow(
                f"{len(found.near)} of {found.texts} texts are near-duplicates of what {name} was "
                f"fitted on, such as {some}: a figure on them would flatter. Leave them out with "
                "--unseen, or name other files"
            )
    if not rows:
        raise WrongRow("nothing is left to measure on: every text was fitted on")
    return rows, replace(whole, texts=len(rows), groups=len({row.group for row in rows}))
