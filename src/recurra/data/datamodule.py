"""Text files or a corpus in, batches out."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal, final

import numpy as np
import torch
from annotated_types import Ge

from recurra.data.asking import Asking
from recurra.data.base import Classes, DataModule, Split
from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.proportions import proportions
from recurra.data.report import report
from recurra.data.token_store import TokenStore
from recurra.data.tokenization import TokenizedCorpus, tokenize
from recurra.data.truncation import Truncation, TruncationKind
from recurra.data.truncation import truncation as truncation_of
from recurra.errors import DataError
from recurra.text.corpus import Corpus
from recurra.text.labels import label_counts, label_set, tag_counts
from recurra.text.reading import read
from recurra.text.sources import Source
from recurra.text.tokenizers import Tokenizer, TokenizerRecipe
from recurra.text.unlabelled import Unlabelled
from recurra.types import NaturalInt, PositiveInt, Share


@final
class TextDataModule(DataModule):
    """Reads, cleans, splits, tokenizes and batches.

    Nothing is read before `corpus` is first asked for.

    Args:
        source: a factory of the source; it is called with `source_options`.
        conflicting: what becomes of a training text that stands there with two labels.
        validation_share, test_share: how much of train is cut off where no file is given.
        split_seed: of these cuts; apart from the run's seed, so that repeats never move a row.
        folds, fold: cross-validation: which of how many parts (from 0) is the test split.
        unlabelled: a file of more texts to train on, or several, for tasks that need no labels.
        max_length: tokens; of longer texts `truncation` reads a part; None: by the texts' lengths, as the next two.
        fixed_length: whether shorter ones are all padded to that length.
        truncation: `head`, `tail`, `ends` (both) or `crop`: a random piece in training, and when reading the average
            of the probabilities over up to `windows` pieces.
        windows: pieces of a long text; only for `crop`.
        batch_size: rows in a batch, on each device.
        token_budget: tokens in a batch instead, padding included.
        reshuffle: whether every epoch has an order and random pieces of its own.
        num_workers: processes that assemble batches; one gather makes a batch, so 0 is fastest.
        seed: of the order of the rows and of random pieces.
        stratified: whether the cuts give each label its fair share of rows; numbers to regress have none.
        labelled: whether rows must have labels, and not all the same.
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
        unlabelled: str | list[str] | None = None,
        max_length: PositiveInt | None = None,
        fixed_length: bool = False,
        truncation: TruncationKind = "crop",
        windows: PositiveInt | None = None,
        batch_size: PositiveInt | None = None,
        token_budget: PositiveInt | None = None,
        reshuffle: bool = True,
        num_workers: NaturalInt = 0,
        seed: NaturalInt = 0,
        stratified: bool = True,
        labelled: bool = True,
        **source_options: Any,
    ) -> None:
        super().__init__(num_workers)
        self._source = source
        self._source_options = source_options
        columns = {name: source_options[name] for name in ("text", "encoding") if name in source_options}
        self._unlabelled = Unlabelled(unlabelled, **columns) if unlabelled else None
        self._splitting: dict[str, Any] = {
            "conflicting": conflicting,
            "validation_share": validation_share,
            "test_share": test_share,
            "split_seed": split_seed,
            "folds": folds,
            "fold": fold,
            "stratified": stratified,
            "labelled": labelled,
        }
        self._truncation = truncation
        self._given = {"max_length": max_length, "windows": windows, "batch_size": batch_size}
        self.fixed_length = fixed_length
        self.token_budget = token_budget
        self.reshuffle = reshuffle
        self.seed = seed
        self._tokenized: TokenizedCorpus | None = None
        self._task: Asking | None = None
        self._targets: dict[str, torch.Tensor] = {}

    @cached_property
    def corpus(self) -> Corpus:
        """All splits; reads the files at the first call."""
        return read(self._source(**self._source_options), self._splitting, self._unlabelled)

    def fit_tokenizer(self, recipe: TokenizerRecipe) -> None:
        """Fits the tokenizer on the training split and tokenizes every split (or finds both in the cache)."""
        self._tokenized = tokenize(self.corpus, recipe)

    @cached_property
    def chosen(self) -> dict[str, int]:
        """`max_length`, `windows` and `batch_size` where they were left open, by the lengths of the training texts."""
        missing = [name for name, value in self._given.items() if value is None]
        suited = proportions(self.stores["train"].lengths, self._given["max_length"]) if missing else {}
        return {name: suited[name] for name in missing}

    @cached_property
    def truncation(self) -> Truncation:
        """Which part of a long text is read."""
        return truncation_of(self._truncation, self._sizes["max_length"], self._sizes["windows"])

    @property
    def _sizes(self) -> dict[str, int]:
        return {name: self.chosen[name] if value is None else value for name, value in self._given.items()}

    def classes(self, kind: Classes) -> tuple[list[str], list[int]]:
        """What can be predicted, and how often it stands in the training split."""
        if kind != "tokens" and not self.corpus.labelled:
            raise DataError(f"{self.title}: no text has a label. Use task=language_model or task=cloze.")
        if kind == "none":
            return [], []
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
    def title(self) -> str:
        return self.corpus.name

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

    def report(self, *, cut: bool) -> Iterator[str]:
        assert self._tokenized is not None, "fit_tokenizer comes first"
        return report(self.corpus, self._tokenized, self.truncation.max_length if cut else None)

    def fingerprint(self) -> str:
        return self.corpus.fingerprint()

    def has(self, split: Split) -> bool:
        return bool(self.corpus.splits[split])

    def columns(self, split: Split, rows: Sequence[int]) -> dict[str, Any]:
        """The text, its length in tokens, and the share of them that is unknown."""
        examples, store = self.corpus.splits[split], self.stores[split]
        unknown = store.unknown_share(self.tokenizer.unknown_id)[rows]
        return {"text": [examples[row].text for row in rows], "length": store.lengths[rows], "unknown": unknown}

    def finished(self, split: Split, task: Asking, tokenizer: Tokenizer | None) -> BatchDataset:
        assert tokenizer is not None
        examples = self.corpus.splits[split]
        store = TokenStore.of_texts(tokenizer, [example.text for example in examples])
        return task.dataset(store, torch.from_numpy(task.encode(examples)), self._batching(), training=False)

    def _dataset(self, split: Split, *, training: bool = False) -> BatchDataset:
        assert self._task is not None, "suit comes first"
        return self._task.dataset(
            self.stores[split], self._targets[split], self._batching(self._rank, self._world_size), training=training
        )

    def _batching(self, rank: int = 0, world_size: int = 1) -> Batching:
        size = self._sizes["batch_size"]
        ranks = {"rank": rank, "world_size": world_size}
        return Batching(self.truncation, size, self.token_budget, self.fixed_length, self.reshuffle, self.seed, **ranks)
