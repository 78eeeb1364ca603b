"""What a run needs of its data, wherever it comes from."""

import abc
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal

from lightning.pytorch import LightningDataModule

from recurra.data.asking import Asking
from recurra.data.level import Level
from recurra.data.loader import BatchDataset, ResumableLoader
from recurra.data.token_store import TokenStore
from recurra.text.tokenizers import Tokenizer, TokenizerRecipe
from recurra.types import NaturalInt

log = logging.getLogger(__name__)

Split = Literal["train", "validation", "test"]
Classes = Literal["labels", "tags", "tokens", "none"]


class DataModule(LightningDataModule, abc.ABC):
    """Three splits in batches; where an epoch of training stands is kept and restored.

    A loader needs `fit_tokenizer` and `suit` before it.

    Args:
        num_workers: processes that assemble batches.

    Attributes:
        one_length: whether all sequences have the same number of steps, whatever is asked.
    """

    one_length: ClassVar[bool] = False

    def __init__(self, num_workers: NaturalInt) -> None:
        super().__init__()
        self.num_workers = num_workers
        self._training: ResumableLoader | None = None
        self._restored: dict[str, Any] = {}

    @property
    @abc.abstractmethod
    def title(self) -> str:
        """What it is called."""

    @property
    def tokenizer(self) -> Tokenizer | None:
        """The fitted tokenizer; None where sequences are no text."""
        return None

    @property
    def vocabulary_size(self) -> int | None:
        """Tokens; None where sequences are numbers."""
        return None if self.tokenizer is None else self.tokenizer.size

    @property
    def input_size(self) -> int | None:
        """F, the numbers of each step; None where sequences are tokens."""
        return None

    @property
    def level(self) -> Level | None:
        """What guessing reaches, and what counts as solved; None where nobody knows."""
        return None

    @property
    def vocabulary(self) -> list[str]:
        """Every token; empty where sequences are no text."""
        return [] if self.tokenizer is None else self.tokenizer.vocabulary

    @property
    def stores(self) -> Mapping[str, TokenStore]:
        """The tokens of each split; empty where sequences are no text."""
        return {}

    def fit_tokenizer(self, recipe: TokenizerRecipe) -> None:
        """Fits the tokenizer on the training split; nothing where sequences are no text."""

    @abc.abstractmethod
    def classes(self, kind: Classes) -> tuple[list[str], list[int]]:
        """What can be predicted, and how often it stands in the training split.

        Raises:
            RecurraError: it has no such classes.
        """

    @abc.abstractmethod
    def suit(self, task: Asking) -> None:
        """Lets the task say what is to be predicted.

        Raises:
            RecurraError: this task cannot be asked of this data.
        """

    @abc.abstractmethod
    def report(self, *, cut: bool) -> Iterator[str]:
        """Lines for a person: what there is.

        Args:
            cut: whether long texts are.
        """

    @abc.abstractmethod
    def fingerprint(self) -> str:
        """A hash of what is learnt from: equal for equal data alone."""

    @abc.abstractmethod
    def has(self, split: Split) -> bool:
        """Whether a split has any row."""

    @abc.abstractmethod
    def columns(self, split: Split, rows: Sequence[int]) -> dict[str, Any]:
        """What is told of rows beside their answers, a column a name."""

    @abc.abstractmethod
    def finished(self, split: Split, task: Asking, tokenizer: Tokenizer | None) -> BatchDataset:
        """The batches of a split for a model that was trained before, with its task and tokenizer."""

    @abc.abstractmethod
    def _dataset(self, split: Split, *, training: bool = False) -> BatchDataset:
        """The batches of a split on this rank."""

    @property
    def training_batches(self) -> int:
        """How many batches an epoch of training has on this rank."""
        return len(self._dataset("train", training=True).batches)

    @property
    def _rank(self) -> int:
        return self.trainer.global_rank if self.trainer else 0

    @property
    def _world_size(self) -> int:
        return self.trainer.world_size if self.trainer else 1

    def _loader(self, split: Split, *, training: bool = False) -> ResumableLoader:
        dataset = self._dataset(split, training=training)
        if repeated := dataset.batches.repeated_rows:
            log.info("%d rows are seen twice an epoch, so that every rank has one in every batch.", repeated)
        pin = self.trainer is not None and self.trainer.strategy.root_device.type == "cuda"
        return ResumableLoader(dataset, num_workers=self.num_workers, pin_memory=pin)

    def train_dataloader(self) -> ResumableLoader:
        """As in training; begins where a restored run was."""
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
