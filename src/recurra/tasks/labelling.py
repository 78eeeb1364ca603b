"""Tasks whose answer is one label for a text, or several."""

import abc
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from torch import Tensor

from recurra.tasks.answering import Answering, Prediction
from recurra.types import Batch


class Labelling(Answering, abc.ABC):
    """Reads the summary of a text, and gives a probability to each label.

    Attributes:
        exclusive: whether a text has exactly one label; if not, gold and predicted labels are told as lists.
    """

    exclusive: ClassVar[bool] = True
    joined: ClassVar[tuple[str, ...]] = ("rows", "probabilities", "targets")
    summed: ClassVar[tuple[str, ...]] = ("loss",)

    def answers(self, logits: Tensor, batch: Batch) -> dict[str, Tensor]:
        return {
            "rows": batch.rows,
            "probabilities": self.outputs(logits),
            "targets": batch.targets,
            "loss": self.log_loss(logits, batch.targets).double().sum(),
        }

    def columns(self, answers: Mapping[str, Tensor]) -> dict[str, list[Any]]:
        decided = self.decide(answers["probabilities"])
        return {
            "gold": [self.named(labels) for labels in self.decode(answers["targets"])],
            "predicted": [self.named(answer.labels) for answer in decided],
            "probabilities": [answer.probabilities for answer in decided],
        }

    @abc.abstractmethod
    def log_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """(B,) the negative log likelihood of each row's targets, in nats."""

    @abc.abstractmethod
    def decode(self, targets: Tensor) -> list[tuple[str, ...]]:
        """The labels of encoded targets, a tuple a row."""

    def told(self, answer: Prediction) -> Mapping[str, Any]:
        probabilities = {label: round(p, 6) for label, p in answer.probabilities.items()}
        return {"label": self.named(answer.labels), "probabilities": probabilities}

    def named(self, labels: Sequence[str]) -> str | list[str]:
        """Labels as files hold them: one where a text has exactly one, else a list in the order of `labels`."""
        return labels[0] if self.exclusive else [label for label in self.labels if label in labels]
