"""Figures that are read when they are asked for: queue, bundle, challenger, key."""

from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.errors import ServiceError
from service.runtime import Runtime
from service.scoring.memory import Remembering
from service.shadow.shadow import Shadow


class Living(Collector):
    """Of a runtime, as long as there is one."""

    def __init__(self, runtime: Callable[[], Runtime]) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        """Nothing while the service starts or stops."""
        try:
            runtime = self._runtime()
        except ServiceError:
            return
        yield from queue(runtime)
        yield bundle(runtime)
        if runtime.engine.memory is not None:
            yield from cache(runtime.engine.memory)
        yield key(runtime)
        if runtime.shadow is not None:
            yield from challenger(runtime.shadow)

    def describe(self) -> Iterator[Metric]:
        """Nothing before it is asked."""
        return iter(())


def gauge(name: str, words: str, value: float) -> Metric:
    """One without labels."""
    return GaugeMetricFamily(f"lurewatch_{name}", words, value=value)


def queue(runtime: Runtime) -> Iterator[Metric]:
    """What waits for the model, and what is being read."""
    now = runtime.engine.scorer.queue()
    yield gauge("queue_characters", "Characters admitted and not yet scored.", now.chars)
    yield gauge("queue_limit_characters", "Characters above which more is refused.", now.limit)
    yield gauge("queue_ads", "Ads admitted and not yet scored.", now.ads)
    yield gauge("queue_wait_seconds", "How long all of them will take, estimated.", now.wait_s)
    yield gauge("scorer_threads", "Ads that may be scored at the same time.", now.workers)


def cache(memory: Remembering) -> Iterator[Metric]:
    """Texts that read as one before, since this bundle serves."""
    use = memory.use()
    lookups = CounterMetricFamily(
        "lurewatch_cache_lookups", "Texts looked for among those read a short while ago.",
        labels=["result"],
    )  # fmt: skip
    lookups.add_metric(["hit"], use.hits)
    lookups.add_metric(["miss"], use.misses)
    yield lookups
    yield gauge("cache_texts", "Texts whose logits are remembered.", use.texts)
    yield gauge("cache_bytes", "What they take.", use.bytes)


def bundle(runtime: Runtime) -> Metric:
    """Which one serves."""
    engine = runtime.engine
    manifest = engine.bundle.manifest
    info = GaugeMetricFamily(
        "lurewatch_bundle_info", "1 for the bundle and the policy that serve.",
        labels=["bundle", "created", "precision", "policy"],
    )  # fmt: skip
    told = [manifest.name, manifest.created, manifest.precision, engine.policy.label]
    info.add_metric([str(one) for one in told], 1)
    return info


def key(runtime: Runtime) -> Metric:
    """The service goes on without its file; it could not start again."""
    settings = runtime.settings
    there = settings.secret_key is not None or (settings.data_dir / "key").is_file()
    return gauge("key_present", "1 while the sealing key could be read again.", float(there))


def challenger(shadow: Shadow) -> Iterator[Metric]:
    """How often it would have decided otherwise, since this champion serves."""
    compared = shadow.tally.slices["all"].get("all")
    counted = {
        "agreed": compared.ads - compared.stricter - compared.milder if compared else 0,
        "stricter": compared.stricter if compared else 0,
        "milder": compared.milder if compared else 0,
        "left_out": shadow.left_out,
        "failed": shadow.failed,
    }
    ads = CounterMetricFamily(
        "lurewatch_shadow_ads", "Ads drawn for the challenger, by what came of them.",
        labels=["outcome"],
    )  # fmt: skip
    for outcome, times in counted.items():
        ads.add_metric([outcome], times)
    yield ads
