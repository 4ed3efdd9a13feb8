"""What was counted, as an answer."""

from models.intervals import wilson
from service.api.schemas import Disagreement, ShadowReport
from service.shadow.shadow import Shadow
from service.shadow.tally import Compared


def report(shadow: Shadow) -> ShadowReport:
    """Slices with most ads first."""
    tally = shadow.tally
    return ShadowReport(
        champion=tally.champion,
        challenger=shadow.engine.name,
        challenger_policy=shadow.engine.policy.label,
        share=shadow.share,
        since=shadow.since,
        left_out=shadow.left_out,
        failed=shadow.failed,
        slices=[
            disagreement(name, value, compared)
            for name, values in tally.slices.items()
            for value, compared in sorted(values.items(), key=lambda one: -one[1].ads)
        ],
    )


def disagreement(name: str, value: str, compared: Compared) -> Disagreement:
    """Of one slice."""
    agreed = compared.ads - compared.stricter - compared.milder
    low, high = wilson(agreed / compared.ads, compared.ads)
    return Disagreement(
        slice=name,
        value=value,
        ads=compared.ads,
        agreed=agreed,
        stricter=compared.stricter,
        milder=compared.milder,
        agreement=round(agreed / compared.ads, 4),
        agreement_interval=(round(low, 4), round(high, 4)),
        mean_change=round(compared.change / compared.ads, 4),
        mean_absolute_change=round(compared.absolute_change / compared.ads, 4),
        largest_change=round(compared.largest_change, 4),
        decisions={
            f"{before}>{after}": times
            for (before, after), times in sorted(compared.decisions.items())
        },
    )
