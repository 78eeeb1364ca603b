import pytest
import torch

from recurra.errors import ConfigError
from recurra.nn.ngrams import NGrams, ids_of, keys_of, ngram_keys

LISTED = torch.tensor([[0, 7, 2], [0, 2, 3], [7, 2, 3], [0, 2, 2]])
"""With ten tokens the keys 72, 23, 723 and 22, which have the rows 3, 2, 4 and 1."""


def known(longest: int = 3) -> NGrams:
    """Row r of its vectors holds r and 10 ** r."""
    ngrams = NGrams(10, 2, longest=longest, rows=len(LISTED))
    ngrams.know(LISTED)
    with torch.no_grad():
        ngrams.vectors.weight[1:] = torch.tensor([[r, 10.0**r] for r in range(1, 5)])
    return ngrams


def test_a_key_is_the_tokens_as_digits() -> None:
    tokens = torch.tensor([[7, 2, 3, 0, 0], [5, 0, 4, 4, 9]])
    assert ngram_keys(tokens, 2, 10).tolist() == [[0, 72, 23, 0, 0], [0, 0, 0, 44, 49]]
    assert ngram_keys(tokens, 3, 10).tolist() == [[0, 0, 723, 0, 0], [0, 0, 0, 0, 449]]


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_what_is_shorter_than_an_n_gram_has_none(steps: int) -> None:
    assert ngram_keys(torch.full((2, steps), 3), 3, 10).tolist() == [[0] * steps] * 2
    assert known()(torch.full((2, steps), 3)).tolist() == [[[0, 0]] * steps] * 2


def test_keys_and_n_grams_turn_into_each_other() -> None:
    assert keys_of(LISTED, 10).tolist() == [72, 23, 723, 22]
    assert torch.equal(ids_of(keys_of(LISTED, 10), 3, 10), LISTED)


def test_the_list_is_kept_in_the_order_of_its_keys() -> None:
    ngrams = known()
    assert ngrams.keys.tolist() == [0, 22, 23, 72, 723]
    assert ngrams.ids.tolist() == [[0, 2, 2], [0, 2, 3], [0, 7, 2], [7, 2, 3]]
    assert ngrams.rows(torch.tensor([723, 22, 0, 24, 9999])).tolist() == [4, 1, 0, 0, 0]


def test_at_each_step_stands_the_sum_of_the_n_grams_that_end_there() -> None:
    tokens = torch.tensor([[7, 2, 3, 2, 2], [2, 3, 7, 2, 0]])
    assert known()(tokens)[..., 0].tolist() == [[0, 3, 2 + 4, 0, 1], [0, 2, 0, 3, 0]]
    assert known(longest=2)(tokens)[..., 1].tolist() == [[0, 1000, 100, 0, 10], [0, 100, 0, 1000, 0]]


def test_neither_padding_nor_company_changes_a_bit() -> None:
    torch.manual_seed(0)
    ngrams = NGrams(6, 5, longest=3, rows=50)
    every = torch.cartesian_prod(torch.arange(6), torch.arange(1, 6), torch.arange(1, 6))
    ngrams.know(every[torch.randperm(len(every))[:50]])
    torch.nn.init.normal_(ngrams.vectors.weight[1:])
    texts = [torch.randint(1, 6, (length,)) for length in (9, 0, 1, 2, 7, 3)]
    batch = torch.zeros(len(texts), 12, dtype=torch.long)
    for row, text in zip(batch, texts, strict=True):
        row[: len(text)] = text
    embedded = ngrams(batch)
    for text, found in zip(texts, embedded, strict=True):
        assert torch.equal(found[: len(text)], ngrams(text.unsqueeze(0))[0])
        assert not found[len(text) :].any()
    assert embedded[0, 1:9].any(1).sum() > 3


def test_all_are_zero_at_first_and_those_that_are_read_learn() -> None:
    ngrams = NGrams(10, 2, longest=3, rows=4)
    assert not ngrams(torch.tensor([[2, 3]])).any()  # nothing is in the list yet
    ngrams.know(LISTED)
    optimizer = torch.optim.AdamW(ngrams.parameters(), lr=0.1)
    ngrams(torch.tensor([[7, 2, 3, 0]])).sum().backward()
    optimizer.step()
    assert ngrams.vectors.weight.ne(0).all(1).tolist() == [False, False, True, True, True]


def test_the_list_lives_in_the_state() -> None:
    ngrams, other = known(), NGrams(10, 2, longest=3, rows=4)
    other.load_state_dict(ngrams.state_dict())
    assert torch.equal(other(LISTED), ngrams(LISTED))


def test_more_n_grams_than_can_be_numbered_are_refused_with_the_cure() -> None:
    with pytest.raises(ConfigError, match=r"2,097,153 tokens, and 2,097,151 at most .* tokenizer\.max_size"):
        NGrams(2**21 + 1, 1, longest=3, rows=1)
    NGrams(2**21 + 1, 1, longest=2, rows=1)
