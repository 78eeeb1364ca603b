"""What classification among exclusive classes shares: one label a text."""

import abc

import torch
from torch import Tensor
from torch.nn import functional

from recurra.tasks.base import Evaluation, Prediction, Task
from recurra.tasks.calibration import calibration_error
from recurra.tasks.per_class import macro, per_class


class SingleLabel(Task, abc.ABC):
    """Scores and answers where every text has one label."""

    def evaluate(self, rows: Tensor, probabilities: Tensor, targets: Tensor, loss: float) -> Evaluation:
        count = len(self.labels)
        gold = self.classes(targets)
        confidence, predicted = probabilities.max(dim=1)
        confusion = torch.bincount(gold * count + predicted, minlength=count * count).reshape(count, count)
        by_class = per_class(self.labels, functional.one_hot(predicted, count), functional.one_hot(gold, count))
        scores = {
            "loss": loss,
            "accuracy": float((predicted == gold).double().mean()),
            "f1_macro": macro(by_class, "f1"),
            "calibration_error": calibration_error(confidence, predicted == gold),
        }
        return Evaluation(scores, by_class, confusion.tolist(), rows, probabilities)

    def decide(self, probabilities: Tensor) -> list[Prediction]:
        return [
            Prediction(
                (self.labels[max(range(len(row)), key=row.__getitem__)],), dict(zip(self.labels, row, strict=True))
            )
            for row in probabilities.tolist()
        ]

    @abc.abstractmethod
    def classes(self, targets: Tensor) -> Tensor:
        """(B,) int64 class numbers of encoded targets."""
