"""What all readers share: opening, gzip, pipes, columns, cells."""

import gzip
import io
import json
import os
import threading

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recurra.errors import ConfigError, DataError
from recurra.text.readers import FORMATS, Delimited, FastText, JsonLines, Parquet, PlainLines, reader_for
from recurra.text.readers.columns import choose_columns
from recurra.types import Example

ROWS = [('很好, "yes"', "pos"), ("not good", "neg")]


def content_of(name):
    if name == "parquet":
        table = io.BytesIO()
        pq.write_table(pa.table({"text": [t for t, _ in ROWS], "label": [x for _, x in ROWS]}), table)
        return table.getvalue()
    return {
        "csv": 'text,label\n"很好, ""yes""",pos\nnot good,neg\n',
        "tsv": 'text\tlabel\n"很好, ""yes"""\tpos\nnot good\tneg\n',
        "jsonl": "".join(json.dumps({"text": t, "label": x}) + "\n" for t, x in ROWS),
        "fasttext": "".join(f"__label__{x} {t}\n" for t, x in ROWS),
        "conll": "".join("".join(f"{word} {x}\n" for word in t.split()) + "\n" for t, x in ROWS),
        "lines": "".join(f"{t}\n" for t, _ in ROWS),
    }[name].encode()


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_plain_and_zipped_whatever_the_suffix(tmp_path, name, zipped):
    path = tmp_path / "data.bin"
    path.write_bytes(gzip.compress(content_of(name)) if zipped else content_of(name))
    rows = FORMATS[name]().read(path)
    assert [row.text for row in rows] == [text for text, _ in ROWS]
    labels = {"lines": 0, "conll": 2}.get(name, 1)  # the texts have two words each
    assert [row.labels for row in rows] == [(label,) * labels for _, label in ROWS]
    assert [row.line for row in rows] == {"csv": [2, 3], "tsv": [2, 3], "conll": [1, 4]}.get(name, [1, 2])
    assert {row.source for row in rows} == {str(path)}


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_from_a_pipe(name, zipped):
    content = gzip.compress(content_of(name)) if zipped else content_of(name)
    read, write = os.pipe()

    def feed():
        with open(write, "wb") as sink:
            sink.write(content)

    thread = threading.Thread(target=feed)
    thread.start()
    with open(read, "rb") as stream:
        assert not stream.seekable()
        rows = list(FORMATS[name]().rows(stream, "stdin", False))
    thread.join()
    assert [row.text for row in rows] == [text for text, _ in ROWS]


def test_a_row_comes_as_soon_as_its_line_does():
    read, write = os.pipe()
    with open(read, "rb") as stream, open(write, "wb", buffering=0) as sink:
        rows = PlainLines().rows(stream, "stdin", False)
        sink.write(b"first\n")
        assert next(rows).text == "first"
        sink.write(b"second\n")
        assert next(rows).text == "second"


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_gzip_is_told(tmp_path, name):
    path = tmp_path / "data.gz"
    path.write_bytes(gzip.compress(content_of(name) * 50)[:-9])
    with pytest.raises(DataError, match="gzip data is damaged or incomplete"):
        FORMATS[name]().read(path)


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_file_is_told(tmp_path, name):
    path = tmp_path / "data"
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"data: .*(empty|no Parquet)"):
        FORMATS[name]().read(path)


def test_a_header_alone_is_told(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("text,label\n\n")
    with pytest.raises(DataError, match="no rows, a header or blank lines at most"):
        FORMATS["csv"]().read(path)
    pq.write_table(pa.table({"text": pa.array([], pa.string()), "label": pa.array([], pa.string())}), path)
    with pytest.raises(DataError, match="no rows"):
        Parquet().read(path)


def test_a_missing_file_has_a_neighbour(tmp_path):
    tmp_path = tmp_path / "data"
    tmp_path.mkdir()
    (tmp_path / "train.csv").touch()
    with pytest.raises(DataError, match=r"trian.csv: there is no such file. Did you mean 'train.csv'\?"):
        PlainLines().read(tmp_path / "trian.csv")
    with pytest.raises(DataError, match="there is no folder"):
        PlainLines().read(tmp_path / "no" / "train.csv")
    with pytest.raises(DataError, match=r"this is a folder, expected a file\. It holds: train\.csv"):
        PlainLines().read(tmp_path)
    with pytest.raises(DataError, match="there is no folder"):
        PlainLines().read(tmp_path / "train.csv" / "x")
    with pytest.raises(DataError, match="cannot be opened: File name too long"):
        PlainLines().read(tmp_path / ("x" * 300))


def test_no_permission_is_told(tmp_path, monkeypatch):
    path = tmp_path / "secret.txt"
    path.write_text("x")
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser reads all the same

        def refuse(*_):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(DataError, match="no permission to read"):
        PlainLines().read(path)


def test_a_suffix_names_the_format():
    kinds = {"a.csv": Delimited, "a.TSV.gz": Delimited, "x.ndjson": JsonLines, "x.jsonl.gz": JsonLines}
    kinds |= {"p.parquet": Parquet, "p.txt": PlainLines}
    assert {name: type(reader_for(name)) for name in kinds} == kinds
    assert (reader_for("a.tsv").delimiter, reader_for("a.csv", text="t").text) == ("\t", "t")
    with pytest.raises(DataError, match=r"'.json' names no format. Did you mean '.jsonl'\?.*\.parquet"):
        reader_for("a.json")
    with pytest.raises(DataError, match="a name without a suffix"):
        reader_for("data.gz")


@pytest.mark.parametrize("argument", [{"text": "t"}, {"label": "x"}, {"label_separator": ";"}])
@pytest.mark.parametrize("kind", [FastText, PlainLines])
def test_formats_without_columns_refuse_them(kind, argument):
    with pytest.raises(ConfigError, match="has no columns"):
        kind(**argument)


def test_constructor_mistakes():
    with pytest.raises(ConfigError, match="There is no encoding 'utf-88'"):
        JsonLines(encoding="utf-88")
    with pytest.raises(ConfigError, match="label_separator is empty"):
        JsonLines(label_separator="")


@pytest.mark.parametrize(
    ("columns", "text", "label"),
    [
        (["Label", "id", "TEXT"], ("TEXT",), "Label"),
        (["title", "text", "category", "class"], ("text",), "class"),
        (["sentence", "y"], ("sentence",), "y"),
        (["t", "Sentiment"], ("t",), "Sentiment"),
        (["review", "stars"], ("review",), "stars"),
    ],
)
def test_columns_are_found(columns, text, label):
    chosen = choose_columns(columns, None, None, True, "f:1")
    assert (chosen.text, chosen.label) == (text, label)


def test_columns_that_are_given():
    chosen = choose_columns(["a", "b", "text", "label"], ["b", "a"], "a", True, "f:1")
    assert (chosen.text, chosen.label) == (("b", "a"), "a")
    with pytest.raises(DataError, match=r"f:1: there is no column 'txt'\. Did you mean 'text'"):
        choose_columns(["text", "label"], "txt", None, True, "f:1")
    with pytest.raises(DataError, match="'a' stands there 2 times"):
        choose_columns(["a", "a", "label"], "a", None, True, "f:1")


def test_columns_that_cannot_be_found():
    with pytest.raises(DataError, match=r"f:1: .*data\.text=NAME.*data\.label=NAME.*'a', 'b', 'c'"):
        choose_columns(["a", "b", "c"], None, None, True, "f:1")
    with pytest.raises(DataError, match=r"which column holds the label"):
        choose_columns(["text", "b", "c"], None, None, True, "f:1")
    with pytest.raises(DataError, match=r"which column holds the text"):
        choose_columns(["x"], None, None, False, "f:1")


def test_labels_may_be_missing_where_none_are_needed():
    assert choose_columns(["text", "id"], None, None, False, "f").label is None
    assert choose_columns(["text"], None, "gold", False, "f").label is None
    assert choose_columns(["text", "label"], None, None, False, "f").label == "label"


def test_several_text_columns_and_a_separator(tmp_path):
    path = tmp_path / "d.csv"
    path.write_text("title,body,tags\nA,b c,x; y\nD,, z \nE,f,\n")
    rows = Delimited(",", text=["title", "body"], label="tags", label_separator=";").read(path)
    assert [(row.text, row.labels) for row in rows] == [("A\nb c", ("x", "y")), ("D\n", ("z",)), ("E\nf", ())]


def test_what_labels_become(tmp_path):
    path = tmp_path / "d.jsonl"
    cells = ["a ", 1, 1.0, 1.5, True, False, ["x", 2], [], -3, 10**20]
    path.write_text("".join(json.dumps({"text": "t", "label": cell}) + "\n" for cell in cells))
    expected = [("a",), ("1",), ("1",), ("1.5",), ("true",), ("false",), ("x", "2"), (), ("-3",), (str(10**20),)]
    assert [row.labels for row in JsonLines().read(path)] == expected
    table = {"text": ["t"] * 2, "label": [[1.0, 2.0], [0.5]]}
    pq.write_table(pa.table(table), path)
    assert [row.labels for row in Parquet().read(path)] == [("1", "2"), ("0.5",)]


@pytest.mark.parametrize("cell", [None, "", "  ", float("nan")])
def test_a_missing_label_is_told_with_its_line(tmp_path, cell):
    path = tmp_path / "d.jsonl"
    path.write_text('{"text": "a", "label": "x"}\n' + json.dumps({"text": "t", "label": cell}) + "\n")
    with pytest.raises(DataError, match=r"d\.jsonl:2: the label is missing in column 'label'"):
        JsonLines().read(path)
    assert JsonLines().read(path, labelled=False)[1] == Example("t", (), str(path), 2)


@pytest.mark.parametrize("cell", [{"a": 1}, ["x", None], ["x", " "], [["x"]]])
def test_a_label_that_is_none(tmp_path, cell):
    path = tmp_path / "d.jsonl"
    path.write_text(json.dumps({"text": "t", "label": cell}) + "\n")
    with pytest.raises(DataError, match=r"d\.jsonl:1: .*'label'"):
        JsonLines().read(path)
