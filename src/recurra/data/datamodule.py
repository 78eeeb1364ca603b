"""Text files or a corpus in, batches out."""

import logging
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
import torch
from annotated_types import Ge
from lightning.pytorch import LightningDataModule

from recurra.data.asking import Asking
from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset, ResumableLoader
from recurra.data.token_store import TokenStore
from recurra.data.tokenization import TokenizedCorpus, tokenize
from recurra.data.truncation import TruncationKind, truncation
from recurra.errors import ConfigError
from recurra.text.corpus import Corpus, prepare
from recurra.text.labels import label_counts, label_set, tag_counts
from recurra.text.running import divide
from recurra.text.sources import Source
from recurra.text.tokenizers import Tokenizer, TokenizerRecipe
from recurra.types import NaturalInt, PositiveInt, Share

log = logging.getLogger(__name__)


class TextDataModule(LightningDataModule):
    """Reads, cleans, splits, tokenizes and batches.

    Nothing is read before `corpus` is first asked for. A loader needs `fit_tokenizer` and `suit` before it.

    Args:
        source: a factory of the source; it is called with `source_options`.
        conflicting: what becomes of a training text that stands there with two labels.
        validation_share, test_share: how much of train is cut off where no file is given.
        split_seed: of these cuts; apart from the run's seed, so that repeats never move a row.
        folds, fold: cross-validation: which of how many parts (from 0) is the test split.
        max_length: tokens; of longer texts `truncation` reads a part.
        truncation: `head`, `tail`, `ends` (both) or `crop`: a random piece in training, and when reading the average
            of the probabilities over up to `windows` pieces.
        windows: pieces of a long text; only for `crop`.
        batch_size: rows in a batch, on each device.
        token_budget: tokens in a batch instead, padding included.
        reshuffle: whether every epoch has an order and random pieces of its own.
        num_workers: processes that assemble batches; one gather makes a batch, so 0 is fastest.
        seed: of the order of the rows and of random pieces.
        source_options: of the source, such as `train=my.csv`.
    """

    def __init__(
        self,
        source: Callable[..., Source],
        *,
        conflicting: Literal["drop", "keep"] = "drop",
        validation_share: Share = 0.1,
        test_share: Share = 0.1,
        split_seed: NaturalInt = 0,
        folds: Annotated[int, Ge(2)] | None = None,
        fold: NaturalInt | None = None,
        max_length: PositiveInt = 256,
        truncation: TruncationKind = "crop",
        windows: PositiveInt = 4,
        batch_size: PositiveInt = 32,
        token_budget: PositiveInt | None = None,
        reshuffle: bool = True,
        num_workers: NaturalInt = 0,
        seed: NaturalInt = 0,
        **source_options: Any,
    ) -> None:
        super().__init__()
        self._source = source
        self._source_options = source_options
        self._splitting: dict[str, Any] = {
            "conflicting": conflicting,
            "validation_share": validation_share,
            "test_share": test_share,
            "split_seed": split_seed,
            "folds": folds,
            "fold": fold,
        }
        self.truncation = _truncation(truncation, max_length, windows)
        self.batch_size = batch_size
        self.token_budget = token_budget
        self.reshuffle = reshuffle
        self.num_workers = num_workers
        self.seed = seed
        self._tokenized: TokenizedCorpus | None = None
        self._task: Asking | None = None
        self._targets: dict[str, torch.Tensor] = {}
        self._training: ResumableLoader | None = None
        self._restored: dict[str, Any] = {}

    @cached_property
    def corpus(self) -> Corpus:
        """All splits; reads the files at the first call."""
        source = self._source(**self._source_options)
        if source.running:
            running = ("validation_share", "test_share", "folds", "fold")
            corpus = divide(source, **{name: self._splitting[name] for name in running})
        else:
            corpus = prepare(source, **self._splitting)
        needed = ["train", "validation", *(["test"] if self._splitting["test_share"] else [])]
        small = [split for split in needed if not corpus.splits[split]]
        if small:
            raise ConfigError(
                f"No row is left for {' and '.join(small)}: {corpus.name} has "
                f"{sum(map(len, corpus.splits.values()))} rows. Give more rows, larger data.validation_share and "
                "data.test_share, or files of their own (data.validation=, data.test=)."
            )
        return corpus

    def fit_tokenizer(self, recipe: TokenizerRecipe) -> None:
        """Fits the tokenizer on the training split and tokenizes every split (or finds both in the cache)."""
        self._tokenized = tokenize(self.corpus, recipe)

    def classes(self, kind: Literal["labels", "tags", "tokens"]) -> tuple[list[str], list[int]]:
        """What can be predicted, and how often it stands in the training split."""
        if kind != "tokens":
            rows = self.corpus.splits["train"]
            counts = tag_counts(rows) if kind == "tags" else label_counts(rows)
            return (labels := label_set(rows)), [counts[label] for label in labels]
        store = self.stores["train"]
        occurrences = np.bincount(store.ids[:-1], minlength=self.tokenizer.size)
        occurrences[self.tokenizer.pad_id] = len(store)  # it stands between texts
        return self.tokenizer.vocabulary, occurrences.tolist()

    def suit(self, task: Asking) -> None:
        """Lets the task say what is to be predicted for every row."""
        self._task = task
        self._targets = {split: torch.from_numpy(task.encode(rows)) for split, rows in self.corpus.splits.items()}

    @property
    def tokenizer(self) -> Tokenizer:
        """The fitted tokenizer."""
        assert self._tokenized is not None, "fit_tokenizer comes first"
        return self._tokenized.tokenizer

    @property
    def stores(self) -> dict[str, TokenStore]:
        """The tokens of each split."""
        assert self._tokenized is not None, "fit_tokenizer comes first"
        return self._tokenized.stores

    @property
    def training_batches(self) -> int:
        """How many batches an epoch of training has on this rank."""
        return len(self._dataset("train", training=True).batches)

    def _dataset(self, split: str, *, training: bool = False) -> BatchDataset:
        assert self._task is not None, "suit comes first"
        batching = Batching(
            self.truncation,
            self.batch_size,
            self.token_budget,
            self.reshuffle,
            self.seed,
            rank=self.trainer.global_rank if self.trainer else 0,
            world_size=self.trainer.world_size if self.trainer else 1,
        )
        return self._task.dataset(self.stores[split], self._targets[split], batching, training=training)

    def _loader(self, split: str, *, training: bool = False) -> ResumableLoader:
        dataset = self._dataset(split, training=training)
        if repeated := dataset.batches.repeated_rows:
            log.info("%d rows are seen twice an epoch, so that every rank has one in every batch.", repeated)
        pin = self.trainer is not None and self.trainer.strategy.root_device.type == "cuda"
        return ResumableLoader(dataset, num_workers=self.num_workers, pin_memory=pin)

    def train_dataloader(self) -> ResumableLoader:
        """Shuffled, bucketed; begins where a restored run was."""
        self._training = self._loader("train", training=True)
        if self._restored:
            self._training.load_state_dict(self._restored)
        return self._training

    def state_dict(self) -> dict[str, Any]:
        """Where the present epoch of training stands."""
        return self._training.state_dict() if self._training else {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Keeps the state for the loader of training.

        Lightning would restore the loader itself, but forgets to where `configure_optimizers` asks how many steps
        there will be, since the loader is then set up before the state is read.
        """
        self._restored = state_dict

    def val_dataloader(self) -> ResumableLoader:
        """Each row once."""
        return self._loader("validation")

    def test_dataloader(self) -> ResumableLoader:
        """Each row once."""
        return self._loader("test")


_truncation = truncation  # inside the constructor an argument has the function's name
