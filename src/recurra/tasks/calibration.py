"""How far stated confidence is from the share of right answers."""

from torch import Tensor
from torchmetrics.functional.classification import binary_calibration_error

BINS = 15


def calibration_error(confidence: Tensor, right: Tensor) -> float:
    """The expected calibration error (Guo et al. 2017, section 2) over 15 equal bins.

    Args:
        confidence: (rows,) the probability of the answer given.
        right: (rows,) whether it was right.
    """
    # The l1 error of "is the answer right" at the stated confidence; torchmetrics' binary form is just that.
    return float(binary_calibration_error(confidence.float(), right.int(), n_bins=BINS, norm="l1"))
