"""A hidden word."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from recurra.data.base import Classes
from recurra.data.batching import Batching
from recurra.data.hidden_words import HiddenWords
from recurra.data.token_store import TokenStore
from recurra.data.truncation import Pieces
from recurra.errors import DataError
from recurra.nn.embedding import Embedding
from recurra.tasks.answer import Answer
from recurra.tasks.base import Evaluation, Task
from recurra.tasks.head import word_head
from recurra.tasks.hidden_answer import HiddenAnswer
from recurra.tasks.tally import Tally, mean
from recurra.text.tokenizers import Tokenizer
from recurra.types import UNKNOWN, Batch, Encoding, Example, Share, Targets

BLANK = "___"
"""What stands for a hidden word in a text that is typed."""

_NEAR = 5  # among how many of the likeliest a word should be
_TOLD = 10  # of the likeliest that an answer holds


@final
class Cloze(Task):
    """softmax(V s_t), with t the place of a hidden word (Taylor 1953) in whose stead a mask is read.

    With an encoder that reads both ways the state there knows what stands before and after; with one that reads
    forwards only, what stands before.

    Args:
        labels: the vocabulary.
        states_size: width of a state.
        embedding: the vectors of the tokens, and of the mask.
        class_counts: how often the training split has each token, from which the output begins; None where nothing is
            trained.
        tied: whether the output's weights are the embedding's.
        dropout: on the state, before the output.
    """

    classes: ClassVar[Classes] = "tokens"
    unused: tuple[str, ...] = ("windows",)
    added_inputs: ClassVar[tuple[str, ...]] = ("<mask>",)
    targets: ClassVar[Targets] = "classes"
    joined: ClassVar[tuple[str, ...]] = ("rows", "places", "targets", "predicted", "chances", "near")
    summed: ClassVar[tuple[str, ...]] = ("loss",)
    monitor: str = "val/loss"
    mode: ClassVar[Literal["min", "max"]] = "min"
    sample: ClassVar[str] = f"the {BLANK} was great"

    def __init__(
        self,
        labels: Sequence[str],
        states_size: int,
        embedding: Embedding,
        class_counts: Sequence[int] | None = None,
        *,
        tied: bool = True,
        dropout: Share = 0.0,
    ) -> None:
        super().__init__()
        self.labels = list(labels)
        self.head = word_head(len(labels), states_size, embedding, class_counts, tied=tied, dropout=dropout)

    @property
    def mask_id(self) -> int:
        """The input that stands for the hidden word."""
        return len(self.labels)

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        """Nothing: the texts are their own targets."""
        return np.zeros(len(examples), dtype=np.int64)

    def dataset(self, store: TokenStore, targets: Tensor, batching: Batching, *, training: bool) -> HiddenWords:
        return HiddenWords(store, batching, mask_id=self.mask_id, unknown_id=UNKNOWN, training=training)

    def features(self, encoding: Encoding, batch: Batch) -> Tensor:
        """(N, D), the state at the mask."""
        assert batch.places is not None
        return encoding.states[torch.arange(len(batch.places), device=batch.places.device), batch.places]

    def answers(self, logits: Tensor, batch: Batch) -> dict[str, Tensor]:
        assert batch.places is not None
        losses = functional.cross_entropy(logits.float(), batch.targets, reduction="none")
        likeliest = logits.topk(min(_NEAR, logits.size(1)), dim=1).indices
        return {
            "rows": batch.rows,
            "places": batch.places,
            "targets": batch.targets,
            "predicted": likeliest[:, 0],
            "chances": (-losses).exp(),
            "near": (likeliest == batch.targets.unsqueeze(1)).any(dim=1),
            "loss": losses.double().sum(),
        }

    def evaluate(self, answers: Mapping[str, Tensor]) -> Evaluation:
        """`loss` in nats a hidden word, the perplexity, its exponential, and how often the likeliest ones are right."""
        gold = answers["targets"]
        mean = float(answers["loss"]) / max(len(gold), 1)
        scores = {
            "loss": mean,
            "perplexity": math.exp(min(mean, 700.0)),  # above, a float is infinite
            "accuracy": float((answers["predicted"] == gold).double().mean()),
            f"accuracy_top{_NEAR}": float(answers["near"].double().mean()),
        }
        return Evaluation(scores, {"rows": len(gold)}, [], None, answers)

    def columns(self, answers: Mapping[str, Tensor]) -> dict[str, list[Any]]:
        """`place` is the number of the hidden token in what was read, from 0; `probability` is that of `gold`."""
        named = {name: [self.labels[number] for number in answers[name].tolist()] for name in ("targets", "predicted")}
        return {
            "row": answers["rows"].tolist(),
            "gold": named["targets"],
            "predicted": named["predicted"],
            "place": answers["places"].tolist(),
            "probability": answers["chances"].tolist(),
        }

    @classmethod
    def tally(cls, score: str, columns: Mapping[str, Sequence[Any]]) -> Tally | None:
        right = np.equal(columns["gold"], columns["predicted"])
        return {"loss": mean(-np.log(columns["probability"])), "accuracy": mean(right)}.get(score)

    def predict(
        self, model: Callable[[Batch], Tensor], texts: Sequence[str], tokenizer: Tokenizer, batching: Batching
    ) -> Sequence[Answer]:
        store = self._read(texts, tokenizer)
        masks = np.flatnonzero(store.ids == self.mask_id)
        rows = np.searchsorted(store.offsets, masks, side="right") - 1
        longest = batching.truncation.max_length
        lengths = np.minimum(store.lengths, longest)[rows]
        places = masks - store.offsets[rows]
        starts = np.clip(places - lengths // 2, 0, store.lengths[rows] - lengths)  # of a long text what is around it
        pieces = Pieces(rows, starts, lengths, np.zeros_like(rows), int(lengths.max()))
        order = np.argsort(-lengths, kind="stable")
        found: dict[int, dict[str, float]] = {}
        for begin in range(0, len(order), batching.batch_size):
            part = order[begin : begin + batching.batch_size]
            width = longest if batching.fixed_length else int(lengths[part].max())
            inputs = store.gather(pieces.take(part), width)
            own = torch.from_numpy((places - starts)[part])
            asked = Batch(inputs, torch.from_numpy(lengths[part]), own, torch.from_numpy(rows[part]), places=own)
            found |= dict(zip(part.tolist(), self._likeliest(model(asked)), strict=True))
        answers: list[list[dict[str, float]]] = [[] for _ in texts]
        for number, row in enumerate(rows.tolist()):
            answers[row].append(found[number])
        return [HiddenAnswer(tuple(words)) for words in answers]

    def _read(self, texts: Sequence[str], tokenizer: Tokenizer) -> TokenStore:
        """The tokens of texts, with a mask for each blank."""
        for text in texts:
            if BLANK not in text:
                raise DataError(
                    f"{text!r:.60} hides no word, and this model tells hidden words. Put {BLANK} in the place of each: "
                    f'"{self.sample}".'
                )
        divided = [text.split(BLANK) for text in texts]
        parts = iter(tokenizer.encode([part for parts in divided for part in parts]))
        ids = [
            np.concatenate([np.append(next(parts), self.mask_id) for _ in own])[:-1].astype(np.int32) for own in divided
        ]
        flat = np.concatenate([*ids, np.zeros(1, dtype=np.int32)])
        return TokenStore(flat, np.cumsum([0, *map(len, ids)]))

    def _likeliest(self, logits: Tensor) -> list[dict[str, float]]:
        """The likeliest words of each row of logits; what is no word, padding and the unknown token, is left out."""
        chances = logits.float().softmax(dim=1)
        best, numbers = chances[:, UNKNOWN + 1 :].topk(min(_TOLD, chances.size(1) - UNKNOWN - 1), dim=1)
        return [
            {self.labels[number + UNKNOWN + 1]: p for number, p in zip(own.tolist(), ranked.tolist(), strict=True)}
            for own, ranked in zip(numbers, best, strict=True)
        ]
