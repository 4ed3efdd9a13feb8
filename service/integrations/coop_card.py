"""A bundle's card in the form that ROOST's Coop shows beside a signal, and its two thresholds.

Every number is read from the bundle: its manifest, its calibration and its ``CARD.md``. The seven
sections are those that ``@roostorg/coop-types`` 2.4.0 asks for (``types/integration.ts``).
"""

import re
from collections.abc import Mapping
from typing import Any

from models.bundle import Bundle
from models.calibration import OperatingPoint
from models.labels import Harm, Kind
from service.errors import CoopError
from service.integrations.labels import LURE, display

KINDS: dict[Kind, str] = {
    Kind.LURE: "a deceptive recruitment offer, whatever the harm behind it",
    Kind.RECRUITMENT: "an honest offer or recruiting message, low pay and hard conditions included",
    Kind.ABOUT_LURES: "warns of, reports on, quotes, testifies to, or asks for help against lures",
    Kind.OTHER_SCAM: "a scam with no work in it",
    Kind.OTHER: "anything else",
    Kind.INSUFFICIENT: "a fragment that nobody could judge: do not decide on it",
}

HARMS: dict[Harm, str] = {
    Harm.FORCED_CRIMINALITY: "work under coercion, as in compounds for online fraud",
    Harm.SEXUAL_EXPLOITATION: "offers that lead to sexual exploitation",
    Harm.FORCED_LABOUR: "deceptive manual, domestic, care or arms-industry work",
    Harm.DEBT_BONDAGE_FEE_ABUSE: "unlawful fees, sold visas, debts for the journey",
    Harm.TASK_SCAM: "liking, rating or order-grabbing that ends in deposits",
    Harm.ADVANCE_FEE: "a fee for training, uniform, equipment or a certificate",
    Harm.MONEY_MULE: "moving money or parcels, renting out accounts",
    Harm.CRIMINAL_LABOUR: "collecting cash, carrying drugs, and the like",
    Harm.IDENTITY_THEFT: "an application that is after documents, selfies, accounts or codes",
    Harm.EMPLOYER_IMPERSONATION: "a known employer's, agency's or ministry's name borrowed",
    Harm.MLM_PYRAMID: "income from recruiting others who pay to enter",
    Harm.ROMANCE_ASSISTED: "the offer comes through a dating app, a game or affection",
}

STRICTEST, WIDEST = "high_precision", "high_recall"
"""Operating points that become Coop's two thresholds."""

LIMITS = re.compile(r"^## Limits\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
BULLET = re.compile(r"^\* (.*?)(?=^\* |\Z)", re.DOTALL | re.MULTILINE)

Json = dict[str, Any]


def card(bundle: Bundle) -> Json:
    """What the plugin reads: the model card, the thresholds, and a signal for each label.

    Raises :class:`~service.errors.CoopError` for a bundle without the two operating points.
    """
    manifest = bundle.manifest
    points = {point.name: point for point in bundle.calibration.operating_points}
    missing = {STRICTEST, WIDEST} - set(points)
    if missing:
        raise CoopError(
            f"the bundle {manifest.name} has no operating point {', '.join(sorted(missing))}: "
            "Coop's two thresholds come from them"
        )
    return {
        "bundle": manifest.name,
        "thresholds": {
            "highPrecision": round(points[STRICTEST].threshold, 4),
            "highRecall": round(points[WIDEST].threshold, 4),
        },
        "signals": [
            {"label": LURE, "name": "Recruitment lure", "meaning": KINDS[Kind.LURE]},
            *(
                {"label": harm, "name": display(harm), "meaning": HARMS[Harm(harm)]}
                for harm in manifest.harms
            ),
        ],
        "modelCard": {
            "modelName": "Lurewatch",
            "version": manifest.name,
            "releaseDate": manifest.created,
            "sections": [
                section("trainingData", "Training data", training(bundle)),
                taxonomy(bundle),
                section("annotationMethodology", "Annotation methodology", annotation()),
                benchmarks(bundle),
                section("biasAndLimitations", "Bias and limitations", limits(bundle)),
                section("implementationGuidance", "Implementation guidance", guidance(points)),
                section("relevantLinks", "Relevant links", links(bundle)),
            ],
        },
    }


def section(name: str, title: str, fields: Mapping[str, str]) -> Json:
    """A section without parts."""
    return {"id": name, "title": title, "fields": listed(fields)}


def parted(name: str, title: str, parts: Mapping[str, Mapping[str, str]]) -> Json:
    """A section in parts; those that are empty are left out."""
    return {
        "id": name,
        "title": title,
        "subsections": [
            {"title": part, "fields": listed(fields)} for part, fields in parts.items() if fields
        ],
    }


def listed(fields: Mapping[str, str]) -> list[dict[str, str]]:
    """Labels with their values."""
    return [{"label": label, "value": value} for label, value in fields.items()]


def training(bundle: Bundle) -> dict[str, str]:
    """Of the texts it was fitted on."""
    data = bundle.manifest.data
    told = {"Encoder": bundle.manifest.encoder}
    if "rows" in data:
        told["Texts"] = f"{data['rows']:,} in {data['groups']:,} near-template groups"
        told["SHA-256 of the rows"] = data["sha256"]
    for name, source in data.get("sources", {}).items():
        splits = ", ".join(
            f"{split} {count:,}" for split, count in sorted(source["splits"].items())
        )
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in source["kinds"].items())
        told[f"Source {name}"] = f"{source['rows']:,} texts ({splits}): {kinds}"
    return told


def taxonomy(bundle: Bundle) -> Json:
    """What the labels mean."""
    return parted("policyAndTaxonomy", "Policy and taxonomy", {
        "Kinds, exclusive": {kind: KINDS[Kind(kind)] for kind in bundle.manifest.kinds},
        "Harms, many at once, only for lures": {
            harm: HARMS[Harm(harm)] for harm in bundle.manifest.harms
        },
        "Words": {"An answer means": "indicators present, verify; never: this is trafficking"},
    })  # fmt: skip


def annotation() -> dict[str, str]:
    """Where labels come from."""
    return {
        "Written texts": "written by language models after a guide, with kind, harms and marks; "
        "read and corrected by a second one; no text was read by a native speaker",
        "Collected texts": "labels of those who collected them, mapped to kinds; what cannot be "
        "mapped stays undecided and trains no kind",
        "Splits": "by near-template group: no copy of a training text is measured on",
    }


def benchmarks(bundle: Bundle) -> Json:
    """Figures of the bundle, each with the texts it was measured on."""
    figures = bundle.manifest.figures
    parts: dict[str, dict[str, str]] = {
        "Operating points, calibration split": {
            point.name: f"threshold {point.threshold:.4f}: {percent(point.recall)} of "
            f"{point.lures:,} lures, set for {percent(point.false_positive_rate)} of "
            f"{point.honest:,} other texts"
            for point in bundle.calibration.operating_points
        }
    }
    for slice_name, found in figures.get("held_out", {}).items():
        parts[f"Held-out texts, {slice_name}"] = {
            "Texts": f"{found['lures']:,} lures, {found['others']:,} others",
            "Area under ROC": f"{found['auroc']:.4f}",
        } | {
            f"At {name}": f"recall {percent(at['recall'])}, false positives "
            f"{percent(at['false_positive_rate'])}"
            for name, at in found["at"].items()
        }
    if "indicators" in figures:
        signs = figures["indicators"]
        parts["Indicators, tokens of held-out marked texts"] = {
            "Precision, recall": f"{percent(signs['precision'])}, {percent(signs['recall'])} on "
            f"{signs['marked']:,} marks"
        }
    if "int8" in figures:
        int8 = figures["int8"]
        parts["Compressed form"] = {
            "Area under ROC, float32 and int8": f"{int8['auroc_float32']:.4f}, "
            f"{int8['auroc_int8']:.4f} on {int8['texts']:,} texts"
        }
    return parted("performanceBenchmarks", "Performance benchmarks", parts)


def limits(bundle: Bundle) -> dict[str, str]:
    """As the bundle's own card has them."""
    found = LIMITS.search(bundle.card)
    bullets = BULLET.findall(found[1]) if found else []
    told = {f"Limit {i}": " ".join(bullet.split()) for i, bullet in enumerate(bullets, 1)}
    return told | {
        "Harms": "the score of a harm is the probability of a lure times that of the harm; no "
        "figure was measured for one harm alone",
    }


def guidance(points: Mapping[str, OperatingPoint]) -> dict[str, str]:
    """How to use it in a rule."""
    strict, wide = points[STRICTEST], points[WIDEST]
    return {
        "High precision threshold": f"{strict.threshold:.4f}: send to review",
        "High recall threshold": f"{wide.threshold:.4f}: tell the reader, or sample for review",
        "Harms": "the score of a harm is never higher than that of the lure: at the same threshold "
        "it raises no more false alarms",
        "Before a rule acts": "measure on your own texts; where lures are rare, most flagged texts "
        "are honest: have a person look, and do not remove automatically",
        "Texts": "any language; a longer text than 20,000 characters is read in parts; fragments "
        "score low, which says nothing of them",
        "Appeals and decisions": "POST /v1/feedback/coop makes labels of them",
    }


def links(bundle: Bundle) -> dict[str, str]:
    """Where to read on."""
    return {
        "This card in full": "GET /v1/model of your Lurewatch service",
        "Every call": "/docs of your Lurewatch service",
        "Why indicators do not score": "Volodko, Cockbain and Kleinberg (2019), 'Spotting the "
        "signs' of trafficking recruitment online, Trends in Organized Crime",
        "Licence": f"Apache 2.0; encoder {bundle.manifest.encoder.partition(',')[0]}: MIT",
    }


def percent(share: float) -> str:
    """A share.

    >>> percent(0.0092)
    '0.92 %'
    """
    return f"{100 * share:.3g} %" if share >= 0.1 else f"{100 * share:.2g} %"
