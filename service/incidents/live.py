"""Incidents as every process has them at every moment: whoever answers looks at most half a second
after the last look whether the database has others. So a change is live everywhere within a second,
without a word between processes, and while nobody asks, nobody looks.

A look is a task of its own, one at a time: after a change of the bundle it reads every example
again, which may take minutes, and would otherwise begin anew with each caller who goes.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence

import numpy as np

from models.ad import Ad
from service.engine import Engine
from service.incidents import registry
from service.incidents.learning import WIDTH, background_of, numbers_of, signature_of, unpacked
from service.incidents.matching import Match, Matcher, Wording, learnt
from service.incidents.registry import Kept
from service.incidents.state import Live, ReadAgain
from service.runtime import Runtime
from service.scoring.scorer import Scored
from service.store.base import now
from service.store.tables import IncidentExample
from service.store.vault import Vault

EVERY_S = 0.5
"""How long what was seen is taken for granted."""

PATIENCE_S = 2.0
"""How long an answer waits for the look, counted from where that began."""

DATABASE_S = 2.0
"""How long a look waits for the database."""

PREPARE_S = 20.0
"""How long a start, or a change of the bundle, waits for the first look: hundreds of examples are
read again in that time, and there may be ten thousand. The rest is read while it serves."""

READ_AT_ONCE = 20
"""Examples that are read again together. What was read stays read, whatever becomes of the look,
and no more than these go before the ads of a caller."""

PAUSE_S = 5.0
"""After a look that failed, the incidents of before are used so long."""

log = logging.getLogger(__name__)


async def current(runtime: Runtime) -> Matcher | None:
    """The live incidents; ``None`` where there is none. Never fails, and waits no longer than
    :data:`PATIENCE_S`: the last ones seen are then used, and the log says so."""
    live = runtime.incidents
    if runtime.engine.background is None:
        return None
    moment = time.monotonic()
    if live.next_look is not None and (moment < live.next_look or live.looking is not None):
        return live.matcher
    if live.looking is None:
        begin(runtime)
    await patiently(live, PATIENCE_S - (moment - live.began))
    return live.matcher


async def prepare(runtime: Runtime) -> None:
    """The first look, for who can wait longer than a caller: before the runtime serves."""
    if runtime.engine.background is not None:
        begin(runtime)
        await patiently(runtime.incidents, PREPARE_S)


async def look_again(runtime: Runtime) -> None:
    """A look that begins after this call, to its end: what was written before is then known."""
    live = runtime.incidents
    while live.looking is not None:
        await asyncio.wait({live.looking})
    await asyncio.wait({begin(runtime)})


def begin(runtime: Runtime) -> "asyncio.Task[None]":
    """Look, in a task that outlives the caller. None may go on."""
    live = runtime.incidents
    assert live.looking is None
    live.began = time.monotonic()
    live.looking = looking = asyncio.create_task(look(runtime))
    timer = asyncio.get_running_loop().call_later(PATIENCE_S, late, live)

    def ended(_: "asyncio.Task[None]") -> None:
        timer.cancel()
        live.looking = None

    looking.add_done_callback(ended)
    return looking


def late(live: Live) -> None:
    """A look takes long: what is known may be out of date."""
    if not live.stale:
        log.warning("the look for incidents takes long; those of before are used meanwhile")
    live.stale = True


async def patiently(live: Live, left_s: float) -> None:
    """Wait for the look that goes on."""
    looking = live.looking
    if looking is None:
        return
    if left_s > 0:
        await asyncio.wait({looking}, timeout=left_s)
    if not looking.done():
        late(live)


async def close(live: Live) -> None:
    """Look no more."""
    if live.looking is not None:
        live.looking.cancel()
        await asyncio.wait({live.looking})


async def look(runtime: Runtime) -> None:
    """Bring what this process knows up to date."""
    live = runtime.incidents
    began = time.monotonic()
    try:
        await refresh(runtime, live)
        live.next_look = began + EVERY_S
        live.stale = False
    except TimeoutError:  # the database, or this process, was busy or stopped: nothing is wrong yet
        log.warning("incidents not looked up in time; those of before are used")
        live.next_look = time.monotonic() + PAUSE_S
        live.stale = True
    except Exception:
        log.exception("incidents not looked up; those of before are used")
        live.next_look = time.monotonic() + PAUSE_S
        live.stale = True


async def refresh(runtime: Runtime, live: Live) -> None:
    """Read what changed."""
    async with asyncio.timeout(DATABASE_S):
        versions = await runtime.database.read(registry.versions, now())
        known = {name: revision for name, (revision, _) in live.wordings.items()}
        if versions == known:
            return
        changed = [name for name, revision in versions.items() if known.get(name) != revision]
        kept = await runtime.database.read(registry.load, changed) if changed else []
    found = await wordings_of(runtime.engine, runtime.vault, kept, live)
    forget(live, versions, kept)
    live.wordings = {
        name: one for name, one in live.wordings.items() if versions.get(name) == one[0]
    } | {row.name: (row.revision, found[row.name]) for row, _ in kept if row.name in found}
    wordings = [wording for _, wording in live.wordings.values()]
    live.matcher = Matcher(wordings, background_of(runtime.engine)) if wordings else None


def forget(live: Live, versions: Mapping[str, str], kept: Sequence[Kept]) -> None:
    """What was read again of examples that there are no more, in incidents that are over or were
    loaded anew."""
    loaded = {incident.name: {row.id for row in rows} for incident, rows in kept}
    live.read_again = {
        id: one
        for id, one in live.read_again.items()
        if one.incident in versions and id in loaded.get(one.incident, {id})
    }


async def wordings_of(
    engine: Engine, vault: Vault, kept: Sequence[Kept], live: Live
) -> dict[str, Wording]:
    """By name. Examples that another bundle read are read again by this one, once."""
    rows = [row for _, examples in kept for row in examples]
    ours = bundle_id(engine)
    # By id, of these rows: a look may forget some of them meanwhile.
    again = {row.id: live.read_again[row.id] for row in rows if row.id in live.read_again}
    foreign = [row for row in rows if row.bundle != ours and row.id not in again]
    for first in range(0, len(foreign), READ_AT_ONCE):
        some = foreign[first : first + READ_AT_ONCE]
        numbers = await numbers_of(engine, await asyncio.to_thread(ads_of, vault, some))
        read = {
            row.id: ReadAgain(row.incident, *one) for row, one in zip(some, numbers, strict=True)
        }
        again |= read
        live.read_again |= read
    return await asyncio.to_thread(learnt_of, engine, vault, kept, again)


def learnt_of(
    engine: Engine, vault: Vault, kept: Sequence[Kept], again: Mapping[str, ReadAgain]
) -> dict[str, Wording]:
    """The same, all examples read; an incident that lost its examples meanwhile is left out."""
    background = background_of(engine)
    ours = bundle_id(engine)
    found = {}
    for incident, rows in kept:
        numbers = [
            unpacked(vault.unseal_bytes(row.learnt))
            if row.bundle == ours
            else again[row.id].numbers
            for row in rows
        ]
        own = [one for row, one in zip(rows, numbers, strict=True) if not row.counter]
        if not own:
            continue
        against = [one for row, one in zip(rows, numbers, strict=True) if row.counter]
        hidden = len(background.centre)
        counters = np.array([one[0] for one in against], np.float32).reshape(-1, hidden)
        signatures = [one[1] for one in own if one[1] is not None]
        found[incident.name] = learnt(
            incident.name,
            background.place(np.stack([one[0] for one in own])),
            background.place(counters),
            np.array(signatures, np.uint64).reshape(-1, WIDTH),
            background,
            incident.false_positive_rate,
        )
    return found


def bundle_id(engine: Engine) -> str:
    """Name and digest: what an embedding is comparable within."""
    manifest = engine.bundle.manifest
    return f"{manifest.name}:{manifest.files['model.onnx'].sha256[:16]}"


def ads_of(vault: Vault, rows: Sequence[IncidentExample]) -> list[Ad]:
    """Texts of examples as the model takes them."""
    contents = [vault.unseal(row.content) for row in rows]
    return [Ad(text=content["text"], title=content["title"]) for content in contents]


def all_matches(matcher: Matcher, scored: Sequence[Scored]) -> list[tuple[Match, ...]]:
    """Of every ad."""
    found = []
    for one in scored:
        assert one.logits.embedding is not None
        found.append(matcher.matches(one.logits.embedding, signature_of(one)))
    return found
