"""Plain text files, and where they are divided."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import ConfigError, DataError
from recurra.text.running import divide
from recurra.text.sources import Source, TextFiles
from recurra.types import Example


class Given(Source):
    name = "given"
    running = True

    def __init__(self, texts, **others):
        self._splits = {"train": [Example(text) for text in texts], **others}

    def splits(self):
        return self._splits


def texts(rows):
    return [row.text for row in rows]


def test_the_end_of_the_text_is_validation_then_test():
    splits = divide(Given(["0123456789" * 10]), validation_share=0.2, test_share=0.1).splits
    assert [sum(map(len, texts(splits[name]))) for name in ("train", "validation", "test")] == [70, 20, 10]
    assert "".join(texts(splits["train"] + splits["validation"] + splits["test"])) == "0123456789" * 10


@given(st.lists(st.text("ab", min_size=1, max_size=9), min_size=1, max_size=12), st.sampled_from([0.0, 0.2, 0.4]))
def test_no_character_is_lost_or_moved(parts, share):
    try:
        splits = divide(Given(parts), validation_share=0.3, test_share=share).splits
    except DataError:
        assert len("".join(parts)) < 4
        return
    assert "".join(texts(splits["train"] + splits["validation"] + splits["test"])) == "".join(parts)
    assert all(text for rows in splits.values() for text in texts(rows))


def test_a_border_between_two_texts_divides_none():
    splits = divide(Given(["aaaa", "bbbb", "cc"]), validation_share=0.2, test_share=0.0).splits
    assert texts(splits["train"]) == ["aaaa", "bbbb"]
    assert texts(splits["validation"]) == ["cc"]
    assert splits["test"] == []


def test_given_splits_are_left_alone():
    given_test = [Example("zzz")]
    splits = divide(Given(["a" * 10], test=given_test), validation_share=0.5).splits
    assert splits["test"] == given_test
    assert texts(splits["train"]) == texts(splits["validation"]) == ["aaaaa"]


def test_what_cannot_be_divided_is_refused():
    with pytest.raises(ConfigError, match=r"data\.folds divides rows"):
        divide(Given(["abc"]), folds=3, fold=0)
    with pytest.raises(ConfigError, match="leave nothing to train on"):
        divide(Given(["abc"]), validation_share=0.5, test_share=0.5)
    with pytest.raises(DataError, match=r"2 characters are too few for data\.test_share=0\.1"):
        divide(Given(["ab"]))


STORY = "One.\nOne more.\r\n\n  \nTwo.\n\n\n\nThree,\nlonger.\n"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("file", [(1, "One.\nOne more.\r\n\n  \nTwo.\n\n\n\nThree,\nlonger.\n")]),
        ("line", [(1, "One."), (2, "One more."), (5, "Two."), (9, "Three,"), (10, "longer.")]),
        ("paragraph", [(1, "One.\nOne more."), (5, "Two."), (9, "Three,\nlonger.")]),
    ],
)
def test_what_one_text_is(own_place: Path, document, expected):
    Path("story.txt").write_bytes(STORY.encode())
    rows = TextFiles("story.txt", document=document).splits()["train"]
    found = [(row.line, row.text if document == "file" else row.text.replace("\r", "")) for row in rows]
    assert found == expected


def test_files_of_a_folder_or_a_list_follow_one_another(own_place: Path):
    Path("books").mkdir()
    for name, text in (("b.txt", "second"), ("a.txt", "first"), ("c.md", "no book"), ("d.txt", " \n")):
        Path("books", name).write_text(text)
    source = TextFiles("books")
    assert source.name == "books"
    assert texts(source.splits()["train"]) == ["first", "second"]
    assert texts(TextFiles(["books/c.md", "books"]).splits()["train"]) == ["no book", "first", "second"]


def test_mistakes_name_the_file(own_place: Path):
    with pytest.raises(ConfigError, match=r"data\.train=FILE"):
        TextFiles()
    Path("book.txt").write_text("text")
    with pytest.raises(DataError, match=r"bok\.txt.*book\.txt"):
        TextFiles("bok.txt").splits()
    Path("empty").mkdir()
    with pytest.raises(DataError, match=r"holds no \.txt file"):
        TextFiles("empty").splits()
    Path("blank.txt").write_text("\n \n")
    with pytest.raises(DataError, match="there is no text"):
        TextFiles("blank.txt").splits()
    Path("latin.txt").write_bytes("first\ncaf\xe9".encode("latin-1"))
    with pytest.raises(DataError, match=r"latin\.txt:2"):
        TextFiles("latin.txt").splits()
    assert texts(TextFiles("latin.txt", encoding="latin-1").splits()["train"]) == ["first\ncafé"]
