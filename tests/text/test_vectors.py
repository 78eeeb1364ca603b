"""Word vectors in every format, whole and damaged."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.text.vectors import read_vectors, width

WORDS = {"cat": [0.5, -1.25, 3.0], "狗": [1e-3, 2.0, -0.0], "the": [7.0, 8.0, 9.0]}
VOCABULARY = ["<pad>", "<unk>", "狗", "cat", "bird"]
MATRIX = np.array([[0, 0, 0], [0, 0, 0], WORDS["狗"], WORDS["cat"], [0, 0, 0]], np.float32)


def text(end="\n"):
    return "".join(f"{word} {' '.join(map(str, vector))}{end}" for word, vector in WORDS.items()).encode()


def binary(words=WORDS, end=b"\n"):
    rows = [word.encode() + b" " + struct.pack(f"<{len(v)}f", *v) + end for word, v in words.items()]
    return f"{len(words)} {len(next(iter(words.values())))}\n".encode() + b"".join(rows)


FORMATS = {
    "glove": text(),
    "glove_crlf": text("\r\n"),
    "word2vec": b"3 3\n" + text(),
    "fasttext": b"3 3\n" + text(" \n"),
    "binary": binary(),
    "binary_without_ends": binary(end=b""),
}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format(tmp_path, name, zipped):
    path = tmp_path / "vectors"
    path.write_bytes(gzip.compress(FORMATS[name]) if zipped else FORMATS[name])
    vectors = read_vectors(path, VOCABULARY)
    assert vectors.matrix.dtype == np.float32
    np.testing.assert_array_equal(vectors.matrix, MATRIX)
    assert vectors.found.tolist() == [False, False, True, True, False]
    assert width(path) == 3


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=4, max_size=4),
        min_size=1,
        max_size=20,
    )
)
def test_binary_is_exact(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("v") / "v.bin"
    words = {f"w{n}": row for n, row in enumerate(rows)}
    path.write_bytes(binary(words))
    np.testing.assert_array_equal(read_vectors(path, list(words)).matrix, np.array(rows, np.float32))


def test_binary_across_chunks(tmp_path):
    path = tmp_path / "v.bin"
    rows = np.random.default_rng(0).normal(size=(5000, 100)).astype(np.float32)
    path.write_bytes(binary({f"word{n}": row for n, row in enumerate(rows)}))
    np.testing.assert_array_equal(read_vectors(path, [f"word{n}" for n in range(5000)]).matrix, rows)


def test_words_with_spaces_and_words_that_stand_twice(tmp_path):
    path = tmp_path / "glove.txt"
    path.write_bytes(b". . 9 8\na b 1 2\na 3 4\na 5 6\n\n")
    vectors = read_vectors(path, ["a", "a b", ". ."])
    assert vectors.matrix.tolist() == [[3, 4], [1, 2], [9, 8]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "v:1: b'' is neither"),
        (b"just some prose\n", "v:1: .*neither a word and its numbers nor a header"),
        (b"cat 1 2\ndog 1\n", "v:2: 1 numbers after the word, expected 2 as in line 1"),
        (b"cat 1 2\ndog 1 2 3\n", "v:2: 3 numbers after the word, expected 2 as in line 1"),
        (b"2 2\ncat 1 2\ndog 1\n", "v:3: 1 numbers after the word, expected 2 as the header says"),
        (b"cat 1 2\nword 1 x\n", "v:2: could not convert"),
        (b"cat 1 2\nword 1 nan\n", "v:2: a number is infinite or not a number"),
        (b"cat 1 2\nword 1 1e50\n", "v:2: a number is infinite"),
        (b"3 2\ncat 1 2\ndog 1 2\n", "v:3: the file ends after 2 of 3 words"),
        (binary()[:-3], "v: word 3 of 3: the file ends within"),
        (binary({"word": [1.0, float("inf")]}), "v: word 1 of 1: a number is infinite"),
        (gzip.compress(text() * 99, mtime=0)[:-9], "damaged or incomplete"),
    ],
)
def test_damage_is_told(tmp_path, content, message):
    path = tmp_path / "v"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_vectors(path, ["word"])


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(DataError, match="there is no such file"):
        width(tmp_path / "glove.txt")
