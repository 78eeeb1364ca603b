"""What a model is asked: how labels become targets, logits become answers, and answers are scored."""

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.tasks.head import Head, HeadInit
from recurra.types import Encoding, Example, Share


@dataclass(frozen=True)
class Prediction:
    """The answer for one text.

    Attributes:
        labels: what is predicted: one label, or for multi-label as many as apply.
        probabilities: of every label.
    """

    labels: tuple[str, ...]
    probabilities: dict[str, float]

    @property
    def label(self) -> str:
        """The label, or several joined by ` | `; empty where none applies."""
        return " | ".join(self.labels)


@dataclass(frozen=True)
class Evaluation:
    """How good the answers for one split are.

    Attributes:
        scores: by metric name, `loss` among them: the mean log loss, without smoothing or class weights.
        per_class: a row a class: label, precision, recall, f1, support.
        confusion: (C, C) counts, gold by predicted; None for multi-label.
        rows: (rows,) their numbers in the split, ascending.
        probabilities: (rows, C).
    """

    scores: dict[str, float]
    per_class: list[dict[str, Any]]
    confusion: list[list[int]] | None
    rows: Tensor
    probabilities: Tensor


class Task(nn.Module, abc.ABC):
    """Targets, head, scores, and how a prediction is told.

    Attributes:
        labels: every label, in the order of the probabilities.
        targets: what `encode` gives: `classes` (B,) int64 or `bits` (B, C) float32; a loss must take the same.
        exclusive: whether a text has exactly one label; if not, gold and predicted labels are told as lists.
        monitor, mode: the metric that early stopping, checkpoints and sweeps go by.
        head: features to logits.
    """

    targets: ClassVar[Literal["classes", "bits"]]
    exclusive: ClassVar[bool] = True
    monitor: ClassVar[str] = "val/f1_macro"
    mode: ClassVar[Literal["min", "max"]] = "max"

    def __init__(
        self,
        labels: Sequence[str],
        features_size: int,
        output_size: int,
        dropout: Share,
        init: HeadInit = "xavier",
    ) -> None:
        super().__init__()
        self.labels = list(labels)
        self.head = Head(features_size, output_size, dropout, init)

    def features(self, encoding: Encoding) -> Tensor:
        """What the head sees: the summary (B, S)."""
        return encoding.summary

    @abc.abstractmethod
    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        """Targets of rows.

        Raises:
            DataError: a label that training did not have, or a number of labels that this task does not know.
        """

    @abc.abstractmethod
    def probabilities(self, logits: Tensor) -> Tensor:
        """(B, output_size) -> (B, C), one column a label."""

    @abc.abstractmethod
    def log_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """(B,) the negative log likelihood of each row's targets, in nats."""

    @abc.abstractmethod
    def merge(self, logits: Tensor, windows: Tensor, rows: int) -> Tensor:
        """Logits whose probabilities are the mean over each row's windows.

        Args:
            logits: (N, output_size), one row a window.
            windows: (N,) the row in [0, rows) that each belongs to.
            rows: how many rows there are.
        """

    @abc.abstractmethod
    def evaluate(self, rows: Tensor, probabilities: Tensor, targets: Tensor, loss: float) -> Evaluation:
        """Scores the answers for a whole split; nothing here depends on how it was batched."""

    @abc.abstractmethod
    def decide(self, probabilities: Tensor) -> list[Prediction]:
        """The answers for (B, C) probabilities."""

    def told(self, labels: Sequence[str]) -> str | list[str]:
        """Labels as files hold them: one where a text has exactly one, else a list in the order of `labels`."""
        return labels[0] if self.exclusive else [label for label in self.labels if label in labels]

    def tune(self, probabilities: Tensor, targets: Tensor) -> None:
        """Chooses on the validation split what a decision needs beside the probabilities; most tasks need nothing."""
