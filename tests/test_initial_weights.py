"""What `init_from=` takes over."""

from typing import Any

import pytest
import torch
from test_conf import config

from recurra import build
from recurra.initial_weights import take_over
from recurra.module import SequenceModule
from recurra.text.tokenizers import Tokenizer, Word

BEFORE = Word(min_frequency=1).fit(["a a a a b b b c c d"])  # a is 2, b 3, c 4, d 5
AFTER = Word(min_frequency=1).fit(["d d d d b b b a a e"])  # d is 2, b 3, a 4, e 5


def model(tokenizer: Tokenizer, ngrams: list[list[int]], task: str = "classification") -> SequenceModule:
    """A small model; the vectors of tokens and n-grams hold numbers of their own."""
    chosen = ["embedding.size=3", f"embedding.ngrams={len(ngrams[0])}", "model.hidden_size=2", f"task={task}"]
    labels = tokenizer.vocabulary if task == "cloze" else ["x", "y"]
    given: dict[str, Any] = {"labels": labels, "class_counts": [1] * len(labels), "embedding_size": None, "card": {}}
    made = build.module(config(*chosen), vocabulary_size=tokenizer.size, ngram_rows=len(ngrams), **given)
    made.embedding.ngrams.know(torch.tensor(ngrams))
    torch.nn.init.normal_(made.embedding.ngrams.vectors.weight[1:].detach())
    return made


def content(made: SequenceModule, tokenizer: Tokenizer) -> dict[str, Any]:
    """As a checkpoint has it."""
    return {
        "state_dict": {name: weight.clone() for name, weight in made.state_dict().items()},
        "recurra": {"tokenizer": tokenizer.to_json(), "labels": made.task.labels},
    }


def vector(made: SequenceModule, ids: list[int]) -> list[float]:
    """That of an n-gram."""
    (row,) = [number for number, own in enumerate(made.embedding.ngrams.ids.tolist(), 1) if own == ids]
    return made.embedding.ngrams.vectors.weight[row].tolist()


@pytest.mark.parametrize("task", ["classification", "cloze"])  # a mask makes the vocabulary larger
def test_n_grams_are_taken_over_by_their_tokens(task: str) -> None:
    first = model(BEFORE, [[0, 2, 3], [0, 4, 3], [3, 2, 3], [5, 4, 3], [0, 5, 5]], task)  # ab cb bab dcb dd
    second = model(AFTER, [[0, 4, 3], [0, 2, 2], [3, 4, 3], [0, 3, 3], [2, 2, 2]])  # ab dd bab bb ddd
    new = {tuple(ids): vector(second, ids) for ids in ([0, 3, 3], [2, 2, 2])}
    told = take_over(second, AFTER.vocabulary, content(first, BEFORE), "first.ckpt")
    assert "5 of 6 embedding rows, 3 of 5 n-grams" in told
    for here, there in (([0, 4, 3], [0, 2, 3]), ([0, 2, 2], [0, 5, 5]), ([3, 4, 3], [3, 2, 3])):
        assert vector(second, here) == vector(first, there)
    assert all(vector(second, list(ids)) == values for ids, values in new.items())
    assert second.embedding.ngrams.keys.tolist() == sorted([0, 27, 14, 3 * 36 + 27, 21, 2 * 43])


def test_pairs_are_taken_over_from_a_model_that_has_triples_too() -> None:
    first, second = model(BEFORE, [[0, 2, 3], [2, 2, 3]]), model(AFTER, [[4, 3], [3, 3]])  # ab aab, ab bb
    assert "1 of 2 n-grams" in take_over(second, AFTER.vocabulary, content(first, BEFORE), "first.ckpt")
    assert vector(second, [4, 3]) == vector(first, [0, 2, 3])


def test_a_model_of_single_tokens_lends_its_tokens_to_one_with_n_grams() -> None:
    first, second = model(BEFORE, [[2, 3]]), model(AFTER, [[4, 3]])
    lent = content(first, BEFORE)
    for name in ("keys", "vectors.weight"):
        del lent["state_dict"][f"embedding.ngrams.{name}"]
    before = vector(second, [4, 3])
    told = take_over(second, AFTER.vocabulary, lent, "first.ckpt")
    assert told.endswith("; new: embedding.ngrams.vectors.weight")
    assert vector(second, [4, 3]) == before
    assert torch.equal(second.embedding.vectors.weight[4], first.embedding.vectors.weight[2])
