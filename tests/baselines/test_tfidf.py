import random

import numpy as np
import pytest
import torch
from conftest import sentences
from made_texts import made
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from recurra.baselines import tfidf as module
from recurra.baselines.tfidf import INVERSE_STRENGTHS, tfidf
from recurra.errors import DataError
from recurra.tasks import Binary, Classification

TOPICS = ["money", "music", "sport"]


def words_at_random(rows, seed=0, words="abcdefghij"):
    """(label, text): the first words are likelier under one label, the last ones under the other."""
    draw = random.Random(seed)
    made: dict[str, str] = {}
    while len(made) < rows:
        label = draw.choice("ny")
        ranked = words if label == "y" else words[::-1]
        made.setdefault(" ".join(draw.choice(ranked[: draw.randint(7, 10)]) for _ in range(draw.randint(6, 12))), label)
    return [(label, text) for text, label in made.items()]


def test_it_learns_what_can_be_learnt_and_scores_as_a_run_does():
    data, task = made(sentences(240)), Classification(TOPICS, 1)
    found = tfidf(data, task, test=True)
    assert found.evaluations.keys() == {"validation", "test"}
    test = found.evaluations["test"]
    assert test.scores["accuracy"] > 0.9
    assert test.scores.keys() == {"loss", "accuracy", "f1_macro", "calibration_error"}
    assert test.counted == {"rows": 24}
    columns = task.columns(test.answers)
    assert columns["row"] == list(range(24))
    assert columns["gold"] == [row.labels[0] for row in data.corpus.splits["test"]]
    right = [gold == predicted for gold, predicted in zip(columns["gold"], columns["predicted"], strict=True)]
    assert np.mean(right) == test.scores["accuracy"]
    assert [sum(row.values()) for row in columns["probabilities"]] == pytest.approx([1] * 24)
    assert found.seconds > 0


def test_it_is_scikit_learns_and_the_first_of_the_best_by_validation():
    data, task = made(words_at_random(600)), Classification(["n", "y"], 1)
    found = tfidf(data, task, test=True)
    texts, labels = (
        {split: [one(row) for row in rows] for split, rows in data.corpus.splits.items()}
        for one in (lambda row: row.text, lambda row: row.labels[0])
    )
    expected = {}
    for min_df in (1, 2):
        vectors = TfidfVectorizer(min_df=min_df, sublinear_tf=True, ngram_range=(1, 2), token_pattern=r"\w+")
        features = vectors.fit_transform(texts["train"])
        for strength in INVERSE_STRENGTHS:
            model = LogisticRegression(C=strength, tol=1e-9, max_iter=9999).fit(features, labels["train"])
            predicted = model.predict(vectors.transform(texts["validation"]))
            expected[f"words 1-2, min_df={min_df}, C={strength:g}"] = (
                f1_score(labels["validation"], predicted, average="macro"),
                model.predict_proba(vectors.transform(texts["test"])),
                model.coef_.size + 1,
            )
    assert len({round(score, 9) for score, *_ in expected.values()}) > 2
    best = max(expected, key=lambda key: expected[key][0])
    assert found.settings == best
    score, probabilities, parameters = expected[best]
    assert found.evaluations["validation"].scores["f1_macro"] == pytest.approx(score)
    assert found.evaluations["test"].answers["probabilities"].numpy() == pytest.approx(probabilities, abs=1e-4)
    assert found.parameters == parameters


def test_the_solver_has_come_to_an_end():
    rows = words_at_random(300)
    counts = CountVectorizer(token_pattern=r"\w+", ngram_range=(1, 2)).fit_transform([text for _, text in rows])
    classes = np.array([label == "y" for label, _ in rows]).astype(int)
    candidates = list(module._candidates(counts, classes))
    assert len(candidates) == 10
    for candidate in candidates:
        features = candidate.weights.transform(counts[:, candidate.kept])
        wrong = candidate.probabilities(counts)[:, 1] - classes
        slope = candidate.model.coef_[0] + candidate.model.C * (features.T @ wrong)
        assert abs(slope).max() <= 1e-3


def test_a_solver_that_comes_to_no_end_says_so(monkeypatch):
    from sklearn.exceptions import ConvergenceWarning

    monkeypatch.setattr(module, "_STEPS", 1)
    with pytest.raises(ConvergenceWarning):
        tfidf(made(words_at_random(60)), Classification(["n", "y"], 1), test=False)


def test_chinese_is_read_by_characters():
    praise, blame = [("y", f"很好吃{n}") for n in range(30)], [("n", f"不好吃{n}") for n in range(30)]
    found = tfidf(made(praise + blame), Classification(["n", "y"], 1), test=True)
    assert found.settings == "characters 1-3, min_df=1, C=0.3"  # all are right: the first is taken
    assert found.evaluations["test"].scores["accuracy"] == 1


@pytest.mark.parametrize("positive", ["n", "y"])
def test_a_binary_task_has_its_labels_in_its_own_order(positive):
    rows = words_at_random(300)
    one = tfidf(made(rows), Classification(["n", "y"], 1), test=True)
    task = Binary(["n", "y"], 1, positive=positive)
    other = tfidf(made(rows), task, test=True)
    places = [task.labels.index(label) for label in ("n", "y")]
    told, expected = (each.evaluations["test"].answers["probabilities"] for each in (other, one))
    assert torch.allclose(told[:, places], expected, atol=1e-4)
    assert other.evaluations["test"].scores["loss"] == pytest.approx(one.evaluations["test"].scores["loss"], abs=1e-4)


@pytest.mark.parametrize("options", [{"test": False}, {"test": True, "test_share": 0.0}], ids=["left", "none"])
def test_a_test_split_that_is_not_asked_for_or_is_not_there_is_not_scored(options):
    share = {name: value for name, value in options.items() if name != "test"}
    found = tfidf(made(sentences(60), **share), Classification(TOPICS, 1), test=options["test"])
    assert found.evaluations.keys() == {"validation"}


def test_n_grams_that_all_stand_in_one_text_count():
    rows = [(label, f"{label}{n}") for n in range(20) for label in "ab"]
    assert "min_df=1" in tfidf(made(rows), Classification(["a", "b"], 1), test=False).settings


def test_texts_without_a_word_are_told():
    rows = [(label, mark * n) for n in range(1, 21) for label, mark in (("a", "!"), ("b", "?"))]
    with pytest.raises(DataError, match="given: TF-IDF finds no word"):
        tfidf(made(rows), Classification(["a", "b"], 1), test=False)
