"""How a split is to be batched."""

from dataclasses import dataclass

from recurra.data.sampler import BucketedBatches
from recurra.data.truncation import Integers, Truncation


@dataclass(frozen=True)
class Batching:
    """What was asked of the batches of a split, whatever the task makes of it.

    Attributes:
        truncation: which part of a long text is read.
        batch_size: sequences in a batch, on each rank.
        token_budget: tokens in a batch instead, padding included.
        reshuffle: whether every epoch of training has an order of its own.
        seed: of that order.
        rank, world_size: the part of which process.
    """

    truncation: Truncation
    batch_size: int
    token_budget: int | None = None
    reshuffle: bool = True
    seed: int = 0
    rank: int = 0
    world_size: int = 1

    def bucketed(self, lengths: Integers, *, training: bool, truncation: Truncation | None = None) -> BucketedBatches:
        """Batches of texts of like length.

        Args:
            lengths: (rows,) tokens of each text.
            truncation: another one than was asked for.
        """
        return BucketedBatches(
            lengths,
            truncation or self.truncation,
            batch_size=self.batch_size,
            token_budget=self.token_budget,
            training=training,
            reshuffle=self.reshuffle,
            seed=self.seed,
            rank=self.rank,
            world_size=self.world_size,
        )
