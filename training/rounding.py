"""Rounding that makes up for itself: each row of a matrix takes over what those before it lost.

Rounded to the nearest step, a weight that a fit moved by less than half a step goes back to where
it was, and a matrix loses what the fit meant. Here the rows are rounded one after another, and the
error of each is made up for by the rows that are still to come, as far as their inputs go together
(Optimal Brain Surgeon, Hassibi and Stork 1993; GPTQ, Frantar et al. 2023). So the product keeps its
values on texts such as were observed.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

DAMPING = 0.01
"""Added to the inputs' second moments, in their mean: inputs that were never seen apart."""


def compensated(
    weight: Array, scale: Array, moments: NDArray[np.floating], most: int
) -> NDArray[np.int8]:
    """``weight`` ``(in, out)`` in at most ``most`` steps of ``scale`` ``(out,)`` on each side of
    zero. ``moments`` ``(in, in)``: sums of products of the inputs over what was observed."""
    given = np.asarray(moments, dtype=np.float64)
    given = given + DAMPING * np.trace(given) / len(given) * np.eye(len(given))
    # The upper factor of the inverse: row i holds how input i is made up for by those after it.
    factor = np.linalg.cholesky(np.linalg.inv(given)).T
    left = weight.astype(np.float64)
    steps = np.empty(weight.shape, np.int8)
    for row in range(len(left)):
        steps[row] = np.clip(np.rint(left[row] / scale), -most, most)
        lost = (left[row] - steps[row] * scale) / factor[row, row]
        left[row + 1 :] -= np.outer(factor[row, row + 1 :], lost)
    return steps
