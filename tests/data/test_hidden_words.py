"""One word of each text is hidden: by hand, drawn anew, and the same however it is batched."""

from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recurra.data.batching import Batching
from recurra.data.hidden_words import Hidden, HiddenWords
from recurra.data.token_store import TokenStore
from recurra.data.truncation import truncation
from recurra.errors import DataError

MASK, UNKNOWN = 99, 1
TEXTS = st.lists(st.lists(st.integers(1, 9), max_size=12), min_size=1, max_size=12).filter(any)


def store(texts):
    offsets = np.cumsum([0, *(len(ids) for ids in texts)])
    return TokenStore(np.array([*(i for ids in texts for i in ids), 0], dtype=np.int32), offsets)


def hidden(texts, training=False, kind="crop", max_length=5, batch_size=3, **options):
    batching = Batching(truncation(kind, max_length, 2), batch_size, **options)
    return HiddenWords(store(texts), batching, mask_id=MASK, unknown_id=UNKNOWN, training=training)


def read(dataset, epoch=0):
    """row -> what was read, with the hidden token back in its place, and that place."""
    found = {}
    for index in dataset.batches.plan(epoch):
        batch = dataset[index]
        for row, ids, length, place, target in zip(
            *(part.tolist() for part in (batch.rows, batch.inputs, batch.lengths, batch.places, batch.targets)),
            strict=True,
        ):
            assert ids[place] == MASK
            assert ids.count(MASK) == 1
            assert not any(ids[length:])
            ids[place] = target
            found[row] = (ids[:length], place)
    return found


def test_the_mask_stands_where_the_chance_says_and_unknown_words_are_no_choice():
    dataset = hidden([[5, 6, 7, 8], [1, 5, 1, 6], [1, 1, 1, 1]])
    ((pieces, _),) = dataset.batches.plan(0)
    order = pieces.rows.tolist()
    places = []
    for chance in (0.0, 0.49, 0.5, 0.999):
        batch = dataset[Hidden(pieces, np.full(3, chance))]
        places.append([batch.places.tolist()[order.index(row)] for row in range(3)])
    assert places == [[0, 1, 0], [1, 1, 1], [2, 3, 2], [3, 3, 3]]
    assert batch.inputs[order.index(1)].tolist() == [1, 5, 1, MASK]
    assert batch.targets[order.index(1)] == 6
    assert batch.targets[order.index(2)] == UNKNOWN


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.sampled_from(["head", "tail", "ends", "crop"]), st.integers(1, 9), st.booleans(), st.integers(1, 2))
def test_every_text_with_a_token_is_asked_once_whatever_is_read_of_it(texts, kind, longest, training, ranks):
    found = {}
    asked = [row for row, ids in enumerate(texts) if ids]
    assume(len(asked) >= ranks)
    for rank in range(ranks):
        found |= read(hidden(texts, training, kind, longest, seed=3, rank=rank, world_size=ranks))
    assert sorted(found) == asked
    for row, (ids, place) in found.items():
        whole = texts[row]
        if kind == "ends" and len(whole) > longest:
            assert ids == whole[: (longest + 1) // 2] + whole[len(whole) - longest // 2 :]
        else:
            assert any(ids == whole[begin : begin + longest] for begin in range(len(whole)))
        assert ids[place] != UNKNOWN or set(ids) == {UNKNOWN}


def test_training_hides_another_word_each_epoch_whatever_stands_beside_the_text():
    texts = [[2, 3, 4, 5], [6, 7, 8], *([9] * n for n in range(1, 5))]
    few, many = hidden(texts, training=True, batch_size=1), hidden(texts, training=True, batch_size=4)
    places = [[place for _, (_, place) in sorted(read(few, epoch).items())] for epoch in range(400)]
    assert places == [[place for _, (_, place) in sorted(read(many, epoch).items())] for epoch in range(400)]
    counts = Counter(own[0] for own in places)
    assert sorted(counts) == [0, 1, 2, 3]
    assert min(counts.values()) > 70
    other = hidden(texts, training=True, seed=1)
    assert places[0] != [place for _, (_, place) in sorted(read(other).items())]
    still = hidden(texts, training=True, reshuffle=False)
    assert read(still, 0) == read(still, 9)


def test_reading_hides_the_same_word_at_all_times():
    texts = [list(range(2, 40)), [6, 7, 8], [], [9, 8]]
    found = read(hidden(texts))
    assert found == read(hidden(texts, seed=5), epoch=3) == read(hidden(texts, batch_size=1))
    assert sorted(found) == [0, 1, 3]
    # What other texts there are after it makes no difference.
    assert found[1] == read(hidden(texts[:2]))[1]


def test_a_resumed_epoch_goes_on_with_the_same_words():
    dataset, again = (hidden([[2, 3, 4]] * 9, training=True, batch_size=2) for _ in range(2))
    dataset.batches.set_epoch(2)
    whole = [dataset[index] for index in dataset.batches]
    again.batches.restore({"epoch": 2, "served": 2})
    rest = [again[index] for index in again.batches]
    assert len(rest) == len(whole) - 2
    for one, other in zip(whole[2:], rest, strict=True):
        assert torch.equal(one.inputs, other.inputs)
        assert torch.equal(one.rows, other.rows)


def test_nothing_to_hide_is_told():
    with pytest.raises(DataError, match="None of the texts has a token"):
        hidden([[], []])
