"""What suits texts of given lengths, in exact numbers."""

import numpy as np
import pytest

from recurra.data.proportions import epochs, proportions


def lengths(*counted: tuple[int, int]) -> np.ndarray:
    """(rows, tokens) pairs, written out."""
    return np.concatenate([np.full(rows, tokens) for rows, tokens in counted])


def test_texts_of_which_nearly_all_are_short_are_read_whole():
    assert proportions(lengths((95, 20), (4, 256), (1, 5000)))["max_length"] == 256


def test_long_texts_are_read_in_pieces_that_cover_most_of_them():
    found = proportions(lengths((95, 600), (5, 5000)))
    assert (found["max_length"], found["windows"]) == (128, 5)  # 600 / 128, rounded up


@pytest.mark.parametrize(("tokens", "windows"), [(257, 4), (512, 4), (513, 5), (100_000, 8)])
def test_windows_have_a_least_and_a_greatest_number(tokens, windows):
    assert proportions(lengths((50, tokens)))["windows"] == windows


@pytest.mark.parametrize(("max_length", "windows"), [(64, 8), (100, 6), (128, 5), (1000, 4)])
def test_windows_are_those_of_pieces_whose_length_is_given(max_length, windows):
    found = proportions(lengths((50, 600)), max_length)
    assert (found["max_length"], found["windows"]) == (max_length, windows)


@pytest.mark.parametrize(
    ("rows", "batch_size"), [(1, 16), (4_525, 16), (4_526, 32), (18_101, 32), (18_102, 64), (36_204, 128), (10**6, 128)]
)
def test_a_batch_is_the_power_of_two_that_makes_about_2400_steps_in_all_epochs(rows, batch_size):
    assert proportions(np.full(rows, 30))["batch_size"] == batch_size


def test_a_long_text_is_read_once_an_epoch():
    assert proportions(np.full(1_600, 512))["batch_size"] == 16


def test_texts_without_a_token_are_no_trouble():
    assert proportions(np.zeros(20, dtype=np.int64)) == {"max_length": 256, "windows": 4, "batch_size": 16}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [(20, 40), (301, 40), (800, 15), (1_000, 12), (4_363, 12), (5_500, 11), (8_530, 7), (9_580, 6), (10**6, 6)],
)
def test_the_more_texts_the_fewer_epochs(rows, expected):
    assert epochs(rows) == expected
