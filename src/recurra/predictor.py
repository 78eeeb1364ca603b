"""A finished model, ready to answer."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import torch

from recurra.checkpoint import Restored, restore
from recurra.data.batching import Batching
from recurra.data.token_store import TokenStore
from recurra.data.truncation import truncation
from recurra.errors import CheckpointError
from recurra.module import SequenceModule
from recurra.scoring import score
from recurra.tasks import Answer, Evaluation
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
        fixed_length: whether every text is padded to `max_length`, as in training.
    """

    def __init__(
        self,
        module: SequenceModule,
        tokenizer: Tokenizer,
        *,
        max_length: int,
        kind: str,
        windows: int,
        batch_size: int,
        fixed_length: bool = False,
    ) -> None:
        self.module = module
        self.tokenizer = tokenizer
        self._batching = Batching(truncation(kind, max_length, windows), batch_size, fixed_length=fixed_length)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: str | Path, *, trust: Sequence[str] = ()) -> "Predictor":
        """The model of a checkpoint file; nothing else is needed.

        Args:
            path: such as `outputs/.../checkpoints/best.ckpt`.
            trust: packages of your own whose classes the checkpoint may build.

        Raises:
            CheckpointError: the file cannot be used, or holds a model of no text.
        """
        return cls.of(restore(path, trust))

    @classmethod
    def of(cls, restored: Restored) -> "Predictor":
        """The predictor of a model that was read already."""
        if restored.tokenizer is None:
            raise CheckpointError(
                "This model was trained on sequences that were made up, and reads no text. "
                "To score it on others of them: recurra evaluate CHECKPOINT."
            )
        data = restored.card["config"]["data"]
        return cls(
            restored.module,
            restored.tokenizer,
            max_length=data["max_length"],
            kind=data["truncation"],
            windows=data["windows"],
            batch_size=data["batch_size"],
            fixed_length=data.get("fixed_length", False),  # checkpoints of before lack it
        )

    @property
    def labels(self) -> list[str]:
        """Every label that can be predicted."""
        return self.module.task.labels

    @torch.inference_mode()
    def predict(self, texts: Iterable[str]) -> Sequence[Answer]:
        """One answer a text, in their order; an empty text is answered too.

        Raises:
            TypeError: a single string, whose characters would otherwise be taken for texts; or what are no texts.
            CheckpointError: the model's task has no answer for a text.
            DataError: a text that it cannot be asked.
        """
        if isinstance(texts, str) or not isinstance(texts, Iterable):
            raise TypeError(f"predict takes a list of texts, not {texts!r:.60}; for a single one: predict([text])")
        texts = list(texts)
        for number, text in enumerate(texts):
            if not isinstance(text, str):
                raise TypeError(f"predict takes a list of texts; number {number} is {text!r:.60}")
        return self.module.task.predict(self.module, texts, self.tokenizer, self._batching) if texts else []

    def stream(self, texts: Iterable[str]) -> Iterator[Answer]:
        """Answers in order, for any number of texts, holding a few thousand at a time."""
        remaining = iter(texts)
        while pool := list(islice(remaining, _POOL)):
            yield from self.predict(pool)

    @torch.inference_mode()
    def evaluate(self, examples: Sequence[Example]) -> Evaluation:
        """Scores the answers for labelled rows.

        Raises:
            DataError: a label that the model does not know.
        """
        task = self.module.task
        store = TokenStore.of_texts(self.tokenizer, [example.text for example in examples])
        dataset = task.dataset(store, torch.from_numpy(task.encode(examples)), self._batching, training=False)
        return score(self.module, dataset)
