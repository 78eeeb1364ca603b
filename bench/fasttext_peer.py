"""fastText (Joulin et al., 2017): a linear layer on the mean of the vectors of words and n-grams of words."""

import ctypes
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import fasttext as library
import numpy as np
from numpy.typing import NDArray

from recurra.baselines.baseline import Baseline, evaluate
from recurra.data.datamodule import TextDataModule
from recurra.tasks.single_label import SingleLabel
from recurra.text.tokenizers.recipe import normalizer
from recurra.text.tokenizers.spaced import words
from recurra.text.tokenizers.tokenizer import well_formed

EPOCHS, RATES, NGRAMS = (5, 25), (0.1, 0.5), (1, 2, 3)
"""Validation chooses among all combinations."""

_PERTURB = -6  # glibc's name in malloc.h, M_ before it
_LABEL = "#label#"  # no word begins so: a mark is a word of its own


def fasttext(data: TextDataModule, task: SingleLabel, seed: int, *, test: bool) -> Baseline:
    """Learns from the training rows, chooses by the score that runs go by on validation, and scores.

    Words are those of `tokenizer=word`, each Chinese character among them; what is not searched is fastText's default.
    One thread, so that the same seed gives the same model. fastText reads its rows in the order of the file: they are
    shuffled once.

    Args:
        data: its rows.
        task: of which they are asked.
        seed: of the order of the rows and of the first vectors.
        test: whether the test split is scored.
    """
    began = time.perf_counter()
    rows = data.corpus.splits
    texts = {split: divided([row.text for row in rows[split]]) for split in ("train", "validation", *["test"] * test)}
    lines = [
        f"{_LABEL}{task.labels.index(row.labels[0])} {text}\n"
        for row, text in zip(rows["train"], texts.pop("train"), strict=True)
    ]
    random.Random(seed).shuffle(lines)

    def evaluated(model: Any, split: str) -> Any:
        return evaluate(task, rows[split], probabilities(model, texts[split], len(task.labels)))

    def score(candidate: tuple[str, Any]) -> float:
        return float(evaluated(candidate[1], "validation").scores[task.monitor.removeprefix("val/")])

    with tempfile.TemporaryDirectory() as folder, zeroed_memory():
        file = Path(folder, "train.txt")
        file.write_text("".join(lines), encoding="utf-8")
        settings, model = max(candidates(file, seed), key=score)  # the first of those that are equally good
    return Baseline(
        "fasttext",
        settings,
        sum(matrix.size for matrix in (model.get_input_matrix(), model.get_output_matrix())),
        time.perf_counter() - began,
        {split: evaluated(model, split) for split in texts},
    )


def divided(texts: Sequence[str]) -> list[str]:
    """Texts with spaces between the words that `tokenizer=word` finds."""
    form, divides = normalizer(lowercase=True, nfkc=True), words()
    pieces = (divides.pre_tokenize_str(form.normalize_str(well_formed(text))) for text in texts)
    return [" ".join(word for word, _ in found) for found in pieces]


def candidates(file: Path, seed: int) -> Iterator[tuple[str, Any]]:
    """Models with what is to be said of their settings."""
    for ngrams, epochs, rate in product(NGRAMS, EPOCHS, RATES):
        options = {"epoch": epochs, "lr": rate, "wordNgrams": ngrams}
        model = library.train_supervised(str(file), label=_LABEL, seed=seed, thread=1, verbose=0, **options)
        yield ", ".join(f"{name}={value}" for name, value in options.items()), model


@contextmanager
def zeroed_memory() -> Iterator[None]:
    """While it lasts, memory that is taken is zero (glibc's M_PERTURB).

    With one thread fastText draws the vectors of a tenth of its words, the most frequent ones, and leaves the others as
    they are found (github.com/facebookresearch/fastText/issues/1061): zero in its own edition, anything, NaN too, in
    this package. From zero they learn as well as from what ten threads draw.
    """
    mallopt = ctypes.CDLL(None).mallopt
    mallopt(_PERTURB, 0xFF)  # the bits that are set are cleared
    try:
        yield
    finally:
        mallopt(_PERTURB, 0)


def probabilities(model: Any, texts: Sequence[str], classes: int) -> NDArray[np.float64]:
    """(N, C) of each class."""
    told = np.zeros((len(texts), classes))
    for row, (labels, values) in enumerate(zip(*model.predict(list(texts), k=-1), strict=True)):
        told[row, [int(label.removeprefix(_LABEL)) for label in labels]] = values
    return told / told.sum(axis=1, keepdims=True)
