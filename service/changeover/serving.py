"""The runtime of a process, whose bundle may change while it serves.

A request keeps the runtime that it began with: it is answered by one bundle, and says by which.
An engine that nobody uses any more ends by itself: its threads end when the last request that holds
it has been answered.
"""

import asyncio
import logging
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from models import bundle
from models.errors import BundleError
from service.changeover import selftest
from service.changeover.memory import trim_after
from service.engine import Engine
from service.errors import BundleRefused
from service.incidents.live import prepare
from service.incidents.state import Live
from service.policy.errors import PolicyError
from service.policy.load import load as load_policy
from service.policy.model import Policy
from service.runtime import Runtime
from service.settings import Settings
from service.shadow.shadow import Shadow

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """One bundle after another."""

    before: str
    after: str
    policy: str
    """Label of the policy that decides now; its file is read again too."""

    seconds: float
    """From the order to the first request that the new bundle may answer."""

    tested: selftest.Passed


class Serving:
    """Holds what serves now."""

    def __init__(self, runtime: Runtime, start: Callable[[Settings], Engine]) -> None:
        self.current = runtime
        self._asked = runtime.settings
        self._start = start
        self._one_at_a_time = asyncio.Lock()

    async def change(self) -> Change:
        """Serve what the settings name now: the registry's champion of this moment, or the folder
        they fix, read again.

        Raises :class:`~service.errors.BundleRefused` where that bundle or a policy cannot be read
        or fails its self-test; then nothing has changed.
        """
        async with self._one_at_a_time:
            began = time.monotonic()
            before = self.current
            metrics = before.observer.metrics
            try:
                settings = as_named_now(self._asked)
                engine, tested = await asyncio.to_thread(self._ready, settings)
                policy = await asyncio.to_thread(challenged_by, before.shadow, settings)
            except BundleRefused:
                metrics.reloads.labels("refused").inc()
                raise
            # Incidents are compared within one bundle: their examples are read again by the new,
            # while the old one answers.
            after = replace(before, settings=settings, engine=engine, incidents=Live())
            await prepare(after)
            metrics.reloads.labels("changed").inc()
            metrics.selftest_seconds.set(tested.seconds)
            self.current = after
            if before.shadow is not None and policy is not None:
                before.shadow.decide_by(policy, engine)
            trim_after(before.engine.scorer)
            seconds = round(time.monotonic() - began, 2)
            change = Change(before.engine.name, engine.name, engine.policy.label, seconds, tested)
        log.info(
            "bundle changed",
            extra={"before": change.before, "model": change.after, "seconds": seconds},
        )
        return change

    def _ready(self, settings: Settings) -> tuple[Engine, selftest.Passed]:
        """A new engine, loaded, warm and tested; takes seconds."""
        try:
            engine = self._start(settings)
        except (BundleError, PolicyError) as error:
            raise BundleRefused(settings.bundle_dir.name, str(error)) from error
        try:
            return engine, selftest.check(engine)
        except BaseException:
            engine.scorer.close()
            raise

    async def change_on_signal(self) -> None:
        """As :meth:`change`; a refusal is logged, since nobody waits for an answer."""
        try:
            await self.change()
        except BundleRefused as refusal:
            log.error("bundle refused", extra={"reason": str(refusal)})


def challenged_by(shadow: Shadow | None, settings: Settings) -> Policy | None:
    """The policy file read again for the challenger, with its own operating points. Raises
    :class:`~service.errors.BundleRefused`."""
    if shadow is None:
        return None
    try:
        return load_policy(settings.policy, shadow.engine.bundle.calibration.operating_points)
    except PolicyError as error:
        raise BundleRefused(f"the challenger {shadow.engine.name}", str(error)) from error


def as_named_now(settings: Settings) -> Settings:
    """The settings with the registry's champion of this moment, unless they fix a bundle."""
    if "bundle_dir" in settings.model_fields_set:
        return settings
    try:
        now = bundle.champion(settings.registry)
    except BundleError as error:
        raise BundleRefused("the champion", str(error)) from error
    return settings.model_copy(update={"bundle_dir": now})


@contextmanager
def listening(serving: Serving) -> Iterator[None]:
    """SIGHUP changes the bundle, where the system has it and the event loop may hear it."""
    loop = asyncio.get_running_loop()
    begun: set[asyncio.Task[None]] = set()

    def heard() -> None:
        task = loop.create_task(serving.change_on_signal())
        begun.add(task)
        task.add_done_callback(begun.discard)

    try:
        loop.add_signal_handler(signal.SIGHUP, heard)
    except (AttributeError, NotImplementedError, RuntimeError, ValueError):  # Windows, or a thread
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
        for task in begun:
            task.cancel()
