"""The tokens on either side of what was read, asked beside a task."""

import pytest
import torch
from torch.nn import functional

from recurra.nn.embedding import Embedding
from recurra.nn.encoders import GRU, LSTM
from recurra.tasks.neighbours import Neighbours
from recurra.types import Encoding

COUNTS = [1, 1, 5, 4, 3]
PLAIN = {"num_layers": 1, "dropout": 0.0, "recurrent_init": "orthogonal", "pooling": "max"}


def made(directions=2, ngrams=1, **options):
    encoder = GRU(4, hidden_size=4, bidirectional=directions == 2, **PLAIN)
    embedding = Embedding(5, size=4, ngrams=ngrams, ngram_rows=3)
    asked = {"weight": 0.5, "num_sampled": 5, **options}
    return Neighbours(COUNTS, encoder, embedding, **asked), embedding


def encoding(sided):
    return Encoding(sided, torch.zeros(len(sided), 1), sided=sided)


def expected(neighbours, pairs):
    """The mean over (state, token) pairs, all tokens weighed."""
    states, tokens = zip(*pairs, strict=True)
    return 0.5 * functional.cross_entropy(neighbours.head(torch.stack(states)), torch.tensor(tokens))


TOKENS = torch.tensor([[2, 3, 4, 2], [4, 3, 0, 0], [2, 0, 0, 0]])
LENGTHS = torch.tensor([4, 2, 1])
SIDED = torch.randn(3, 4, 8, generator=torch.Generator().manual_seed(0))


def test_forwards_the_next_token_is_asked_and_backwards_the_one_before():
    neighbours, _ = made()
    forwards, backwards = SIDED.chunk(2, dim=2)
    pairs = [(forwards[0, step], TOKENS[0, step + 1]) for step in range(3)] + [(forwards[1, 0], 3)]
    pairs += [(backwards[0, step], TOKENS[0, step - 1]) for step in range(1, 4)] + [(backwards[1, 1], 4)]
    found, asked = neighbours(encoding(SIDED), TOKENS, LENGTHS)
    assert asked == len(pairs)
    assert found.item() == pytest.approx(expected(neighbours, pairs).item(), rel=1e-6)


def test_one_direction_is_asked_for_what_comes_next():
    neighbours, _ = made(directions=1)
    forwards = SIDED[..., :4]
    pairs = [(forwards[0, step], TOKENS[0, step + 1]) for step in range(3)] + [(forwards[1, 0], 3)]
    found, asked = neighbours(encoding(forwards), TOKENS, LENGTHS)
    assert asked == len(pairs)
    assert found.item() == pytest.approx(expected(neighbours, pairs).item(), rel=1e-6)


def test_backwards_a_pair_of_tokens_has_given_the_one_before_away():
    neighbours, _ = made(ngrams=2)
    forwards, backwards = SIDED.chunk(2, dim=2)
    pairs = [(forwards[0, step], TOKENS[0, step + 1]) for step in range(3)] + [(forwards[1, 0], 3)]
    pairs += [(backwards[0, step], TOKENS[0, step - 2]) for step in (2, 3)]
    found, asked = neighbours(encoding(SIDED), TOKENS, LENGTHS)
    assert asked == len(pairs)
    assert found.item() == pytest.approx(expected(neighbours, pairs).item(), rel=1e-6)


@pytest.mark.parametrize("ngrams", [1, 2, 3])
def test_no_state_that_is_asked_for_a_token_has_read_it(ngrams):
    """Whatever stands in its place, the states that ask for a token are the same, bit for bit."""
    torch.manual_seed(0)
    encoder = LSTM(4, hidden_size=3, forget_bias=1.0, bidirectional=True, **PLAIN)
    embedding = Embedding(10, size=4, ngrams=ngrams, ngram_rows=64)
    if embedding.ngrams is not None:
        pairs = [[0] * (ngrams - 2) + [one, other] for one in range(2, 10) for other in range(2, 10)]
        embedding.ngrams.know(torch.tensor(pairs))
        torch.nn.init.normal_(embedding.ngrams.vectors.weight)
    neighbours = Neighbours([1] * 10, encoder, embedding, weight=1.0, num_sampled=10)
    text, lengths = torch.tensor([[2, 3, 4, 5, 6, 7, 8]]), torch.tensor([7])
    asked = []
    neighbours.loss.forward = lambda head, states, targets: asked.append((states, targets)) or states.sum()
    neighbours(encoder(embedding(text), lengths), text, lengths)
    states, targets = asked.pop()
    for place in range(7):
        changed = text.clone()
        changed[0, place] = 9
        neighbours(encoder(embedding(changed), lengths), changed, lengths)
        others, _ = asked.pop()
        asking = targets == text[0, place]
        assert asking.any()
        assert torch.equal(others[asking], states[asking])
        assert not torch.equal(others, states)


def test_padding_changes_nothing():
    neighbours, _ = made()
    padded = torch.cat([SIDED, torch.full((3, 2, 8), 7.0)], dim=1)
    tokens = functional.pad(TOKENS, (0, 2))
    one, asked = neighbours(encoding(SIDED), TOKENS, LENGTHS)
    other, as_many = neighbours(encoding(padded), tokens, LENGTHS)
    assert torch.equal(other, one)
    assert as_many == asked


@pytest.mark.parametrize("steps", [0, 1, 3])
def test_texts_without_a_neighbour_cost_nothing_but_every_weight_has_a_gradient(steps):
    neighbours, embedding = made()
    sided = torch.randn(2, steps, 8, requires_grad=True)
    lengths = torch.tensor([min(steps, 1), 0])
    found, asked = neighbours(encoding(sided), torch.zeros(2, steps, dtype=torch.int64), lengths)
    assert (found.item(), asked) == (0.0, 0)
    found.backward()
    weights = [*neighbours.parameters(), embedding.vectors.weight]
    assert all(weight.grad is not None and not weight.grad.any() for weight in weights)


def test_the_output_is_the_embedding_unless_that_is_frozen():
    neighbours, embedding = made()
    assert neighbours.head.projection.weight is embedding.vectors.weight
    encoder = GRU(4, hidden_size=4, bidirectional=True, **PLAIN)
    frozen = Embedding(5, size=4, frozen=True)
    own = Neighbours(COUNTS, encoder, frozen, weight=1.0, num_sampled=5)
    assert own.head.projection.weight is not frozen.vectors.weight
