"""What classification among exclusive classes shares: one label a text."""

import abc
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from recurra.tasks.base import Evaluation
from recurra.tasks.calibration import calibration_error
from recurra.tasks.labelling import Labelling, Prediction
from recurra.tasks.per_class import macro, per_class
from recurra.tasks.tally import Tally, f1_macro, mean


class SingleLabel(Labelling, abc.ABC):
    """Scores and answers where every text has one label."""

    def evaluate(self, answers: Mapping[str, Tensor]) -> Evaluation:
        count = len(self.labels)
        gold = self.class_numbers(answers["targets"])
        confidence, predicted = answers["probabilities"].max(dim=1)
        confusion = torch.bincount(gold * count + predicted, minlength=count * count).reshape(count, count)
        by_class = per_class(self.labels, functional.one_hot(predicted, count), functional.one_hot(gold, count))
        scores = {
            "loss": float(answers["loss"]) / len(gold),
            "accuracy": float((predicted == gold).double().mean()),
            "f1_macro": macro(by_class, "f1"),
            "calibration_error": calibration_error(confidence, predicted == gold),
        }
        return Evaluation(scores, {"rows": len(gold)}, by_class, confusion.tolist(), answers)

    @classmethod
    def tally(cls, score: str, columns: Mapping[str, Sequence[Any]]) -> Tally | None:
        gold, predicted = (np.array(columns[name], dtype=object) for name in ("gold", "predicted"))
        if score == "accuracy":
            return mean(predicted == gold)
        if score == "loss":
            return mean([-np.log(p[label]) for p, label in zip(columns["probabilities"], gold, strict=True)])
        if score == "f1_macro":
            classes = np.array(sorted(set(gold)), dtype=object)
            return f1_macro(predicted[:, None] == classes, gold[:, None] == classes)
        return None

    def decide(self, outputs: Tensor) -> list[Prediction]:
        return [
            Prediction(
                (self.labels[max(range(len(row)), key=row.__getitem__)],), dict(zip(self.labels, row, strict=True))
            )
            for row in outputs.tolist()
        ]

    def decode(self, targets: Tensor) -> list[tuple[str, ...]]:
        return [(self.labels[number],) for number in self.class_numbers(targets).tolist()]

    @abc.abstractmethod
    def class_numbers(self, targets: Tensor) -> Tensor:
        """(B,) int64 class numbers of encoded targets."""
