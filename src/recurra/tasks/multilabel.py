"""Any number of labels a text."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torchmetrics.functional.classification import multilabel_average_precision, multilabel_f1_score

from recurra.errors import DataError
from recurra.tasks.base import Evaluation
from recurra.tasks.calibration import calibration_error
from recurra.tasks.head import HeadInit
from recurra.tasks.labelling import Labelling, Prediction
from recurra.tasks.labels import numbers
from recurra.tasks.mean_bits import mean_of_windows
from recurra.tasks.per_class import macro, per_class
from recurra.tasks.tally import Tally, bits, f1_macro, f1_micro, mean
from recurra.types import Example, Share, Targets

_THRESHOLDS = torch.linspace(0.02, 0.98, 49)


class Multilabel(Labelling):
    """A sigmoid a label; a label applies where its probability reaches the threshold.

    The threshold is chosen on the validation split (the highest micro-F1, the nearest to one half among equals) and
    travels with the weights.

    Args:
        labels: all labels.
        features_size: width of what the head sees.
        dropout: before the head.
        init: how the head is drawn, see `Head`.

    Raises:
        DataError: no label at all.
    """

    targets: ClassVar[Targets] = "bits"
    exclusive: ClassVar[bool] = False
    monitor: str = "val/f1_micro"
    threshold: Tensor

    def __init__(
        self, labels: Sequence[str], features_size: int, *, dropout: Share = 0.0, init: HeadInit = "xavier"
    ) -> None:
        if not labels:
            raise DataError("task=multilabel needs labels; the training data has none.")
        super().__init__(labels, features_size, len(labels), dropout, init)
        self.register_buffer("threshold", torch.tensor(0.5))

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        index = {label: number for number, label in enumerate(self.labels)}
        bits = np.zeros((len(examples), len(self.labels)), dtype=np.float32)
        for row, example in enumerate(examples):
            bits[row, numbers(example, index)] = 1
        return bits

    def outputs(self, logits: Tensor) -> Tensor:
        return logits.float().sigmoid()

    def log_loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        return functional.binary_cross_entropy_with_logits(logits.float(), targets, reduction="none").mean(dim=1)

    def merge(self, logits: Tensor, windows: Tensor, rows: int) -> Tensor:
        return mean_of_windows(logits, windows, rows)

    def tune(self, answers: Mapping[str, Tensor]) -> None:
        probabilities, targets = answers["probabilities"], answers["targets"]
        scores = torch.stack([self._f1(probabilities >= threshold, targets, "micro") for threshold in _THRESHOLDS])
        best = _THRESHOLDS[scores == scores.max()]
        self.threshold.copy_(best[(best - 0.5).abs().argmin()])

    def evaluate(self, answers: Mapping[str, Tensor]) -> Evaluation:
        probabilities, targets = answers["probabilities"], answers["targets"]
        predicted = probabilities >= self.threshold.to(probabilities.device)
        by_class = per_class(self.labels, predicted, targets)
        occurring = targets.sum(0) > 0
        precision = multilabel_average_precision(probabilities, targets.int(), len(self.labels), average="none")
        scores = {
            "loss": float(answers["loss"]) / len(targets),
            "accuracy": float((predicted == targets.bool()).all(dim=1).double().mean()),
            "f1_micro": float(self._f1(predicted, targets, "micro")),
            "f1_macro": macro(by_class, "f1"),
            "mean_average_precision": float(precision.reshape(-1)[occurring].mean()) if occurring.any() else 0.0,
            "calibration_error": calibration_error(probabilities.flatten(), targets.flatten()),
            "threshold": float(self.threshold),
        }
        return Evaluation(scores, {"rows": len(targets)}, by_class, None, answers)

    @classmethod
    def tally(cls, score: str, columns: Mapping[str, Sequence[Any]]) -> Tally | None:
        labels = list(columns["probabilities"][0])
        gold, predicted = bits(columns["gold"], labels), bits(columns["predicted"], labels)
        if score == "accuracy":
            return mean((predicted == gold).all(axis=1))
        if score == "f1_micro":
            return f1_micro((predicted & gold).sum(1), predicted.sum(1), gold.sum(1))
        if score == "f1_macro":
            return f1_macro(predicted, gold)
        if score == "loss":
            positive = np.array([[row[label] for label in labels] for row in columns["probabilities"]])
            return mean(-np.log(np.where(gold, positive, 1 - positive)).mean(axis=1))
        return None

    def decide(self, outputs: Tensor) -> list[Prediction]:
        threshold = float(self.threshold)
        return [
            Prediction(
                tuple(label for label, p in zip(self.labels, row, strict=True) if p >= threshold),
                dict(zip(self.labels, row, strict=True)),
                exclusive=False,
            )
            for row in outputs.tolist()
        ]

    def decode(self, targets: Tensor) -> list[tuple[str, ...]]:
        return [tuple(label for label, bit in zip(self.labels, row, strict=True) if bit) for row in targets.tolist()]

    def _f1(self, predicted: Tensor, targets: Tensor, average: Literal["micro", "macro"]) -> Tensor:
        return multilabel_f1_score(predicted.int(), targets.int(), len(self.labels), average=average)
