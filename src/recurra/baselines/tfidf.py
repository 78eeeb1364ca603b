"""Logistic regression on the TF-IDF of n-grams: what a text says with hardly any order of its words."""

import copy
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch
from numpy.typing import NDArray

from recurra.baselines.baseline import Baseline, evaluate
from recurra.data.datamodule import TextDataModule
from recurra.errors import DataError
from recurra.tasks.single_label import SingleLabel
from recurra.text.script import mostly_cjk

MIN_DF = (1, 2)
"""In how many training texts an n-gram must stand to count; validation chooses."""

INVERSE_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)
"""C, by which the log losses are weighted against half the squares of the weights; validation chooses."""

_SLOPE = 1e-3
"""Where no derivative of that sum is larger, the solver ends.

The squares bend the sum by 1 along every weight: the weights are then no further from the best ones than the gradient
is long. scikit-learn's own tolerance ends far from them where C is large.
"""


_STEPS = 1000  # of Newton's method, which takes about five


def tfidf(data: TextDataModule, task: SingleLabel, *, test: bool) -> Baseline:
    """Learns from the training rows, chooses by the score that runs go by on validation, and scores.

    N-grams are words of any length, alone and in pairs; where most letters are Chinese or Japanese, characters, one to
    three together. A text has the length 1, and an n-gram that it repeats counts with the logarithm.

    Args:
        data: its rows.
        task: of which they are asked.
        test: whether the test split is scored.

    Raises:
        DataError: there is nothing to count in the training texts.
        ConvergenceWarning: scikit-learn's, the solver has not come to an end.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    began = time.perf_counter()
    rows = data.corpus.splits
    texts = {split: [row.text for row in rows[split]] for split in ("train", "validation", *["test"] * test)}
    characters = mostly_cjk(texts["train"])
    if characters:
        counter = CountVectorizer(analyzer="char", ngram_range=(1, 3))
    else:
        counter = CountVectorizer(token_pattern=r"(?u)\b\w+\b", ngram_range=(1, 2))
    try:
        train = counter.fit_transform(texts["train"])
    except ValueError as error:
        raise DataError(f"{data.title}: TF-IDF finds no word in the training texts.") from error
    validation = counter.transform(texts["validation"])
    metric, sign = task.monitor.removeprefix("val/"), 1 if task.mode == "max" else -1

    def score(candidate: "_Candidate") -> float:
        return sign * evaluate(task, rows["validation"], candidate.probabilities(validation)).scores[metric]

    classes = task.class_numbers(torch.from_numpy(task.encode(rows["train"]))).numpy()
    best = max(_candidates(train, classes), key=score)  # the first of those that are equally good
    seconds = time.perf_counter() - began
    counts = {"validation": validation, **({"test": counter.transform(texts["test"])} if texts.get("test") else {})}
    return Baseline(
        "tfidf",
        f"{'characters 1-3' if characters else 'words 1-2'}, min_df={best.min_df}, C={best.model.C:g}",
        best.model.coef_.size + best.model.intercept_.size,
        seconds,
        {split: evaluate(task, rows[split], best.probabilities(own)) for split, own in counts.items()},
    )


@final
@dataclass(frozen=True)
class _Candidate:
    """One of those that validation chooses among; `kept` are the n-grams that count."""

    min_df: int
    kept: NDArray[np.intp]
    weights: Any
    model: Any

    def probabilities(self, counts: Any) -> NDArray[np.float64]:
        """(N, C) from how often each n-gram stands in each text."""
        found: NDArray[np.float64] = self.model.predict_proba(self.weights.transform(counts[:, self.kept]))
        return found


def _candidates(counts: Any, classes: NDArray[np.int64]) -> Iterator[_Candidate]:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression

    texts_with = counts.getnnz(axis=0)
    for min_df in MIN_DF:
        kept = np.flatnonzero(texts_with >= min_df)
        if not len(kept):
            continue
        weights = TfidfTransformer(sublinear_tf=True).fit(counts[:, kept])
        features = weights.transform(counts[:, kept])
        # Newton's method; each begins where the one before ended.
        model = LogisticRegression(solver="newton-cg", max_iter=_STEPS, warm_start=True)
        for strength in INVERSE_STRENGTHS:
            model.set_params(C=strength, tol=_SLOPE / strength / len(classes))  # its objective is the sum over C N
            with warnings.catch_warnings():
                warnings.simplefilter("error", ConvergenceWarning)
                model.fit(features, classes)
            yield _Candidate(min_df, kept, weights, copy.copy(model))
