import math

import pytest
import torch
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.nn.embedding import Embedding
from recurra.nn.encoders import LSTM
from recurra.nn.losses import CrossEntropy, SampledNCE
from recurra.tasks import LanguageModel
from recurra.tasks.head import Head, word_head
from recurra.types import Batch, Encoding, Example

VOCABULARY = ["<pad>", "<unk>", "a", "b", "c"]


def model(hidden_size=6, bidirectional=False, **options):
    embedding = Embedding(5, size=4)
    encoder = LSTM(
        4,
        hidden_size=hidden_size,
        num_layers=1,
        bidirectional=bidirectional,
        dropout=0.0,
        pooling="last",
        recurrent_init="orthogonal",
        forget_bias=1.0,
    )
    return LanguageModel(VOCABULARY, encoder.states_size, encoder, embedding, **options), encoder, embedding


def batch(lengths, characters):
    lengths = torch.tensor(lengths)
    targets = torch.arange(int(lengths.sum())) % 5
    inputs = torch.zeros(len(lengths), int(lengths.max()), dtype=torch.int64)
    return Batch(inputs, lengths, targets, torch.arange(len(lengths)), None, None, torch.tensor(characters))


def test_an_encoder_that_reads_both_ways_is_refused_with_the_reason_and_the_cure():
    with pytest.raises(ConfigError, match=r"have already read it, from the right.*model\.bidirectional=false"):
        model(bidirectional=True)


def test_its_output_begins_at_the_words_frequencies():
    task, _, _ = model(class_counts=[2, 0, 5, 1, 0])
    assert torch.allclose(task.head(torch.zeros(1, 6)).exp(), torch.tensor([[3.0, 1.0, 6.0, 2.0, 1.0]]) / 13)
    assert not model(class_counts=None)[0].head.projection.bias.any()


def test_every_real_step_is_asked():
    task, _, _ = model()
    states = torch.arange(24.0).view(2, 3, 4)
    asked = task.features(Encoding(states, torch.zeros(2, 1)), batch([1, 3], [1.0, 3.0]))
    assert torch.equal(asked, torch.cat([states[0, :1], states[1]]))
    whole = task.features(Encoding(states, torch.zeros(2, 1)), batch([3, 3], [3.0, 3.0]))
    assert torch.equal(whole, states.view(6, 4))


def test_scores_are_those_of_the_mean_over_tokens_however_they_are_batched():
    task, _, _ = model()
    logits = torch.randn(6, 5, generator=torch.Generator().manual_seed(0))
    one, two = batch([1, 3], [1.5, 4.5]), batch([2], [4.0])
    gathered = task.collector()
    gathered.update(**task.answers(logits[:4], one))
    gathered.update(**task.answers(logits[4:], two))
    found = task.evaluate(gathered.gather())
    nats = functional.cross_entropy(logits, torch.cat([one.targets, two.targets]), reduction="sum").item()
    assert found.scores["loss"] == pytest.approx(nats / 6)
    assert found.scores["perplexity"] == pytest.approx(math.exp(nats / 6))
    assert found.scores["bits_per_character"] == pytest.approx(nats / 10 / math.log(2))
    assert found.counted == {"tokens": 6, "characters": 10}
    assert task.columns(found.answers) == {}


def test_an_even_guess_has_the_vocabulary_as_its_perplexity():
    task, _, _ = model()
    gathered = task.collector()
    gathered.update(**task.answers(torch.zeros(4, 5), batch([4], [4.0])))
    assert task.evaluate(gathered.gather()).scores["perplexity"] == pytest.approx(5)


def test_characters_are_those_of_the_texts():
    task, _, _ = model()
    assert task.encode([Example("abc"), Example(""), Example("很好")]).tolist() == [3, 0, 2]


@pytest.mark.parametrize(("hidden_size", "extra"), [(4, 0), (6, 24)])
def test_tied_weights_are_one_parameter(hidden_size, extra):
    free, _, _ = model(hidden_size, tied=False)
    tied, _, embedding = model(hidden_size, tied=True)
    assert tied.head.projection.weight is embedding.vectors.weight
    assert sum(p.numel() for p in free.parameters()) == 5 * hidden_size + 5
    own = {id(p) for p in embedding.parameters()}
    assert sum(p.numel() for p in tied.parameters() if id(p) not in own) == 5 + extra
    features = torch.randn(3, hidden_size)
    logits = tied.head(features)
    assert logits.shape == (3, 5)
    logits.square().sum().backward()
    assert embedding.vectors.weight.grad.abs().sum() > 0


def test_an_output_that_could_not_learn_is_refused():
    embedding = Embedding(5, size=4, frozen=True)
    free = word_head(5, 4, embedding, None, tied=False, dropout=0.0)
    assert free.projection.weight is not embedding.vectors.weight
    with pytest.raises(ConfigError, match=r"embedding\.frozen=true.*Give task\.tied=false"):
        word_head(5, 4, embedding, None, tied=True, dropout=0.0)


@pytest.mark.parametrize("tied", [False, True])
def test_losses_with_many_classes_read_the_same_head(tied):
    task, _, _ = model(tied=tied)
    features, targets = torch.randn(7, 6), torch.tensor([2, 3, 4, 2, 0, 1, 2])
    assert CrossEntropy([1] * 5)(task.head, features, targets).item() > 0
    loss, sampled = SampledNCE([5, 4, 3, 2, 1], num_sampled=4), torch.tensor([0, 1, 2, 3])
    plain = Head(task.head.projection.in_features, 5)
    plain.projection.load_state_dict(task.head.projection.state_dict())
    found = loss.contrast(task.head, features, targets, sampled, 4)
    assert torch.equal(found, loss.contrast(plain, task.head.read(features), targets, sampled, 4))
