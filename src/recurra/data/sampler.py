"""Which texts make up which batch."""

import numpy as np

from recurra.data.batches import Batches
from recurra.data.truncation import Integers, Pieces, Truncation
from recurra.errors import ConfigError

_POOL = 50  # batches sorted together: long enough that a batch is even, short enough that epochs differ


class BucketedBatches(Batches):
    """Batches of texts of similar length ("sortish").

    In training: shuffle, sort by length inside large pools, cut into batches, shuffle the batches. All of it depends
    on (seed, epoch) alone. With several ranks a batch has as many times the rows, and each rank takes every so-manieth
    of them: together they do what one process with that larger batch would, and all have rows of like length. Only
    where a batch has fewer rows than there are ranks are some repeated. In evaluation: sorted by length, every row
    exactly once over all ranks. A text that is read through several windows keeps them in one batch.

    Args:
        lengths: (rows,) tokens of each text.
        truncation: which part of each is read.
        batch_size: rows in a batch of each rank; ignored where `token_budget` is given.
        token_budget: tokens in a batch of each rank, padding included: rows = token_budget // padded length, one at
            least.
        grid: padded lengths are multiples of this, so that few tensor shapes exist.
        fixed_length: whether every text is padded to the truncation's `max_length`, whatever the grid.
        training: shuffled and cut as in training, else as in evaluation.
        reshuffle: whether every epoch of training has an order and crops of its own.
        seed: of the order and the crops.
        rank, world_size: the part that this process takes.

    Raises:
        ConfigError: when it is asked for its batches, in evaluation: fewer rows than ranks.
    """

    def __init__(
        self,
        lengths: Integers,
        truncation: Truncation,
        *,
        batch_size: int,
        token_budget: int | None = None,
        grid: int = 4,
        fixed_length: bool = False,
        training: bool = False,
        reshuffle: bool = True,
        seed: int = 0,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        super().__init__(reshuffle=reshuffle and training, rank=rank, world_size=world_size)
        self.lengths = lengths
        self.truncation = truncation
        self.batch_size = batch_size
        self.token_budget = token_budget
        self.grid = truncation.max_length if fixed_length else grid
        self.is_training = training
        self.seed = seed

    def padded(self, length: int) -> int:
        """The length on the grid that holds `length` tokens; at least one step of the grid."""
        return max(-(-length // self.grid), 1) * self.grid

    def _plan(self, epoch: int) -> list[Pieces]:
        return self._training_batches(epoch) if self.is_training else self._evaluation_batches()

    @property
    def repeated_rows(self) -> int:
        """Rows that training sees twice an epoch so that every rank has one in every batch."""
        if not self.is_training or self.world_size == 1:
            return 0
        return sum(max(self.world_size - len(batch.rows), 0) for batch in self._cut_training(0))

    def _training_batches(self, epoch: int) -> list[Pieces]:
        return [batch.take(self._share(len(batch.rows))) for batch in self._cut_training(epoch)]

    def _share(self, rows: int) -> Integers:
        """Which rows of a batch of all ranks are this one's."""
        return np.resize(np.arange(rows), max(rows, self.world_size))[self.rank :: self.world_size]

    def _cut_training(self, epoch: int) -> list[Pieces]:
        generator = np.random.default_rng([self.seed, epoch])
        pieces = self.truncation.training(self.lengths, generator)
        order = generator.permutation(len(pieces.rows))
        pool = _POOL * self._typical_rows(pieces.lengths) * self.world_size
        for begin in range(0, len(order), pool):
            part = order[begin : begin + pool]
            order[begin : begin + pool] = part[np.argsort(-pieces.lengths[part], kind="stable")]
        batches = [
            pieces.take(order[cut])
            for cut in self._cuts(pieces.lengths[order], np.ones(len(order), int), self.world_size)
        ]
        return [batches[number] for number in generator.permutation(len(batches))]

    def _evaluation_batches(self) -> list[Pieces]:
        pieces = self.truncation.reading(self.lengths)
        windows = np.bincount(pieces.rows, minlength=len(self.lengths))
        first = np.cumsum(windows) - windows
        order = np.argsort(-pieces.lengths[first], kind="stable") if len(first) else np.zeros(0, int)
        cuts = self._cuts(pieces.lengths[first][order], windows[order])
        if len(order) < self.world_size > 1:
            raise ConfigError(
                f"{self.world_size} ranks cannot share the rows of a split that has {len(order)}: each must have "
                "one to evaluate. Give fewer trainer.devices or trainer.num_nodes, or more rows."
            )
        while 0 < len(cuts) < self.world_size:  # every rank must have something to evaluate
            most = max(range(len(cuts)), key=lambda number: cuts[number].stop - cuts[number].start)
            begin, end = cuts[most].start, min(cuts[most].stop, len(order))
            cuts[most : most + 1] = [slice(begin, (begin + end) // 2), slice((begin + end) // 2, end)]
        batches = []
        for cut in cuts[self.rank :: self.world_size]:
            rows = order[cut]
            batches.append(pieces.take(np.concatenate([np.arange(first[r], first[r] + windows[r]) for r in rows])))
        return batches

    def _typical_rows(self, lengths: Integers) -> int:
        if self.token_budget is None:
            return self.batch_size
        return max(self.token_budget // self.padded(int(np.mean(lengths))), 1) if len(lengths) else 1

    def _cuts(self, lengths: Integers, sequences: Integers, ranks: int = 1) -> list[slice]:
        """Cuts rows, sorted by descending length inside each pool, into batches of at most the size that is set."""
        if self.token_budget is None and (sequences == 1).all():
            size = self.batch_size * ranks
            return [slice(begin, begin + size) for begin in range(0, len(lengths), size)]
        cuts, begin, held = [], 0, 0
        for row, count in enumerate(sequences):
            longest = int(lengths[begin : row + 1].max()) if self.token_budget else 0
            room = self.token_budget // self.padded(longest) if self.token_budget else self.batch_size
            if row > begin and held + count > max(room, 1) * ranks:
                cuts.append(slice(begin, row))
                begin, held = row, 0
            held += int(count)
        if begin < len(sequences):
            cuts.append(slice(begin, len(sequences)))
        return cuts
