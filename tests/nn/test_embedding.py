from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from recurra.errors import ConfigError
from recurra.nn.embedding import Embedding

TOKENS = torch.tensor([[2, 3, 0], [4, 0, 0]])


def test_padding_is_zero_and_stays_so() -> None:
    torch.manual_seed(0)
    embedding = Embedding(5, size=3)
    optimizer = torch.optim.AdamW(embedding.parameters(), lr=0.1, weight_decay=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        embedding(TOKENS).add(1).square().sum().backward()
        assert embedding.vectors.weight.grad is not None
        assert not embedding.vectors.weight.grad[0].any()
        optimizer.step()
    embedded = embedding(TOKENS)
    assert embedded.shape == (2, 3, embedding.output_size) == (2, 3, 3)
    assert not embedded[TOKENS == 0].any()


def test_vectors_are_drawn_with_the_deviation_asked_for() -> None:
    torch.manual_seed(0)
    weight = Embedding(2001, size=50, sd=0.2).vectors.weight[1:]
    assert weight.std().item() == pytest.approx(0.2, rel=0.01)
    assert weight.mean().item() == pytest.approx(0.0, abs=0.003)


def test_vectors_drawn_uniformly_have_it_too() -> None:
    torch.manual_seed(0)
    weight = Embedding(2001, size=50, init="uniform", sd=0.2).vectors.weight[1:].detach()
    bound = 3**0.5 * 0.2
    assert 0.999 * bound < weight.abs().max().item() <= bound
    assert weight.std().item() == pytest.approx(0.2, rel=0.01)


def test_padding_may_be_learned_like_any_token() -> None:
    torch.manual_seed(0)
    embedding = Embedding(5, size=3, learned_padding=True, word_dropout=0.9)
    embedded = embedding(TOKENS)
    assert torch.equal(embedded[1, 1], embedding.vectors.weight[0])  # and is never dropped as a word
    assert embedded[1, 1].all()
    embedded.sum().backward()
    assert embedding.vectors.weight.grad is not None
    assert embedding.vectors.weight.grad[0].tolist() == [3, 3, 3]  # it stands three times in TOKENS


def test_word_dropout_reads_tokens_as_unknown_in_training_alone() -> None:
    torch.manual_seed(0)
    embedding = Embedding(5, size=3, word_dropout=0.25)
    tokens = torch.full((100, 100), 2)
    tokens[:, 50:] = 0
    embedded = embedding(tokens)
    unknown = (embedded == embedding.vectors.weight[1]).all(2)
    known = (embedded == embedding.vectors.weight[2]).all(2)
    assert unknown[:, :50].float().mean().item() == pytest.approx(0.25, abs=0.02)
    assert (unknown ^ known)[:, :50].all()
    assert not embedded[:, 50:].any()
    assert tokens[:, :50].eq(2).all()  # the caller's tokens are as they were
    embedding.eval()
    assert torch.equal(embedding(tokens)[0, 0], embedding.vectors.weight[2])
    assert not (embedding(tokens)[:, :50] == embedding.vectors.weight[1]).all(2).any()


def test_dropout_in_training_alone() -> None:
    torch.manual_seed(0)
    embedding = Embedding(5, size=1000, dropout=0.4)
    assert embedding(torch.tensor([[2]])).eq(0).float().mean().item() == pytest.approx(0.4, abs=0.05)
    assert embedding.eval()(torch.tensor([[2]])).all()


def test_locked_dropout_is_the_same_at_every_step_of_a_sequence() -> None:
    torch.manual_seed(0)
    embedding = Embedding(2, size=100, dropout=0.4, locked=True)
    dropped = embedding(torch.ones(20, 6, dtype=torch.long)) == 0
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert len(dropped[:, 0].unique(dim=0)) == 20
    assert embedding.eval()(torch.ones(1, 1, dtype=torch.long)).all()


def test_type_dropout_drops_every_occurrence_of_a_token_in_the_batch() -> None:
    torch.manual_seed(0)
    size, p = 20_000, 0.3
    embedding = Embedding(size, size=2, type_dropout=p)
    weight = embedding.vectors.weight.detach().clone()
    tokens = torch.cat([torch.arange(size), torch.arange(size).flip(0)]).view(40, -1)
    by_token = torch.empty(2, size, 2)  # each token stands in the batch twice
    embedded = embedding(tokens).flatten(0, 1)
    by_token[0, tokens.flatten()[:size]], by_token[1, tokens.flatten()[size:]] = embedded.split(size)
    assert torch.equal(by_token[0], by_token[1])
    assert not by_token[0, 0].any()  # padding
    kept = by_token[0, 1:].ne(0).all(1)
    assert torch.equal(kept, by_token[0, 1:].ne(0).any(1))
    assert abs(kept.double().mean() - (1 - p)) < 4.5 * (p * (1 - p) / len(kept)) ** 0.5
    torch.testing.assert_close(by_token[0, 1:][kept], weight[1:][kept] / (1 - p), rtol=1e-4, atol=0)
    assert not torch.equal(embedding(tokens).flatten(0, 1), embedded)
    assert torch.equal(embedding.vectors.weight, weight)  # an output layer that shares it sees it whole
    assert torch.equal(embedding.eval()(tokens), weight[tokens])


def test_tokens_read_as_unknown_share_the_fate_of_the_unknown() -> None:
    embedding = Embedding(3, size=4, word_dropout=0.5, type_dropout=0.5)
    seen = set()
    for seed in range(20):
        torch.manual_seed(seed)
        vectors = embedding(torch.full((8, 8), 2)).flatten(0, 1)
        unknown = (vectors == 2 * embedding.vectors.weight[1]).all(1)
        known = (vectors == 2 * embedding.vectors.weight[2]).all(1)
        assert (unknown | known | (vectors == 0).all(1)).all()
        seen.add((bool(unknown.any()), bool(known.any())))
    assert seen == {(False, False), (False, True), (True, False), (True, True)}


@pytest.mark.parametrize("options", [{"type_dropout": 0.5}, {"dropout": 0.5, "locked": True}], ids=str)
def test_gradients_are_those_of_finite_differences_with_the_mask_held(options: dict[str, Any]) -> None:
    embedding = Embedding(6, size=3, **options).double()
    tokens = torch.tensor([[2, 3, 2, 0], [5, 4, 3, 2]])

    def embedded(weight: Tensor) -> Tensor:
        torch.manual_seed(1)
        return torch.func.functional_call(embedding, {"vectors.weight": weight}, (tokens,))

    weight = torch.randn(6, 3, dtype=torch.float64)
    weight[0] = 0.0
    assert 0 < embedded(weight)[tokens != 0].eq(0).sum() < 21
    # Padding's row gets no gradient by design, so it is held.
    rest = weight[1:].clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda rows: embedded(torch.cat([weight[:1], rows])), (rest,))


@pytest.mark.parametrize("frozen", [False, True])
def test_frozen(frozen: bool) -> None:
    assert Embedding(5, size=3, frozen=frozen).vectors.weight.requires_grad is not frozen


@pytest.mark.parametrize("kind", ["torch", "numpy"])
def test_vectors_that_were_found_are_taken_over(kind: str) -> None:
    embedding = Embedding(4, size=2, frozen=True)
    before = embedding.vectors.weight.detach().clone()
    matrix, found = np.arange(8, dtype=np.float64).reshape(4, 2) + 1, np.array([True, False, True, False])
    if kind == "torch":
        embedding.load_vectors(torch.from_numpy(matrix), torch.from_numpy(found))
    else:
        embedding.load_vectors(matrix, found)
    assert embedding.vectors.weight[2].tolist() == [5, 6]
    assert torch.equal(embedding.vectors.weight[[1, 3]], before[[1, 3]])
    assert not embedding.vectors.weight[0].any()  # padding stays zero, found or not
    assert found[0]  # the caller's array is as it was


def test_vectors_that_were_found_leave_learned_padding_as_drawn() -> None:
    embedding = Embedding(4, size=2, learned_padding=True)
    before = embedding.vectors.weight[0].tolist()
    embedding.load_vectors(torch.ones(4, 2), torch.ones(4, dtype=torch.bool))
    assert embedding.vectors.weight.tolist() == [before, [1, 1], [1, 1], [1, 1]]


def test_vectors_of_another_width_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"\(4, 3\) came, and \(4, 2\)"):
        Embedding(4, size=2).load_vectors(torch.zeros(4, 3), torch.ones(4, dtype=torch.bool))


def test_an_n_gram_s_vector_is_added_to_its_last_token_s() -> None:
    embedding = Embedding(5, size=3, ngrams=2, ngram_rows=2, learned_padding=True)
    assert embedding.ngrams is not None
    embedding.ngrams.know(torch.tensor([[2, 3], [4, 2]]))
    with torch.no_grad():
        embedding.ngrams.vectors.weight[1:] = torch.tensor([[10.0], [20.0]])
    added = embedding(TOKENS) - embedding.vectors(TOKENS)
    torch.testing.assert_close(added[..., 0], torch.tensor([[0.0, 10, 0], [0, 0, 0]]))  # padding is in none


def test_n_grams_are_of_what_was_read_where_words_were_dropped() -> None:
    torch.manual_seed(0)
    embedding = Embedding(3, size=6, word_dropout=0.5, ngrams=2, ngram_rows=4)
    assert embedding.ngrams is not None
    embedding.ngrams.know(torch.tensor([[1, 1], [1, 2], [2, 1], [2, 2]]))
    with torch.no_grad():  # each token and each pair has an element of its own
        embedding.vectors.weight[1:] = torch.eye(6)[:2]
        embedding.ngrams.vectors.weight[1:] = torch.eye(6)[2:]
    embedded = embedding(torch.full((50, 20), 2))
    read = embedded[..., :2].argmax(2)
    assert 0.4 < read.float().mean() < 0.6
    assert torch.equal(embedded[:, 1:, 2:].argmax(2), 2 * read[:, :-1] + read[:, 1:])
    assert not embedded[:, 0, 2:].any()


def test_n_grams_learn_beside_frozen_vectors() -> None:
    embedding = Embedding(5, size=3, frozen=True, ngrams=2, ngram_rows=2)
    assert [name for name, weight in embedding.named_parameters() if weight.requires_grad] == ["ngrams.vectors.weight"]


def test_without_n_grams_there_is_no_weight_for_them() -> None:
    assert list(Embedding(5, size=3).state_dict()) == ["vectors.weight"]
