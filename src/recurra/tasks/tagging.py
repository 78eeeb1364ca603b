"""One tag a word."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import eq
from typing import Any, ClassVar, final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from recurra.data.base import Classes
from recurra.data.batching import Batching
from recurra.data.tagged_texts import TaggedTexts
from recurra.data.token_store import TokenStore
from recurra.errors import ConfigError, DataError
from recurra.nn.encoders.base import Encoder
from recurra.nn.sequences import real_steps
from recurra.tasks.answer import Answer
from recurra.tasks.base import Evaluation, Task
from recurra.tasks.head import Head
from recurra.tasks.labels import numbers, place
from recurra.tasks.per_class import of_counts
from recurra.tasks.spans import count_spans, tell_spans
from recurra.tasks.tally import Tally, f1_micro, mean
from recurra.text.spacing import words
from recurra.text.tokenizers import Tokenizer
from recurra.types import Batch, Encoding, Example, Share, Targets


@final
@dataclass(frozen=True)
class TaggedWords(Answer):
    """The words of a text, the tag of each, and its probability."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    probabilities: tuple[float, ...]

    @property
    def label(self) -> str:
        """The tags, with spaces between them."""
        return " ".join(self.tags)

    def shown(self, text: str) -> str:
        lines = zip(self.words, self.tags, self.probabilities, strict=True)
        return "".join(f"{word}\t{tag}\t{p:.3f}\n" for word, tag, p in lines)

    def record(self) -> dict[str, Any]:
        probabilities = [round(p, 6) for p in self.probabilities]
        return {"words": list(self.words), "tags": list(self.tags), "probabilities": probabilities}


@final
class Tagging(Task):
    """o_t = softmax(V s_t), the distribution of the tag of word t; the encoder may read both ways.

    Where the tags tell of spans (B-PER, I-PER, O), those are scored, and watched, else the tags themselves.

    Args:
        labels: the tags.
        states_size: width of a state.
        encoder: must leave padding out: texts are answered whole, and so have no length in common.
        dropout: on the states, before the head.

    Raises:
        DataError: fewer than two tags.
        ConfigError: the encoder reads padding.
    """

    classes: ClassVar[Classes] = "tags"
    unused: tuple[str, ...] = ("windows",)
    targets: ClassVar[Targets] = "classes"
    every_step: ClassVar[bool] = True
    joined: ClassVar[tuple[str, ...]] = ("rows", "targets", "predicted")
    summed: ClassVar[tuple[str, ...]] = ("loss",)

    def __init__(self, labels: Sequence[str], states_size: int, encoder: Encoder, *, dropout: Share = 0.0) -> None:
        super().__init__()
        if encoder.reads_padding:
            raise ConfigError(
                f"task=tagging answers each text whole, however long, and this {type(encoder).__name__} reads padding "
                "as it reads text, so that the length of others would change its tags. Give model.readout=correct, "
                "which leaves padding out."
            )
        if len(labels) < 2:
            raise DataError(f"Tagging needs two tags or more; the training data has {list(labels)}.")
        self.labels = list(labels)
        self.in_spans = tell_spans(self.labels)
        self.monitor = "val/f1" if self.in_spans else "val/accuracy"
        self.head = Head(states_size, len(self.labels), dropout)

    def encode(self, examples: Sequence[Example]) -> NDArray[Any]:
        """(words, 2) int64: the row of each word, and the number of its tag."""
        index = {label: number for number, label in enumerate(self.labels)}
        for example in examples:
            if (count := len(words(example.text))) != len(example.labels):
                raise DataError(
                    f"{place(example)}: {count} words and {len(example.labels)} labels; task=tagging expects one for "
                    "each word. For files with a word and its tag a line: data=conll (recurra: --format conll)."
                )
        rows = np.repeat(np.arange(len(examples)), [len(example.labels) for example in examples])
        tags = chain.from_iterable(numbers(example, index) for example in examples)
        return np.stack([rows, np.fromiter(tags, np.int64, len(rows))], axis=1)

    def dataset(self, store: TokenStore, targets: Tensor, batching: Batching, *, training: bool) -> TaggedTexts:
        """Raises ConfigError: a text has other tokens than words."""
        tags = np.bincount(targets[:, 0].numpy(), minlength=len(store))
        if (differing := np.flatnonzero(tags != store.lengths)).size:
            row = int(differing[0])
            raise ConfigError(
                f"task=tagging gives each token a tag, and this tokenizer makes {store.lengths[row]} tokens of a text "
                f"with {tags[row]} tags. Give tokenizer=whitespace, for which each word is a token."
            )
        return TaggedTexts(store, targets[:, 1], batching, training=training)

    def features(self, encoding: Encoding, batch: Batch) -> Tensor:
        return real_steps(encoding.states, batch.lengths)

    def answers(self, logits: Tensor, batch: Batch) -> dict[str, Tensor]:
        return {
            "rows": batch.rows.repeat_interleave(batch.lengths),
            "targets": batch.targets,
            "predicted": logits.argmax(dim=1),
            "loss": functional.cross_entropy(logits.float(), batch.targets, reduction="sum"),
        }

    def evaluate(self, answers: Mapping[str, Tensor]) -> Evaluation:
        """`loss` and `accuracy` a word; `f1` over spans, each of which is right as a whole or not at all."""
        gold, predicted = answers["targets"], answers["predicted"]
        size = len(self.labels)
        confusion = torch.bincount(gold * size + predicted, minlength=size * size).reshape(size, size)
        scores = {
            "loss": float(answers["loss"]) / max(len(gold), 1),
            "accuracy": float((predicted == gold).double().mean()),
        }
        counts = count_spans(self._sentences(answers)) if self.in_spans else None
        if counts is None:
            right, told, true = (part.tolist() for part in (confusion.diagonal(), confusion.sum(0), confusion.sum(1)))
            by_class = of_counts(self.labels, right, told, true)
        else:
            kinds = sorted({*counts.gold, *counts.predicted})
            by_class = of_counts(kinds, *([part[kind] for kind in kinds] for part in counts))
            (all_spans,) = of_counts(["all"], *([part.total()] for part in counts))
            scores["f1"] = all_spans["f1"]
        counted = {"rows": len(torch.unique(answers["rows"])), "tokens": len(gold)}
        return Evaluation(scores, counted, by_class, confusion.tolist(), answers)

    def columns(self, answers: Mapping[str, Tensor]) -> dict[str, list[Any]]:
        gold, predicted = zip(*self._sentences(answers), strict=True)
        return {"row": torch.unique(answers["rows"]).tolist(), "gold": list(gold), "predicted": list(predicted)}

    @classmethod
    def tally(cls, score: str, columns: Mapping[str, Sequence[Any]]) -> Tally | None:
        rows = list(zip(columns["gold"], columns["predicted"], strict=True))
        if score == "accuracy":
            return mean([sum(map(eq, *row)) for row in rows], [len(gold) for gold, _ in rows])
        if score == "f1":
            return f1_micro(*zip(*([part.total() for part in count_spans([row])] for row in rows), strict=True))
        return None

    def predict(
        self, model: Callable[[Batch], Tensor], texts: Sequence[str], tokenizer: Tokenizer, batching: Batching
    ) -> Sequence[Answer]:
        store = TokenStore.of_texts(tokenizer, texts)
        for text, tokens in zip(texts, store.lengths.tolist(), strict=True):
            if len(words(text)) != tokens:
                raise DataError(
                    f"{text!r:.60}: {len(words(text))} words came, and this model's tokenizer makes {tokens} tokens of "
                    "them, so that tags would not stand beside words. Train with tokenizer=whitespace."
                )
        dataset = TaggedTexts(store, torch.zeros(len(store.ids) - 1, dtype=torch.int64), batching, training=False)
        found: dict[int, TaggedWords] = {}
        for pieces in dataset.batches:
            batch = dataset[pieces]
            chances, tags = model(batch).float().softmax(dim=1).max(dim=1)
            ends = batch.lengths.cumsum(0)[:-1]
            for row, own, p in zip(
                batch.rows.tolist(), *(part.tensor_split(ends) for part in (tags, chances)), strict=True
            ):
                named = tuple(self.labels[number] for number in own.tolist())
                found[row] = TaggedWords(tuple(words(texts[row])), named, tuple(p.tolist()))
        return [found[row] for row in range(len(texts))]

    def _sentences(self, answers: Mapping[str, Tensor]) -> list[tuple[list[str], list[str]]]:
        """The gold and the predicted tags of each row, in the order of the rows."""
        _, lengths = torch.unique_consecutive(answers["rows"], return_counts=True)
        ends = lengths.cumsum(0)[:-1]
        gold, predicted = (
            [[self.labels[number] for number in row.tolist()] for row in answers[name].tensor_split(ends)]
            for name in ("targets", "predicted")
        )
        return list(zip(gold, predicted, strict=True))
