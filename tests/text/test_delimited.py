"""CSV and TSV."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import ConfigError, DataError
from recurra.text.readers import Delimited
from recurra.types import Example

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
LABELS = CELLS.filter(lambda label: label.strip())


def rows(content, delimiter=",", labelled=True, **columns):
    return list(Delimited(delimiter, **columns).rows(io.BytesIO(content.encode()), "f.csv", labelled))


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(CELLS, LABELS), min_size=1), st.sampled_from(",\t;|"))
def test_what_python_writes_is_read_back(table, delimiter):
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([("text", "label"), *table])
    read = rows(written.getvalue(), delimiter)
    assert [(row.text, row.labels) for row in read] == [(text, (label.strip(),)) for text, label in table]


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet='a,"\n\r;\t é好'))
def test_nothing_crashes(content):
    for row in rows("text,label\n" + content):
        assert isinstance(row, Example) or str(row).startswith("f.csv:")


def test_lines_are_those_where_rows_begin():
    read = rows('text,label\r\n"a\nb\nc",x\r\n\r\nd,y\r\n')
    assert [(row.text, row.line) for row in read] == [("a\nb\nc", 2), ("d", 6)]


def test_bad_rows_are_told_and_reading_goes_on():
    read = rows('text,label\na,x\nb\nc,y,z\n"d"d,x\ne,\nf,y\n')
    assert [row.text for row in read if isinstance(row, Example)] == ["a", "f"]
    errors = [str(row) for row in read if isinstance(row, DataError)]
    assert [error.split(" ")[0] for error in errors] == ["f.csv:3:", "f.csv:4:", "f.csv:5:", "f.csv:6:"]
    assert "1 field, expected 2" in errors[0]
    assert "3 fields, expected 2" in errors[1]
    assert "expected after" in errors[2]
    assert "the label is missing" in errors[3]


def test_a_quote_that_is_never_closed():
    first, error = rows('text,label\na,x\n"b,y\nc,z\n')
    assert first.text == "a"
    assert str(error).startswith("f.csv:3: a quote opened in the row that begins here is never closed")


def test_nul_bytes_and_lone_carriage_returns():
    nul, good = rows("text,label\na\0b,x\nc,y\n")
    assert str(nul).startswith("f.csv:2: a NUL at character 2")
    assert good.text == "c"
    assert "lone carriage return" in str(rows("text,label\rb,x\r")[0])


def test_a_megabyte_in_a_cell():
    long = "好" * 1_000_000
    assert [row.text for row in rows(f'text,label\n"{long}",x\n')] == [long]


@pytest.mark.parametrize(("header", "cure"), [("text\tlabel", "data=tsv"), ("text;label", "data.reader.delimiter=';'")])
def test_another_delimiter_is_recognised(header, cure):
    (error,) = rows(f"{header}\na b\n")
    assert str(error).startswith("f.csv:1:")
    assert "it is 2" in str(error)
    assert cure in str(error)


def test_no_header_and_no_columns():
    assert "expected a header" in str(rows("")[0])
    (error,) = rows("good film,1\nbad film,0\n")
    assert "'good film', '1'" in str(error)
    assert "data.text=NAME" in str(error)


def test_header_cells_are_stripped_and_marks_removed():
    assert rows("\ufeffText , Label\na,b\n") == [Example("a", ("b",), "f.csv", 2)]


def test_unlabelled():
    assert [row.labels for row in rows("id,text\n1,a\n", labelled=False)] == [()]


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n"])
def test_impossible_delimiters(delimiter):
    with pytest.raises(ConfigError, match="delimiter="):
        Delimited(delimiter)
