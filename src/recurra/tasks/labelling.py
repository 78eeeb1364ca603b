"""Tasks whose answer is one label for a text, or several."""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, final

from torch import Tensor

from recurra.tasks.answer import Answer
from recurra.tasks.answering import Answering
from recurra.types import Batch

_SHOWN = 5  # labels that a terminal shows


@final
@dataclass(frozen=True)
class Prediction(Answer):
    """The answer for one text.

    Attributes:
        labels: what is predicted: one label, or for multi-label as many as apply.
        probabilities: of every label.
        exclusive: whether a text has exactly one label; if not, files hold a list.
    """

    labels: tuple[str, ...]
    probabilities: dict[str, float]
    exclusive: bool = field(default=True, repr=False)

    @property
    def label(self) -> str:
        """The label, or several joined by ` | `; empty where none applies."""
        return " | ".join(self.labels)

    def shown(self, text: str) -> str:
        ranked = sorted(self.probabilities.items(), key=lambda item: -item[1])[:_SHOWN]
        return f"{self.label or '(none)'}\t{'  '.join(f'{label} {p:.3f}' for label, p in ranked)}\t{text}"

    def record(self) -> dict[str, Any]:
        return {"label": self.label if self.exclusive else list(self.labels), "probabilities": self._rounded()}

    def cells(self) -> dict[str, Any]:
        # Prefixed, since a label may itself be called text.
        return {"label": self.label, **{f"probability_{label}": p for label, p in self._rounded().items()}}

    def _rounded(self) -> dict[str, float]:
        return {label: round(p, 6) for label, p in self.probabilities.items()}


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
            "row": answers["rows"].tolist(),
            "gold": [self.named(labels) for labels in self.decode(answers["targets"])],
            "predicted": [self.named(answer.labels) for answer in decided],
            "probabilities": [answer.probabilities for answer in decided],
        }

    @abc.abstractmethod
    def decide(self, outputs: Tensor) -> list[Prediction]:
        """The answers for (B, C) probabilities."""

    @abc.abstractmethod
    def log_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """(B,) the negative log likelihood of each row's targets, in nats."""

    @abc.abstractmethod
    def decode(self, targets: Tensor) -> list[tuple[str, ...]]:
        """The labels of encoded targets, a tuple a row."""

    def named(self, labels: Sequence[str]) -> str | list[str]:
        """Labels as files hold them: one where a text has exactly one, else a list in the order of `labels`."""
        return labels[0] if self.exclusive else [label for label in self.labels if label in labels]
