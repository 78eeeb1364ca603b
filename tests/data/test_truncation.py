import numpy as np
import pytest

from recurra.data.truncation import truncation

LENGTHS = np.array([0, 1, 5, 10, 23])


def tokens(pieces, number):
    """The positions of its text that a piece reads."""
    position = np.arange(pieces.lengths[number])
    gap = np.where(position >= pieces.gap_at, pieces.gaps[number], 0)
    return (pieces.starts[number] + position + gap).tolist()


def read(kind, windows=4):
    return truncation(kind, 5, windows).reading(LENGTHS)


def test_head_reads_the_first_tokens():
    pieces = read("head")
    assert pieces.rows.tolist() == [0, 1, 2, 3, 4]
    assert pieces.lengths.tolist() == [0, 1, 5, 5, 5]
    assert tokens(pieces, 4) == [0, 1, 2, 3, 4]


def test_tail_reads_the_last_tokens():
    pieces = read("tail")
    assert tokens(pieces, 1) == [0]
    assert tokens(pieces, 3) == [5, 6, 7, 8, 9]
    assert tokens(pieces, 4) == [18, 19, 20, 21, 22]


def test_ends_read_both_and_the_larger_half_first():
    pieces = read("ends")
    assert tokens(pieces, 2) == [0, 1, 2, 3, 4]
    assert tokens(pieces, 3) == [0, 1, 2, 8, 9]
    assert tokens(pieces, 4) == [0, 1, 2, 21, 22]


def test_crop_reads_evenly_spaced_windows_from_head_to_tail():
    pieces = read("crop")
    assert pieces.rows.tolist() == [0, 1, 2, 3, 3, 4, 4, 4, 4]
    assert pieces.starts.tolist() == [0, 0, 0, 0, 5, 0, 6, 12, 18]
    assert pieces.lengths.tolist() == [0, 1, 5, 5, 5, 5, 5, 5, 5]


def test_a_single_window_stands_in_the_middle():
    pieces = read("crop", windows=1)
    assert pieces.starts.tolist() == [0, 0, 0, 2, 9]


def test_crop_draws_every_start_in_training_and_no_other():
    generator = np.random.default_rng(0)
    cut = truncation("crop", 5, 4)
    starts = {int(cut.training(np.array([8]), generator).starts[0]) for _ in range(200)}
    assert starts == {0, 1, 2, 3}


@pytest.mark.parametrize("kind", ["head", "tail", "ends", "crop"])
def test_no_piece_leaves_its_text(kind):
    lengths = np.arange(60)
    cut = truncation(kind, 7, 3)
    for pieces in (cut.training(lengths, np.random.default_rng(1)), cut.reading(lengths)):
        for number, row in enumerate(pieces.rows):
            read_positions = tokens(pieces, number)
            assert read_positions == sorted(set(read_positions))
            assert all(0 <= position < lengths[row] for position in read_positions)
            assert len(read_positions) == min(lengths[row], 7)
