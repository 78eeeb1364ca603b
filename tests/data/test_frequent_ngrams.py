import pytest

from recurra.data.frequent_ngrams import frequent_ngrams
from recurra.data.token_store import TokenStore
from recurra.errors import DataError
from recurra.text.tokenizers import Word


def store(*texts: str) -> TokenStore:
    """a is 2, b 3, c 4, d 5."""
    return TokenStore.of_texts(Word(min_frequency=1).fit(["a a a a b b b c c d"]), texts)


def test_the_most_frequent_come_first_and_none_goes_from_text_to_text() -> None:
    counted = store("a b c", "a b", "", "c", "d a b", "b c", "d", "d a")  # ab 3, bc 2, da 2
    assert frequent_ngrams(counted, 2, 9).tolist() == [[2, 3], [3, 4], [5, 2]]
    assert frequent_ngrams(counted, 2, 2).tolist() == [[2, 3], [3, 4]]  # of equals the one with lower ids


def test_longer_ones_are_counted_with_the_shorter() -> None:
    counted = store("a b c", "a b c", "b c")
    assert frequent_ngrams(counted, 3, 9).tolist() == [[0, 3, 4], [0, 2, 3], [2, 3, 4]]


def test_what_stands_once_is_left_out() -> None:
    with pytest.raises(DataError, match=r"no n-gram stands twice .* embedding\.ngrams=1"):
        frequent_ngrams(store("a b c d", "b a"), 3, 9)


def test_unknown_tokens_are_tokens() -> None:
    assert frequent_ngrams(store("x a y", "z a"), 2, 9).tolist() == [[1, 2]]
