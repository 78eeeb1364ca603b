"""What a model is asked: what is to be predicted, from which features, and how good the answers are."""

import abc
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.data.base import Classes
from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.token_store import TokenStore
from recurra.errors import CheckpointError
from recurra.tasks.answer import Answer
from recurra.tasks.answers import Answers
from recurra.tasks.tally import Tally
from recurra.text.tokenizers import Tokenizer
from recurra.types import Batch, Encoding, Example, Targets


@dataclass(frozen=True)
class Evaluation:
    """How good the answers for one split are.

    Attributes:
        scores: by metric name, `loss` among them: the mean log loss, without smoothing or class weights, or the mean
            squared error.
        counted: of what they are the means, such as `rows` or `tokens`, and how many of it there were.
        per_class: a row a class: label, precision, recall, f1, support; empty where that says nothing.
        confusion: (C, C) counts, gold by predicted; None where a text may have several labels or none.
        answers: what they were computed from.
    """

    scores: dict[str, float]
    counted: dict[str, int]
    per_class: list[dict[str, Any]]
    confusion: list[list[int]] | None
    answers: Mapping[str, Tensor]


class Task(nn.Module, abc.ABC):
    """Targets, features, head, scores.

    The constructor takes `labels` and, by their names, what it needs of what is built before it: `features_size` (the
    width of a summary), `states_size` (of a state), `encoder`, `embedding`, `class_counts` (how often the training
    split has each of `labels`; None where nothing is trained). What a YAML file in `conf/task` may set follows by
    keyword.

    Attributes:
        classes: what its classes are: the `labels` of the training rows, the `tags` of their words, the `tokens` of the
            vocabulary, or none.
        added_inputs: names of inputs that no text has, such as a mask; their ids follow those of the vocabulary.
        unused: options of text data that make no difference to it.
        targets: what a batch holds of them: `classes` int64, `bits` or `values` float32; a loss must take the same.
        every_step: whether each step has a target, not each sequence.
        goes_on: whether it reads on from a state, knowing nothing else of what came before.
        unit: of the loss that is told.
        joined, summed: what is kept of each batch to score a split by, see `Answers`.
        monitor, mode: the metric that early stopping, checkpoints and sweeps go by.
        verb: what `recurra` can do with a finished model, beside evaluating it.
        sample: a text to do it with.
        labels: every class, in the order of the logits' columns.
        head: features to logits.
    """

    classes: ClassVar[Classes] = "labels"
    added_inputs: ClassVar[tuple[str, ...]] = ()
    unused: tuple[str, ...] = ()
    targets: ClassVar[Targets]
    every_step: ClassVar[bool] = False
    goes_on: ClassVar[bool] = False
    unit: ClassVar[str] = "nats"
    joined: ClassVar[tuple[str, ...]] = ()
    summed: ClassVar[tuple[str, ...]] = ()
    monitor: str = "val/f1_macro"
    mode: ClassVar[Literal["min", "max"]] = "max"
    verb: ClassVar[str] = "predict"
    sample: ClassVar[str] = "any text, typed as it is"
    labels: list[str]
    head: nn.Module

    @abc.abstractmethod
    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        """What is to be predicted of rows, or for tasks whose texts are their own targets what else `dataset` needs.

        Raises:
            DataError: a row that this task cannot use.
        """

    @abc.abstractmethod
    def dataset(self, store: TokenStore, targets: Tensor, batching: Batching, *, training: bool) -> BatchDataset:
        """The batches of a split.

        Args:
            store: its tokens.
            targets: as `encode` gave them.
            batching: how they are batched.
            training: whether to shuffle them.
        """

    @abc.abstractmethod
    def features(self, encoding: Encoding, batch: Batch) -> Tensor:
        """What the head sees: the summaries (N, S), or the states of all real steps (M, D)."""

    def logits(self, features: Tensor, batch: Batch) -> Tensor:
        """A row a target."""
        logits: Tensor = self.head(features)
        return logits

    def collector(self) -> Answers:
        """What gathers the answers for a split."""
        return Answers(self.joined, self.summed)

    @abc.abstractmethod
    def answers(self, logits: Tensor, batch: Batch) -> dict[str, Tensor]:
        """What is kept of a batch: a tensor for each name of `joined` and `summed`."""

    @abc.abstractmethod
    def evaluate(self, answers: Mapping[str, Tensor]) -> Evaluation:
        """Scores the answers for a whole split; nothing here depends on how it was batched."""

    def tune(self, answers: Mapping[str, Tensor]) -> None:
        """Chooses on the validation split what a decision needs beside the logits; most tasks need nothing."""

    def columns(self, answers: Mapping[str, Tensor]) -> dict[str, list[Any]]:
        """What is told of the rows of a split: `row`, their numbers in it, then gold, predicted, probabilities.

        Empty where rows have no answers of their own.
        """
        return {}

    @classmethod
    def tally(cls, score: str, columns: Mapping[str, Sequence[Any]]) -> Tally | None:
        """One of the scores of `evaluate`, from what `columns` told; None where rows do not add up to it."""
        return None

    def predict(
        self, model: Callable[[Batch], Tensor], texts: Sequence[str], tokenizer: Tokenizer, batching: Batching
    ) -> Sequence[Answer]:
        """The answers for texts of which nothing else is known, in their order.

        Args:
            model: gives the logits of a batch.
            texts: as they were typed.
            tokenizer: the one that the model was trained with.
            batching: how they are batched.

        Raises:
            CheckpointError: this task has no answer for a text.
            DataError: a text that cannot be asked.
        """
        raise CheckpointError(
            f"{type(self).__name__}, which this model was trained for, gives a text no label. "
            "To score it on a file: recurra evaluate CHECKPOINT FILE; "
            "to let a language model write: recurra generate CHECKPOINT."
        )
