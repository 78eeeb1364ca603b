"""Classes drawn by their rank: the more frequent, the more often."""

import math

import numpy as np
import torch
from torch import Tensor


class LogUniform:
    """The distribution that fits Zipf's law: P(k) = log((k + 2) / (k + 1)) / log(C + 1) for the rank k in [0, C).

    As the candidate sampler of that name in TensorFlow.

    Args:
        size: C.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._log_size = math.log1p(size)

    def draw(self, count: int) -> tuple[Tensor, int]:
        """Draws with torch's random numbers until `count` different ranks are there.

        Args:
            count: at most C.

        Returns:
            the ranks (count,) int64 in the order in which they came, and how many draws it took.
        """
        assert 0 < count <= self.size
        drawn = np.zeros(0, dtype=np.int64)
        while True:
            uniform = torch.rand(max(2 * count, len(drawn)), dtype=torch.float64).numpy()
            ranks = np.expm1(uniform * self._log_size).astype(np.int64)
            drawn = np.concatenate([drawn, np.minimum(ranks, self.size - 1)])
            first = np.sort(np.unique(drawn, return_index=True)[1])
            if len(first) >= count:
                return torch.from_numpy(drawn[first[:count]]), int(first[count - 1]) + 1

    def log_expected(self, ranks: Tensor, count: int, tries: int) -> Tensor:
        """How often each rank is expected among `count` different ones that took so many draws, as its logarithm.

        The chance to come at least once, 1 - (1 - P)^tries; where no draw was in vain it is P tries, as in TensorFlow.
        """
        chances = torch.log1p(1 / (ranks.float() + 1)) / self._log_size
        if tries == count:
            return torch.log(chances * tries)
        return torch.log(-torch.expm1(tries * torch.log1p(-chances)))
