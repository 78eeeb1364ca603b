"""The next token and the one before, at every step."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, final

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from recurra.data.base import Classes
from recurra.data.batching import Batching
from recurra.data.loader import BatchDataset
from recurra.data.token_store import TokenStore
from recurra.data.two_way_texts import TwoWayTexts
from recurra.errors import ConfigError
from recurra.nn.embedding import Embedding
from recurra.nn.encoders.base import Encoder
from recurra.nn.sequences import real_steps
from recurra.tasks.base import Evaluation, Task
from recurra.tasks.head import word_head
from recurra.tasks.perplexity import perplexity
from recurra.types import Batch, Encoding, Example, Share, Targets


@final
class TwoWayLanguageModel(Task):
    """softmax(V s_t) of the token after the t-th from the forward half of its state, and of the token before it from
    the backward half, with one V for both (Peters et al. 2018, section 3.1).

    A language model teaches the forward layer alone; this one both, for an encoder that reads both ways to begin with.
    Texts are read as a classifier reads them, each from no state.

    Args:
        labels: the vocabulary.
        encoder: must read both ways by a recurrence; of several layers the lowest is asked, since the others know what
            stands on either side.
        embedding: the tokens' vectors.
        class_counts: how often the training split has each token, from which the output begins; None where nothing is
            trained.
        tied: whether the output's weights are the embedding's.
        dropout: on the states, before the output.

    Raises:
        ConfigError: the encoder has no states of two directions; a tied output could not learn.
    """

    classes: ClassVar[Classes] = "tokens"
    unused: tuple[str, ...] = ("truncation", "windows")  # what is longer is read in parts, all of it
    targets: ClassVar[Targets] = "classes"
    every_step: ClassVar[bool] = True
    takes_ngrams: ClassVar[bool] = False  # one that ends at a token gives away the one before, which is asked
    summed: ClassVar[tuple[str, ...]] = ("loss", "tokens")
    monitor: str = "val/loss"
    mode: ClassVar[Literal["min", "max"]] = "min"
    verb: ClassVar[str] = ""

    def __init__(
        self,
        labels: Sequence[str],
        encoder: Encoder,
        embedding: Embedding,
        class_counts: Sequence[int] | None = None,
        *,
        tied: bool = True,
        dropout: Share = 0.0,
    ) -> None:
        super().__init__()
        if encoder.sides != 2:
            raise ConfigError(
                "task=two_way_language_model asks what was read forwards for the next token and what was read "
                f"backwards for the one before, and this {type(encoder).__name__} does not read both ways. Use "
                "model=lstm model.bidirectional=true (or gru, rnn, textrnn, rcnn), or task=cloze, which takes any "
                "encoder."
            )
        self.labels = list(labels)
        self.head = word_head(len(labels), encoder.side_size, embedding, class_counts, tied=tied, dropout=dropout)

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        """Nothing: the texts are their own targets."""
        return np.zeros(len(examples), dtype=np.int64)

    def dataset(self, store: TokenStore, targets: Tensor, batching: Batching, *, training: bool) -> BatchDataset:
        return TwoWayTexts(store, batching, training=training)

    def features(self, encoding: Encoding, batch: Batch) -> Tensor:
        """(2 M, H), what was read forwards and backwards at each real step, one after the other."""
        assert encoding.sided is not None
        sided = real_steps(encoding.sided, batch.lengths)
        return sided.reshape(2 * len(sided), sided.size(1) // 2)

    def answers(self, logits: Tensor, batch: Batch) -> dict[str, Tensor]:
        return {
            "loss": functional.cross_entropy(logits.float(), batch.targets, reduction="sum"),
            "tokens": 2 * batch.lengths.sum(),
        }

    def evaluate(self, answers: Mapping[str, Tensor]) -> Evaluation:
        """`loss` in nats a token, the mean over both directions, and the perplexity, its exponential."""
        loss, tokens = (float(answers[name]) for name in self.summed)
        mean = loss / max(tokens, 1)
        return Evaluation({"loss": mean, "perplexity": perplexity(mean)}, {"tokens": round(tokens)}, [], None, answers)
