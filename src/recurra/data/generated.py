"""A problem that is made up, in batches."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, final

import numpy as np
from numpy.typing import NDArray

from recurra.data.asking import Asking
from recurra.data.base import Classes, DataModule, Split
from recurra.data.fixed import FixedBatches, FixedSequences
from recurra.data.fresh import TRAINING, FreshBatches, FreshSequences
from recurra.data.level import Level
from recurra.data.loader import BatchDataset
from recurra.data.problems.base import Problem
from recurra.errors import ConfigError
from recurra.text.tokenizers import Tokenizer
from recurra.types import NaturalInt, PositiveInt

_SPLITS: dict[Split, int] = {"train": TRAINING, "validation": 1, "test": 2}


@final
class GeneratedDataModule(DataModule):
    """Sequences without end to train on, and fixed ones to validate and test on.

    Args:
        problem: a factory of the problem; it is called with `problem_options`.
        batches_per_epoch: of training, on each device.
        batch_size: sequences in a batch, on each device.
        validation_rows, test_rows: sequences of these splits.
        split_seed: of these; apart from the run's seed, so that all runs are scored on the same ones.
        reshuffle: whether every epoch has sequences of its own.
        num_workers: processes that assemble batches.
        seed: of the sequences of training.
        problem_options: of the problem, such as `length=400`.
    """

    one_length: ClassVar[bool] = True

    def __init__(
        self,
        problem: Callable[..., Problem],
        *,
        batches_per_epoch: PositiveInt = 100,
        batch_size: PositiveInt = 50,
        validation_rows: PositiveInt = 1000,
        test_rows: PositiveInt = 1000,
        split_seed: NaturalInt = 0,
        reshuffle: bool = True,
        num_workers: NaturalInt = 0,
        seed: NaturalInt = 0,
        **problem_options: Any,
    ) -> None:
        super().__init__(num_workers)
        self._problem = problem(**problem_options)
        self._batches_per_epoch = batches_per_epoch
        self._batch_size = batch_size
        self._rows: dict[Split, int] = {"validation": validation_rows, "test": test_rows}
        self._split_seed = split_seed
        self._reshuffle = reshuffle
        self._seed = seed

    @property
    def title(self) -> str:
        return self._problem.title

    @property
    def vocabulary_size(self) -> int | None:
        return self._problem.vocabulary_size

    @property
    def input_size(self) -> int | None:
        return self._problem.input_size

    @property
    def level(self) -> Level | None:
        return self._problem.level

    def classes(self, kind: Classes) -> tuple[list[str], list[int]]:
        """What can be predicted; all are counted alike, since none is rarer on purpose."""
        labels = list(self._problem.labels)
        if kind != ("labels" if labels else "none"):
            raise self._refusal()
        return labels, [1] * len(labels)

    def suit(self, task: Asking) -> None:
        if (task.targets, task.every_step) != (self._problem.targets, self._problem.every_step):
            raise self._refusal()

    def _refusal(self) -> ConfigError:
        problem = self._problem
        asked = f"one of {len(problem.labels)} classes" if problem.labels else "a number"
        of_what = "each step" if problem.every_step else "each sequence"
        return ConfigError(f"data={problem.title} asks for {asked} of {of_what}. Use task={problem.task}.")

    def report(self, *, cut: bool) -> Iterator[str]:
        problem = self._problem
        numbers, tokens = problem.input_size, problem.vocabulary_size
        step = f"one of {tokens:,} tokens" if numbers is None else f"{numbers} numbers"
        yield f"data: {problem.title}, sequences of {problem.steps} steps, {step} each"
        yield f"  train: {self._batches_per_epoch} batches of {self._batch_size} sequences an epoch, made up on the way"
        for split, rows in self._rows.items():
            yield f"  {split}: {rows} sequences, always the same"
        if problem.level is not None:
            yield problem.level.told()

    def fingerprint(self) -> str:
        """Of the fixed sequences: the same options may give others with another version of NumPy."""
        digest = hashlib.sha256()
        for split in self._rows:
            for part in self._drawn(split):
                digest.update(part.tobytes())
        return digest.hexdigest()

    def has(self, split: Split) -> bool:
        return True

    def columns(self, split: Split, rows: Sequence[int]) -> dict[str, Any]:
        """Nothing: sequences of numbers are for no reader."""
        return {}

    def finished(self, split: Split, task: Asking, tokenizer: Tokenizer | None) -> BatchDataset:
        return self._dataset(split)

    def _dataset(self, split: Split, *, training: bool = False) -> BatchDataset:
        ranks = {"rank": self._rank, "world_size": self._world_size}
        if training:
            batches = FreshBatches(self._batches_per_epoch, reshuffle=self._reshuffle, **ranks)
            return FreshSequences(self._problem, self._batch_size, self._seed, batches)
        return FixedSequences(*self._drawn(split), FixedBatches(self._rows[split], self._batch_size, **ranks))

    def _drawn(self, split: Split) -> tuple[NDArray[Any], NDArray[Any]]:
        seeds = np.random.SeedSequence(self._split_seed, spawn_key=(_SPLITS[split],))
        return self._problem.draw(self._rows[split], np.random.default_rng(seeds))
