"""A finished model, ready to answer."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from recurra.checkpoint import Restored, restore
from recurra.data.batching import Batching
from recurra.data.loader import SplitDataset
from recurra.data.token_store import TokenStore
from recurra.data.truncation import truncation
from recurra.errors import CheckpointError
from recurra.module import SequenceModule
from recurra.tasks import Evaluation, Labelling, Prediction
from recurra.text.tokenizers import Tokenizer
from recurra.types import Example

_POOL = 4096  # texts that are sorted by length together when streaming


class Predictor:
    """Answers for texts.

    Args:
        module: in evaluation mode.
        tokenizer: the one that it was trained with.
        max_length, kind, windows: which part of a long text is read, as in training's validation.
        batch_size: texts in a batch; it changes speed, never an answer.
    """

    def __init__(
        self, module: SequenceModule, tokenizer: Tokenizer, *, max_length: int, kind: str, windows: int, batch_size: int
    ) -> None:
        self.module = module
        self.tokenizer = tokenizer
        self._batching = Batching(truncation(kind, max_length, windows), batch_size)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: str | Path, *, trust: Sequence[str] = ()) -> "Predictor":
        """The model of a checkpoint file; nothing else is needed.

        Args:
            path: such as `outputs/.../checkpoints/best.ckpt`.
            trust: packages of your own whose classes the checkpoint may build.

        Raises:
            CheckpointError: the file cannot be used.
        """
        return cls.of(restore(path, trust))

    @classmethod
    def of(cls, restored: Restored) -> "Predictor":
        """The predictor of a model that was read already."""
        data = restored.card["config"]["data"]
        return cls(
            restored.module,
            restored.tokenizer,
            max_length=data["max_length"],
            kind=data["truncation"],
            windows=data["windows"],
            batch_size=data["batch_size"],
        )

    @property
    def labels(self) -> list[str]:
        """Every label that can be predicted."""
        return self.module.task.labels

    def predict(self, texts: Iterable[str]) -> list[Prediction]:
        """One prediction a text, in their order; an empty text is answered too.

        Raises:
            TypeError: a single string, whose characters would otherwise be taken for texts; or what are no texts.
        """
        if isinstance(texts, str) or not isinstance(texts, Iterable):
            raise TypeError(f"predict takes a list of texts, not {texts!r:.60}; for a single one: predict([text])")
        texts = list(texts)
        for number, text in enumerate(texts):
            if not isinstance(text, str):
                raise TypeError(f"predict takes a list of texts; number {number} is {text!r:.60}")
        return self._labelling.decide(self.probabilities(texts)) if len(texts) else []

    def stream(self, texts: Iterable[str]) -> Iterator[Prediction]:
        """Predictions in order, for any number of texts, holding a few thousand at a time."""
        remaining = iter(texts)
        while pool := list(islice(remaining, _POOL)):
            yield from self.predict(pool)

    @torch.inference_mode()
    def probabilities(self, texts: Sequence[str]) -> Tensor:
        """(texts, C) in their order."""
        task = self._labelling
        found = torch.empty(len(texts), len(self.labels))
        store = TokenStore.of_texts(self.tokenizer, texts)
        batches = self._batching.bucketed(store.lengths, training=False)
        dataset = SplitDataset(store, torch.zeros(len(texts)), batches)
        for pieces in batches:
            batch = dataset[pieces]
            found[batch.rows] = task.probabilities(self.module(batch))
        return found

    def told(self, answer: Prediction) -> str | list[str]:
        """The label of an answer, or a list where a text may have several."""
        return self._labelling.told(answer.labels)

    @property
    def _labelling(self) -> Labelling:
        task = self.module.task
        if not isinstance(task, Labelling):
            raise CheckpointError(
                f"{type(task).__name__}, which this model was trained for, gives a text no label. "
                "To score it on a file: recurra evaluate CHECKPOINT FILE; "
                "to let a language model write: recurra generate CHECKPOINT."
            )
        return task

    @torch.inference_mode()
    def evaluate(self, examples: Sequence[Example]) -> Evaluation:
        """Scores the answers for labelled rows.

        Raises:
            DataError: a label that the model does not know.
        """
        task = self.module.task
        store = TokenStore.of_texts(self.tokenizer, [example.text for example in examples])
        dataset = task.dataset(store, torch.from_numpy(task.encode(examples)), self._batching, training=False)
        collector = task.collector()
        for index in dataset.batches:
            batch = dataset[index]
            collector.update(**task.answers(self.module(batch), batch))
        return task.evaluate(collector.gather())
