"""One of several classes at every step."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, final

from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.token_store import TokenStore
from recurra.errors import ConfigError
from recurra.nn.sequences import real_steps
from recurra.tasks.base import Evaluation, Task
from recurra.tasks.head import Head
from recurra.types import Batch, Encoding, Example, Share, Targets

BLANK = "blank"
"""The class of steps at which there is nothing to say: accuracy leaves them out."""


@final
class Steps(Task):
    """Softmax over the classes at each real step, of sequences that say at each what is asked.

    Args:
        labels: the classes.
        states_size: width of a state.
        dropout: on the states, before the output.
    """

    targets: ClassVar[Targets] = "classes"
    every_step: ClassVar[bool] = True
    summed: ClassVar[tuple[str, ...]] = ("loss", "steps", "right", "asked")
    monitor: str = "val/loss"
    mode: ClassVar[Literal["min", "max"]] = "min"

    def __init__(self, labels: Sequence[str], states_size: int, *, dropout: Share = 0.0) -> None:
        super().__init__()
        self.labels = list(labels)
        self.head = Head(states_size, len(labels), dropout)
        self._blank = self.labels.index(BLANK) if BLANK in self.labels else -1

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        raise ConfigError(
            "task=steps asks each step, and rows of text have labels as a whole. Use task=classification, or data=copy."
        )

    def dataset(self, store: TokenStore, targets: Tensor, batching: Batching, *, training: bool) -> BatchDataset:
        raise AssertionError("encode refuses text")

    def features(self, encoding: Encoding, batch: Batch) -> Tensor:
        return real_steps(encoding.states, batch.lengths)

    def answers(self, logits: Tensor, batch: Batch) -> dict[str, Tensor]:
        asked = batch.targets != self._blank
        return {
            "loss": functional.cross_entropy(logits.float(), batch.targets, reduction="sum"),
            "steps": batch.lengths.sum(),
            "right": ((logits.argmax(1) == batch.targets) & asked).sum(),
            "asked": asked.sum(),
        }

    def evaluate(self, answers: Mapping[str, Tensor]) -> Evaluation:
        """`loss` in nats a step, and the share of right answers among the steps that are not blank."""
        loss, steps, right, asked = (float(answers[name]) for name in self.summed)
        scores = {"loss": loss / max(steps, 1), "accuracy": right / max(asked, 1)}
        return Evaluation(scores, {"steps": round(steps)}, [], None, answers)
