import numpy as np
import pytest
import torch

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
