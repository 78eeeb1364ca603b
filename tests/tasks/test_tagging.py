import math

import pytest
import torch

from recurra.data.batching import Batching
from recurra.data.token_store import TokenStore
from recurra.data.truncation import truncation
from recurra.errors import ConfigError, DataError
from recurra.nn.encoders import TextRNN
from recurra.tasks import TaggedWords, Tagging
from recurra.text.tokenizers import Whitespace, Word
from recurra.types import Batch, Encoding, Example

TAGS = ["B-L", "B-P", "I-P", "O"]


def task(labels=TAGS, readout="correct"):
    options = {"num_layers": 1, "dropout": 0.0, "recurrent_init": "orthogonal", "forget_bias": 1.0}
    return Tagging(labels, 4, TextRNN(3, hidden_size=2, readout=readout, **options))


def batch(lengths, rows, targets):
    lengths = torch.tensor(lengths)
    inputs = torch.zeros(len(lengths), int(lengths.max()), dtype=torch.int64)
    return Batch(inputs, lengths, torch.tensor(targets), torch.tensor(rows))


def certain(numbers, chance=0.7):
    """Logits that give each number in turn its chance, the other three the rest."""
    chances = torch.full((len(numbers), 4), (1 - chance) / 3)
    chances[torch.arange(len(numbers)), torch.tensor(numbers, dtype=torch.int64)] = chance
    return chances.log()


def test_every_real_step_is_asked():
    states = torch.arange(24.0).view(2, 3, 4)
    asked = task().features(Encoding(states, torch.zeros(2, 1)), batch([1, 3], [0, 1], [0] * 4))
    assert torch.equal(asked, torch.cat([states[0, :1], states[1]]))


def test_each_word_has_a_row_and_a_tag():
    rows = [Example("Ann Lee saw", ("B-P", "I-P", "O")), Example(""), Example("Rome", ("B-L",))]
    assert task().encode(rows).tolist() == [[0, 1], [0, 2], [0, 3], [2, 0]]
    assert task().encode([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("text", "tags", "message"),
    [
        ("Ann saw", ("B-P",), r"t:4: 2 words and 1 labels; task=tagging .*data=conll"),
        ("Ann", ("positive", "x"), "t:4: 1 words and 2 labels"),
        ("Ann", ("B-Q",), r"t:4: label 'B-Q' does not stand in the training data\. Did you mean 'B-P'"),
    ],
)
def test_tags_that_do_not_fit_are_told_with_their_line(text, tags, message):
    with pytest.raises(DataError, match=message):
        task().encode([Example(text, tags, "t", 4)])


def test_a_tokenizer_that_divides_words_is_refused_with_the_cure():
    rows = [Example("do n't stop", ("O", "O", "O")), Example("stop it.", ("O", "O"))]
    texts = [row.text for row in rows]
    batching, targets = Batching(truncation("crop", 9, 1), 2), torch.from_numpy(task().encode(rows))
    store = TokenStore.of_texts(Word(min_frequency=1).fit(texts), texts)
    with pytest.raises(ConfigError, match=r"makes 3 tokens of a text with 2 tags. Give tokenizer=whitespace"):
        task().dataset(store, targets, batching, training=True)
    store = TokenStore.of_texts(Whitespace(min_frequency=1).fit(texts), texts)
    assert len(task().dataset(store, targets, batching, training=True).batches) == 1


def test_scores_by_hand_however_they_are_batched():
    made = task()
    collector = made.collector()
    # Row 2: Ann Lee in Rome; row 0: Bo.
    collector.update(**made.answers(certain([1, 2, 3, 1]), batch([4], [2], [1, 2, 3, 0])))
    collector.update(**made.answers(certain([1]), batch([1], [0], [1])))
    answers = collector.gather()
    found = made.evaluate(answers)
    assert found.scores["accuracy"] == 4 / 5
    assert found.scores["loss"] == pytest.approx(-(4 * math.log(0.7) + math.log(0.1)) / 5)
    assert found.scores["f1"] == 2 * 2 / (3 + 3)  # three spans each way, two of them right
    assert found.counted == {"rows": 2, "tokens": 5}
    assert [tuple(row.values()) for row in found.per_class] == [("L", 0, 0, 0, 1), ("P", 2 / 3, 1, 4 / 5, 2)]
    assert found.confusion == [[0, 1, 0, 0], [0, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    assert made.columns(answers) == {
        "row": [0, 2],
        "gold": [["B-P"], ["B-P", "I-P", "O", "B-L"]],
        "predicted": [["B-P"], ["B-P", "I-P", "O", "B-P"]],
    }


def test_tags_without_spans_are_scored_one_by_one():
    made = task(["DT", "IN", "NN", "VB"])
    assert (task().monitor, made.monitor, made.mode) == ("val/f1", "val/accuracy", "max")
    collector = made.collector()
    collector.update(**made.answers(certain([0, 2, 2]), batch([3], [0], [0, 2, 1])))
    found = made.evaluate(collector.gather())
    assert found.scores.keys() == {"loss", "accuracy"}
    assert [tuple(row.values()) for row in found.per_class] == [
        *[("DT", 1, 1, 1, 1), ("IN", 0, 0, 0, 1), ("NN", 1 / 2, 1, 2 / 3, 1), ("VB", 0, 0, 0, 0)]
    ]


def test_one_tag_is_nothing_to_learn():
    with pytest.raises(DataError, match=r"two tags or more; the training data has \['O'\]"):
        task(["O"])


def test_an_encoder_that_reads_padding_is_refused_with_the_reason_and_the_cure():
    with pytest.raises(ConfigError, match=r"this TextRNN reads padding.*Give model\.readout=correct"):
        task(readout="faithful")


def test_texts_are_answered_in_their_order_word_by_word():
    texts = ["a  b", "", "c d\te"]
    tokenizer = Whitespace(min_frequency=1).fit(texts)
    names = tokenizer.vocabulary

    def model(read):
        real = read.inputs[torch.arange(read.inputs.size(1)) < read.lengths[:, None]]
        return certain([{"a": 1, "b": 2, "c": 3, "d": 0, "e": 3}[names[i]] for i in real.tolist()])

    batching = Batching(truncation("crop", 2, 1), 2)
    found = task().predict(model, texts, tokenizer, batching)
    assert [(answer.words, answer.tags) for answer in found] == [
        (("a", "b"), ("B-P", "I-P")),
        ((), ()),
        (("c", "d", "e"), ("O", "B-L", "O")),
    ]
    assert found[0].probabilities == pytest.approx((0.7, 0.7))
    assert [answer.label for answer in found] == ["B-P I-P", "", "O B-L O"]


def test_an_answer_is_told_in_three_ways():
    answer = TaggedWords(("Ann", "sang"), ("B-P", "O"), (0.98765432, 0.5))
    assert answer.shown("Ann sang") == "Ann\tB-P\t0.988\nsang\tO\t0.500\n"
    assert answer.record() == {"words": ["Ann", "sang"], "tags": ["B-P", "O"], "probabilities": [0.987654, 0.5]}
    assert answer.cells() == {"label": "B-P O"}
