"""How each figure is defined, for the end of the page. Keep in step with the docstrings of
:mod:`evaluation.metrics` and its neighbours."""

from typing import NamedTuple

from evaluation.metrics import MIN_EACH, MIN_RATE


class Definition(NamedTuple):
    """A term, what it means, and who defined it; no source where the definition is ours."""

    term: str
    words: str
    source: str = ""


DEFINITIONS = (
    Definition(
        "score",
        "The calibrated probability that a text is a lure, a deceptive job offer. From a score of "
        "0.5 on, an answer counts as lure where risk is measured.",
        "Platt 1999",
    ),
    Definition(
        "lures, others",
        "Texts that readers labelled as lures, and all the rest: honest ads, warnings and reports, "
        "other scams, chatter, openers.",
    ),
    Definition(
        "groups, 95 % interval",
        "Texts of one near-template group are copies and count as one. Shares have Wilson's "
        "interval at the effective number of texts; other figures a percentile bootstrap over "
        "groups.",
        "Wilson 1927; Kish 1965; Efron 1979",
    ),
    Definition(
        "area under ROC",
        "The chance that a lure scores above another text, ties counted half. 0.5 is chance, 1 is "
        "best. It does not depend on how many lures there are.",
        "Mann and Whitney 1947",
    ),
    Definition(
        "recall at a threshold, false positives at a threshold",
        "Of lures, and of others, the share that scores at or above a threshold that ships with "
        "the bundle.",
    ),
    Definition(
        "recall at 1, 2 or 5 % false positives",
        "The share of lures at or above the threshold that at most so many of the others of the "
        "same set reach.",
    ),
    Definition(
        "average precision",
        "Sum over distinct thresholds of precision times the recall gained there, without "
        "interpolation. It depends on the share of lures.",
        "Manning, Raghavan and Schütze 2008, section 8.4",
    ),
    Definition(
        "F1",
        "Harmonic mean of precision and recall of lures at a threshold.",
        "van Rijsbergen 1979",
    ),
    Definition(
        "calibration error",
        "Mean distance between score and share of lures over ten bins of equally many texts. 0 is "
        "best; it is above 0 by chance in small samples, and depends on the share of lures.",
        "Naeini, Cooper and Hauskrecht 2015; Nguyen and O'Connor 2015",
    ),
    Definition(
        "calibration by slice, gap, off",
        "Mean score less the share of lures in a slice: above 0 where its texts are scored too "
        "high. A slice is off where the 95 % interval of its gap lies beside 0; by chance one in "
        "twenty does.",
        "Steyerberg 2019, calibration in the large",
    ),
    Definition(
        "beside ours",
        "The area under ROC of our bundle less that of this peer, on the same texts; both are "
        "counted on the same resampled groups, so the interval is narrower than two apart.",
        "Efron and Tibshirani 1993, paired bootstrap",
    ),
    Definition(
        "too few",
        f"A figure of fewer than {MIN_EACH} lures or others, or a share of fewer than {MIN_RATE} "
        "texts, is not given: its interval would hold nearly everything.",
    ),
    Definition(
        "risk, coverage, area under risk-coverage",
        "Risk is the share of wrong answers among the surest texts; coverage is how many of all "
        "texts those are; the area is the mean risk over all coverages. A text is the surer the "
        "further its score is from 0.5.",
        "Geifman and El-Yaniv 2017",
    ),
    Definition(
        "kind accuracy",
        "The share of texts whose likeliest of six kinds is the one that readers gave.",
    ),
    Definition(
        "said insufficient",
        "Of each true kind, the share answered with: too little here for anybody to judge.",
    ),
    Definition(
        "indicators: precision, recall, F1",
        "Of the indicators shown, the share that a reader had marked; of those marked, the share "
        "shown. Counted four times: by ad; by spans that touch; by spans whose intersection is "
        "half of their union or more; by characters.",
        "Everingham et al. 2010 for the overlap",
    ),
    Definition(
        "leakage, near-duplicate",
        "A measured text of a group that the bundle was fitted on makes the measurement stop, "
        "unless such texts are left out. Near-duplicates in other groups are listed.",
    ),
    Definition(
        "swaps, mean change, flips",
        "Two texts that differ in one identity or place, by a word swapped in place or a sentence "
        "put in. Mean change: mean absolute difference of their scores; by term it is signed, and "
        "above 0 where the term raises scores. Flips: the share of pairs on two sides of a "
        "threshold.",
        "Garg et al. 2019",
    ),
    Definition(
        "subgroup, BPSN, BNSP",
        "Areas under ROC: over texts that name a subgroup; of lures that do not name it against "
        "others that do, low where naming it raises scores; and the other way round, low where "
        "naming it lowers them.",
        "Borkan et al. 2019",
    ),
    Definition(
        "gaps, points",
        "Of texts that are not lures and name one side, the share flagged, less that of the other "
        "side, in percentage points; none where a side has too few texts.",
        "Newcombe 1998, method 10, for the interval",
    ),
    Definition(
        "recall under attack, wrongly flagged, characters changed",
        "The share of lures still flagged after an attack, at a threshold set by unattacked other "
        "texts; where the attack makes a lure harmless, such as a warning that quotes it, the "
        "share still flagged is wrong. Characters changed: edit distance for each character of the "
        "text.",
        "Levenshtein 1966",
    ),
    Definition(
        "search attack, evaded, queries, words left out",
        "Somebody who may ask the service, sees score and evidence, and changes a lure word by "
        "word, each time in the way that lowers its logit most, until it scores below the "
        "threshold of 1 % false positives or the budget of queries is spent. Evaded: the share of "
        "the lures flagged before that end below it; queries and words changed: the median of "
        "those. A word left out costs the lure a part of what it says.",
        "Jin et al. 2020; Gao et al. 2018",
    ),
)
