"""The next token, at every step."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, final

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from recurra.data.base import Classes
from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.running_text import RunningText
from recurra.data.streams import Carry, StreamBatches, StreamDataset
from recurra.data.token_store import TokenStore
from recurra.data.whole_texts import WholeTexts
from recurra.errors import ConfigError
from recurra.nn.embedding import Embedding
from recurra.nn.encoders.base import Encoder
from recurra.nn.sequences import real_steps
from recurra.tasks.base import Evaluation, Task
from recurra.tasks.head import word_head
from recurra.types import Batch, Encoding, Example, PositiveInt, Share, Targets


@final
class LanguageModel(Task):
    """o_t = softmax(V s_t), the distribution of the token after the t-th (Mikolov et al. 2010), labels left alone.

    Texts stand one after another with a boundary between them, which is predicted, too. Training goes back through
    `window` steps at a time; what was before them is known by the state alone.

    Args:
        labels: the vocabulary.
        states_size: width of a state.
        encoder: must read forwards only: a state that has seen the next token cannot be asked for it.
        embedding: the tokens' vectors.
        class_counts: how often the training split has each token, from which the output begins; None where nothing is
            trained.
        window: tokens that are read, and gone back through, at a time; null: each text whole, up to data.max_length.
        carry: over what the state is carried from window to window: `always`, inside a `document`, or `never`.
        tied: whether the output's weights are the embedding's.
        dropout: on the states, before the output.

    Raises:
        ConfigError: the encoder is not causal; a tied output could not learn.
    """

    classes: ClassVar[Classes] = "tokens"
    unused: tuple[str, ...] = ("max_length", "token_budget", "fixed_length", "truncation", "windows")
    targets: ClassVar[Targets] = "classes"
    every_step: ClassVar[bool] = True
    goes_on: ClassVar[bool] = True
    summed: ClassVar[tuple[str, ...]] = ("loss", "tokens", "characters")
    monitor: str = "val/loss"
    mode: ClassVar[Literal["min", "max"]] = "min"
    verb: ClassVar[str] = "generate"
    sample: ClassVar[str] = "The"

    def __init__(
        self,
        labels: Sequence[str],
        states_size: int,
        encoder: Encoder,
        embedding: Embedding,
        class_counts: Sequence[int] | None = None,
        *,
        window: PositiveInt | None = 128,
        carry: Carry = "always",
        tied: bool = True,
        dropout: Share = 0.0,
    ) -> None:
        super().__init__()
        if not encoder.causal:
            raise ConfigError(
                f"task=language_model asks each state for the next token, and those of this {type(encoder).__name__} "
                "have already read it, from the right. Use an encoder that reads forwards only: "
                "model=lstm model.bidirectional=false (or gru, rnn)."
            )
        self.labels = list(labels)
        self.window = window
        if window is None:
            self.unused = ("fixed_length", "truncation", "windows")  # what is longer is read in parts, all of it
        self.carry = carry
        self.head = word_head(len(labels), states_size, embedding, class_counts, tied=tied, dropout=dropout)

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        """(rows,) int64, the characters of each text, by which bits are told."""
        return np.array([len(example.text) for example in examples], dtype=np.int64)

    def dataset(self, store: TokenStore, targets: Tensor, batching: Batching, *, training: bool) -> BatchDataset:
        text = RunningText(store, targets)
        if self.window is None:
            return WholeTexts(text, batching, training=training)
        batches = StreamBatches(text, batching, window=self.window, carry=self.carry, training=training)
        return StreamDataset(text, batches)

    def features(self, encoding: Encoding, batch: Batch) -> Tensor:
        return real_steps(encoding.states, batch.lengths)

    def answers(self, logits: Tensor, batch: Batch) -> dict[str, Tensor]:
        assert batch.characters is not None
        return {
            "loss": functional.cross_entropy(logits.float(), batch.targets, reduction="sum"),
            "tokens": batch.lengths.sum(),
            "characters": batch.characters.sum(),
        }

    def evaluate(self, answers: Mapping[str, Tensor]) -> Evaluation:
        """`loss` in nats a token, the perplexity, its exponential, and the bits for each character of the texts."""
        nats, tokens, characters = (float(answers[name]) for name in ("loss", "tokens", "characters"))
        mean = nats / max(tokens, 1)
        scores = {
            "loss": mean,
            "perplexity": math.exp(min(mean, 700.0)),  # above, a float is infinite
            "bits_per_character": nats / math.log(2) / max(characters, 1),
        }
        counted = {"tokens": round(tokens), "characters": round(characters)}
        return Evaluation(scores, counted, [], None, answers)
