import math

import pytest
import torch
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.nn.embedding import Embedding
from recurra.nn.encoders import CNN, GRU, LSTM, RCNN, RNN, TextRNN
from recurra.tasks import TwoWayLanguageModel
from recurra.types import Batch, Encoding

VOCABULARY = ["<pad>", "<unk>", "a", "b", "c"]
PLAIN = {"num_layers": 1, "dropout": 0.0, "recurrent_init": "orthogonal"}
LSTM_OPTIONS = {**PLAIN, "forget_bias": 1.0, "pooling": "max", "bidirectional": True}


def model(encoder, size=4, **options):
    embedding = Embedding(5, size=size)
    return TwoWayLanguageModel(VOCABULARY, encoder, embedding, **options), embedding


def batch(lengths):
    lengths = torch.tensor(lengths)
    targets = torch.arange(2 * int(lengths.sum())) % 5
    inputs = torch.zeros(len(lengths), int(lengths.max()), dtype=torch.int64)
    return Batch(inputs, lengths, targets, torch.arange(len(lengths)))


def test_both_halves_of_every_real_step_are_asked_the_forward_one_first():
    task, _ = model(LSTM(4, hidden_size=2, **LSTM_OPTIONS))
    states = torch.arange(24.0).view(2, 3, 4)
    asked = task.features(Encoding(states, torch.zeros(2, 1), sided=states), batch([1, 3]))
    assert asked.tolist() == torch.cat([states[0, :1], states[1]]).view(8, 2).tolist()
    assert asked[:2].tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert task.features(Encoding(states, torch.zeros(2, 1), sided=states), batch([0, 0])).shape == (0, 2)


ENCODERS = {
    "lstm": lambda: LSTM(4, hidden_size=3, **LSTM_OPTIONS),
    "gru": lambda: GRU(4, hidden_size=3, pooling="last", bidirectional=True, **PLAIN),
    "rnn": lambda: RNN(4, hidden_size=3, pooling="mean", bidirectional=True, nonlinearity="tanh", **PLAIN),
    "textrnn": lambda: TextRNN(4, hidden_size=3, forget_bias=1.0, **PLAIN),
    "rcnn": lambda: RCNN(4, hidden_size=3, cell="gru"),
    "two layers": lambda: LSTM(4, hidden_size=3, **{**LSTM_OPTIONS, "num_layers": 2}),
}


@pytest.mark.parametrize("encoder", ENCODERS)
def test_no_word_is_told_by_a_state_that_has_read_it(encoder):
    """Whatever stands in its place, the two logits that ask for a word are the same, bit for bit; all others change."""
    torch.manual_seed(0)
    encoder = ENCODERS[encoder]()
    task, embedding = model(encoder)
    task.eval()
    asked = batch([5])
    text = torch.tensor([[2, 3, 4, 3, 2]])

    def logits(place, word):
        changed = text.clone()
        changed[0, place] = word
        return task.logits(task.features(encoder(embedding(changed), asked.lengths), asked), asked).view(5, 2, 5)

    for place in range(5):
        one, other = logits(place, 2), logits(place, 4)
        same = [
            (step, half) for step in range(5) for half in range(2) if torch.equal(one[step, half], other[step, half])
        ]
        not_yet = [(step, 0) for step in range(place)]  # forward halves; the last of them asks for the word
        nor_here = [(step, 1) for step in range(place + 1, 5)]  # backward ones; the first of them does
        assert same == sorted(not_yet + nor_here)


@pytest.mark.parametrize(
    "encoder",
    [
        lambda: LSTM(4, hidden_size=3, **{**LSTM_OPTIONS, "bidirectional": False}),
        lambda: CNN(4, filters=3, widths=[2]),
    ],
)
def test_what_does_not_read_both_ways_is_refused_with_the_cure(encoder):
    with pytest.raises(ConfigError, match=r"does not read both ways.*model\.bidirectional=true.*task=cloze"):
        model(encoder())


def test_scores_are_those_of_the_mean_over_both_directions_however_they_are_batched():
    task, _ = model(LSTM(4, hidden_size=2, **LSTM_OPTIONS), class_counts=[1, 0, 5, 1, 0], tied=False)
    assert torch.allclose(task.head(torch.zeros(1, 2)).exp(), torch.tensor([[2.0, 1.0, 6.0, 2.0, 1.0]]) / 12)
    logits = torch.randn(12, 5, generator=torch.Generator().manual_seed(0))
    one, two = batch([1, 3]), batch([2])
    gathered = task.collector()
    gathered.update(**task.answers(logits[:8], one))
    gathered.update(**task.answers(logits[8:], two))
    found = task.evaluate(gathered.gather())
    nats = functional.cross_entropy(logits, torch.cat([one.targets, two.targets])).item()
    assert found.scores == pytest.approx({"loss": nats, "perplexity": math.exp(nats)})
    assert found.counted == {"tokens": 12}


@pytest.mark.parametrize(("hidden_size", "extra"), [(4, 0), (6, 24)])
def test_one_output_for_both_directions_may_be_the_embedding(hidden_size, extra):
    task, embedding = model(LSTM(4, hidden_size=hidden_size, **LSTM_OPTIONS), tied=True)
    own = {id(parameter) for parameter in embedding.parameters()}
    assert sum(p.numel() for p in task.parameters() if id(p) not in own) == 5 + extra
