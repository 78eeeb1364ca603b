"""Texts come back from their tokens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.text.tokenizers import BytePair, Character, ChineseWord, Word

STORY = [
    "It's the end, isn't it? (No!) He paid $5: that is 50% more.",
    "很好吃，味道不错。It is good。",
    "naïve café 😀",
]


def written(tokenizer, text):
    writer = tokenizer.writer()
    return "".join(map(writer.add, tokenizer.tokens(text)))


@pytest.mark.parametrize("text", STORY)
def test_characters_and_bytes_lose_nothing(text):
    assert written(Character(nfkc=False, min_frequency=1).fit(STORY), text) == text
    assert written(BytePair(lowercase=False, nfkc=False, size=300).fit(STORY), text) == text


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=30))
def test_any_text_comes_back_from_its_bytes(text):
    text = text.encode("utf-8", "ignore").decode().strip()
    assert written(BYTES, text) == text


BYTES = BytePair(lowercase=False, nfkc=False, size=260, min_frequency=1000).fit(STORY)


def test_a_character_of_several_bytes_comes_when_it_is_whole():
    writer = BYTES.writer()
    pieces = [writer.add(token) for token in BYTES.tokens("好")]
    assert "".join(pieces[:-1]) == ""
    assert pieces[-1] == "好"


def test_bytes_that_are_no_character_do_not_hold_the_text_up():
    writer, (token,) = BYTES.writer(), set(BYTES.tokens("好")[-1:])
    assert "�" in "".join(writer.add(token) for _ in range(4))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's the end, isn't it? (No!)", "It's the end, isn't it? (No!)"),
        ("很好吃，味道不错。", "很好吃，味道不错。"),
        ("that is 50% more", "that is 50% more"),
    ],
)
def test_words_are_spaced_as_people_write(text, expected):
    assert written(Word(lowercase=False, nfkc=False, min_frequency=1).fit([*STORY, text]), text) == expected


def test_segmented_chinese_has_no_spaces():
    tokenizer = ChineseWord(nfkc=False, min_frequency=1).fit(STORY)
    assert written(tokenizer, "很好吃，味道不错。") == "很好吃，味道不错。"
