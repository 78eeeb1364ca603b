import math

import pytest
import torch
from torch.nn import functional

from recurra.data.batching import Batching
from recurra.data.truncation import truncation
from recurra.errors import DataError
from recurra.nn.embedding import Embedding
from recurra.nn.encoders import LSTM
from recurra.nn.losses import CrossEntropy, SampledNCE
from recurra.tasks import Cloze, HiddenAnswer
from recurra.text.tokenizers import Word
from recurra.types import Batch, Encoding

TOKENIZER = Word(min_frequency=1).fit(["a a a b b c"])
VOCABULARY = TOKENIZER.vocabulary  # <pad>, <unk>, a, b, c; the mask is 5
MASK = 5


def task(hidden_size=6, **options):
    embedding = Embedding(6, size=4)
    return Cloze(VOCABULARY, hidden_size, embedding, **options), embedding


def batch(places, targets, rows=None):
    count = len(places)
    inputs, lengths = torch.zeros(count, 4, dtype=torch.int64), torch.full((count,), 4)
    rows = torch.arange(count) if rows is None else torch.tensor(rows)
    return Batch(inputs, lengths, torch.tensor(targets), rows, places=torch.tensor(places))


def test_the_state_at_the_mask_is_asked():
    states = torch.arange(24.0).view(2, 4, 3)
    asked = task()[0].features(Encoding(states, torch.zeros(2, 1)), batch([3, 0], [2, 2]))
    assert torch.equal(asked, torch.stack([states[0, 3], states[1, 0]]))


def test_its_output_begins_at_the_words_frequencies():
    made, _ = task(class_counts=[1, 0, 5, 1, 0], tied=False)
    assert torch.allclose(made.head(torch.zeros(1, 6)).exp(), torch.tensor([[2.0, 1.0, 6.0, 2.0, 1.0]]) / 12)


def test_forwards_only_what_stands_behind_the_mask_is_not_known():
    made, embedding = task(6)
    options = {"num_layers": 1, "dropout": 0.0, "pooling": "last", "recurrent_init": "orthogonal", "forget_bias": 1.0}
    asked = batch([2, 2], [2, 2])._replace(inputs=torch.tensor([[2, 3, MASK, 4], [2, 3, MASK, 2]]))
    for bidirectional, size in ((False, 6), (True, 3)):
        encoder = LSTM(4, hidden_size=size, bidirectional=bidirectional, **options)
        one, other = made.features(encoder(embedding(asked.inputs), asked.lengths), asked)
        assert torch.equal(one, other) is not bidirectional


def test_scores_by_hand_however_they_are_batched():
    made, _ = task()
    logits = torch.tensor([[0.0, 0.0, 3.0, 1.0, 2.0], [0.0, 0.0, 3.0, 1.0, 2.0], [9.0, 8.0, 7.0, 6.0, 5.0]])
    targets = [2, 3, 4]
    collector = made.collector()
    collector.update(**made.answers(logits[1:], batch([3, 1], targets[1:], rows=[4, 0])))
    collector.update(**made.answers(logits[:1], batch([2], targets[:1], rows=[2])))
    found = made.evaluate(collector.gather())
    nats = functional.cross_entropy(logits, torch.tensor(targets)).item()
    assert found.scores == pytest.approx(
        {"loss": nats, "perplexity": math.exp(nats), "accuracy": 1 / 3, "accuracy_top5": 1.0}
    )
    assert found.counted == {"rows": 3}
    columns = made.columns(found.answers)
    for score in ("loss", "accuracy"):
        tally = made.tally(score, columns)
        assert tally.score(tally.parts.sum(0)) == pytest.approx(found.scores[score])
    assert made.tally("perplexity", columns) is None
    chances = logits.softmax(1)[[2, 0, 1], [4, 2, 3]].tolist()
    assert columns.pop("probability") == pytest.approx(chances)
    assert columns == {
        "row": [0, 2, 4],
        "gold": ["c", "a", "b"],
        "predicted": ["<pad>", "a", "a"],
        "place": [1, 2, 3],
    }


def test_the_five_likeliest_are_five():
    made = Cloze([*"abcdefg"], 6, Embedding(8, size=4))
    kept = made.answers(torch.arange(7.0).repeat(3, 1), batch([0, 0, 0], [6, 2, 1]))
    assert kept["near"].tolist() == [True, True, False]
    assert kept["predicted"].tolist() == [6, 6, 6]


@pytest.mark.parametrize("hidden_size", [4, 6])
def test_tied_weights_leave_the_mask_out_of_what_is_predicted(hidden_size):
    made, embedding = task(hidden_size, tied=True)
    assert made.head.projection.weight is embedding.vectors.weight
    features = torch.randn(3, hidden_size)
    logits = made.head(features)
    expected = made.head.read(features) @ embedding.vectors.weight[:5].T + made.head.projection.bias
    assert torch.allclose(logits, expected)
    logits.square().sum().backward()
    assert embedding.vectors.weight.grad[:5].abs().sum() > 0
    assert not embedding.vectors.weight.grad[MASK].any()
    targets = torch.tensor([2, 3, 4])
    assert CrossEntropy([1] * 5)(made.head, features, targets).item() > 0
    assert SampledNCE([5, 4, 3, 2, 1], num_sampled=2)(made.head, features, targets).item() > 0


def asked(texts, max_length=9, **options):
    """The answers for texts, and (what was read, the place) of each question."""
    made, _ = task()
    read = []

    def model(batch):
        for ids, length, place in zip(batch.inputs, batch.lengths.tolist(), batch.places.tolist(), strict=True):
            read.append((ids[: None if options else length].tolist(), place))
        return torch.tensor([[9.0, 8.0, 1.0, 3.0, 2.0]]).expand(len(batch.rows), 5)

    return made.predict(model, texts, TOKENIZER, Batching(truncation("crop", max_length, 1), 2, **options)), read


def test_blanks_are_masks_and_each_is_asked():
    answers, read = asked(["a ___ b", "___", "c___ ___a b"])
    assert sorted(read) == [
        ([2, MASK, 3], 1),
        ([4, MASK, MASK, 2, 3], 1),
        ([4, MASK, MASK, 2, 3], 2),
        ([MASK], 0),
    ]
    assert [len(answer.words) for answer in answers] == [1, 1, 2]
    chances = torch.tensor([9.0, 8.0, 1.0, 3.0, 2.0]).softmax(0).tolist()
    assert list(answers[0].words[0]) == ["b", "c", "a"]  # padding and the unknown token are no words
    assert answers[0].words[0] == pytest.approx({"a": chances[2], "b": chances[3], "c": chances[4]})
    assert answers[2].label == "b | b"


def test_of_a_long_text_what_is_around_the_blank_is_read():
    _, read = asked(["a b c " * 5 + "___" + " a b c" * 5, "___ a b c a", "a b c ___"], max_length=3)
    assert sorted(read) == [([3, 4, MASK], 2), ([4, MASK, 2], 1), ([MASK, 2, 3], 0)]


def test_texts_of_one_length_are_padded_to_it():
    _, read = asked(["a ___", "___", "a b c ___ a"], max_length=4, fixed_length=True)
    assert sorted(read) == [([2, MASK, 0, 0], 1), ([3, 4, MASK, 2], 2), ([MASK, 0, 0, 0], 0)]


def test_a_text_that_hides_nothing_is_refused_with_the_cure():
    with pytest.raises(DataError, match=r"'a b' hides no word.*Put ___ in the place of each"):
        asked(["a ___", "a b"])


def test_an_answer_is_told_in_three_ways():
    answer = HiddenAnswer(({"b": 0.71234567, "c": 0.2}, {"a": 0.5}))
    assert answer.shown("x ___ ___") == "b\tb 0.712  c 0.200\tx ___ ___\na\ta 0.500\tx ___ ___"
    assert answer.record() == {"words": [{"b": 0.712346, "c": 0.2}, {"a": 0.5}]}
    assert answer.cells() == {"label": "b | a"}
