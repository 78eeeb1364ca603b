"""What each option gives, from random trials in which all of them vary at once."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import rankdata


def effects(trials: Sequence[Mapping[str, float]], scores: Sequence[float]) -> dict[str, tuple[float, float]]:
    """What the score gains from an option's lowest value to its highest, and the standard error of that, by its name.

    A straight line through the ranks of each option's values, all options at once, by least squares: ranks, since some
    values are spread evenly and some by their logarithms. What bends, or depends on another option, counts as noise.

    Args:
        trials: the values of each, of the same options; more trials than options and one.
        scores: of each trial.
    """
    names = list(trials[0])
    ranks = np.array([rankdata([trial[name] for trial in trials]) for name in names])
    low, high = ranks.min(1, keepdims=True), ranks.max(1, keepdims=True)
    design = np.vstack([np.ones(len(trials)), (ranks - low) / (high - low)]).T
    found, *_ = np.linalg.lstsq(design, np.asarray(scores), rcond=None)
    left = np.asarray(scores) - design @ found
    variance = left @ left / (len(trials) - design.shape[1])
    errors = np.sqrt(variance * np.diag(np.linalg.inv(design.T @ design)))
    return {name: (float(found[n]), float(errors[n])) for n, name in enumerate(names, start=1)}
