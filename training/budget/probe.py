"""The classifier of a simulation, fitted on a frozen encoder's embeddings: cheap enough to be
fitted again after every few labels, and real."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.embedding import Floats

Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]

LENGTH = 4.0
"""To which places are stretched: a quarter of the root of their 256 dimensions."""

STRENGTH = 1.0
"""Inverse of the penalty. With random labels 0.1 and 10 in its place change the area under ROC by
less than 0.01."""


def fitted(places: Floats, lures: Bools) -> Any:
    """A logistic regression, both classes weighing alike."""
    from sklearn.linear_model import LogisticRegression

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an early stop of the solver changes no ranking here
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=300)
        return model.fit(LENGTH * places, lures)


def logits(model: Any, places: Floats) -> Doubles:
    """``(texts,)``."""
    return np.asarray(model.decision_function(LENGTH * places), dtype=np.float64)
