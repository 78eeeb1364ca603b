"""JSON Lines, fastText and plain lines."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.text.readers import FastText, JsonLines, Parquet, PlainLines
from recurra.types import Example

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def rows(reader, content, labelled=True):
    return list(reader.rows(io.BytesIO(content.encode()), "f", labelled))


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS.filter(str.strip), min_size=1))), st.booleans())
def test_json_lines_round_trip(table, escaped):
    content = "".join(json.dumps({"text": t, "label": x}, ensure_ascii=escaped) + "\n" for t, x in table)
    read = rows(JsonLines(), content)
    assert [(row.text, list(row.labels)) for row in read] == [(t, [x.strip() for x in xs]) for t, xs in table]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no JSON"),
        ("[1, 2]", "no JSON object but '[1, 2]'"),
        ("[", "jq -c"),
        ("null", "no JSON object"),
        ('{"label": "x"}', "there is no 'text' in this row. Its keys are: 'label'"),
        ('{"text": ["a"], "label": "x"}', "column 'text' holds a list"),
        (r'{"text": "\ud800", "label": "x"}', r"\ud800 is half of a surrogate pair"),
        ("[" * 100_000, "cannot be read"),
        ('{"text": "a", "label": ' + "1" * 5000 + "}", "cannot be read"),
    ],
)
def test_a_bad_json_line_is_told_and_reading_goes_on(line, message):
    good = '{"text": "a", "label": "x"}\n'
    first, error, last = rows(JsonLines(), f"{good}{line}\n\n{good}")
    assert (first.line, last.line) == (1, 4)
    assert str(error).startswith("f:2: ")
    assert message in str(error)


def test_null_texts_are_empty_and_numbers_are_text():
    read = rows(JsonLines(), '{"text": null, "label": 1}\n{"text": 12, "label": 1}\n{"text": "\\u0041", "label": 1}\n')
    assert [row.text for row in read] == ["", "12", "A"]


def test_fasttext():
    read = rows(FastText(), "__label__a __label__b  the  text \n\n__label__a\nx __label__c\n__label__ y\n")
    assert read[:2] == [Example("the  text", ("a", "b"), "f", 1), Example("", ("a",), "f", 3)]
    assert str(read[2]).startswith("f:4: the label is missing")
    assert str(read[3]).startswith("f:5: a label is empty")
    assert rows(FastText(), "x\n", labelled=False) == [Example("x", (), "f", 1)]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n\ufeff")), min_size=1))
def test_plain_lines_keep_their_places(texts):
    assert [row.text for row in rows(PlainLines(), "".join(f"{text}\r\n" for text in texts))] == texts


def test_no_parquet():
    (error,) = rows(Parquet(), "text,label\na,b\n")
    assert isinstance(error, DataError)
    assert str(error).startswith("f: this is no Parquet file, or it is damaged")
