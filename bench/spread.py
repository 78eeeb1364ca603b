"""Means of repeated runs, in points of a hundred, and how far they may be trusted."""

from collections.abc import Sequence
from statistics import fmean, stdev


def spread(scores: Sequence[float]) -> str:
    """Mean and standard deviation; of a single one, itself."""
    points = [100 * score for score in scores]
    return f"{fmean(points):.1f}" + (f" ± {stdev(points):.1f}" if len(points) > 1 else "")


def gain(scores: Sequence[float], others: Sequence[float]) -> str:
    """Mean and standard error of what each has more than its partner; of a single pair, the difference."""
    more = [100 * (score - other) for score, other in zip(scores, others, strict=True)]
    return f"{fmean(more):+.1f}" + (f" ± {stdev(more) / len(more) ** 0.5:.1f}" if len(more) > 1 else "")
