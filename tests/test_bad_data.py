"""Malformed data files through `recurra-train`: each gets one message that says where, what was expected, the cure."""

import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import sentences
from refusals import refusal

from recurra.commands.train import main

ROWS = sentences(60)
GOOD = "label,text\n" + "".join(f"{label},{text}\n" for label, text in ROWS)
LINES = "".join(json.dumps({"label": label, "text": text}) + "\n" for label, text in ROWS)
FASTTEXT = "".join(f"__label__{label} {text}\n" for label, text in ROWS)
HEADER = "label,text\n"
TAGGED = "".join(f"Ann{n} B-P\nsang. O\n\n" for n in range(60))


def parquet(**columns):
    stream = io.BytesIO()
    pq.write_table(pa.table(columns), stream)
    return stream.getvalue()


PARQUET = parquet(label=[label for label, _ in ROWS], text=[text for _, text in ROWS])

FILES = [
    # file, its content, more overrides, what the message says
    ("t.csv", "", "", ["t.csv"]),
    ("t.csv", "\n\n\n", "", ["t.csv"]),
    ("t.csv", HEADER, "", ["t.csv"]),
    ("t.csv", GOOD.replace(",", ";"), "", ["t.csv"]),
    ("t.csv", GOOD.replace(",", "\t"), "", ["t.csv"]),
    ("t.csv", GOOD.replace(",", "|"), "", ["t.csv"]),
    ("t.csv", GOOD.replace(HEADER, "one,two\n"), "", ["t.csv", "data.text=", "data.label=", "'one', 'two'"]),
    ("t.csv", GOOD.replace(HEADER, "label,label\n"), "", ["t.csv"]),
    ("t.csv", GOOD.replace(HEADER, "text,text\n"), "", ["t.csv"]),
    ("t.csv", GOOD.replace(HEADER, ",\n"), "", ["t.csv"]),
    ("t.csv", GOOD.replace(HEADER, ""), "", ["t.csv"]),
    ("t.csv", GOOD, "data.text=txt", ["t.csv"]),
    ("t.csv", GOOD, "data.text=[text,txt]", ["t.csv"]),
    ("t.csv", GOOD, "data.label=text", ["t.csv"]),
    ("t.csv", GOOD, "data.delimiter=;", ["'delimiter'", "What exists"]),
    ("t.csv", GOOD, "data.delimiter=ab", ["delimiter"]),
    ("t.csv", GOOD + "sport\n", "", ["t.csv:62"]),
    ("t.csv", GOOD + "sport,coach,team\n", "", ["t.csv:62"]),
    ("t.csv", GOOD + 'sport,"coach\n', "", ["t.csv:62"]),
    ("t.csv", GOOD + 'sport,"coach" team\n', "", ["t.csv:62"]),
    ("t.csv", HEADER + 'sport,"coach\n' + GOOD.removeprefix(HEADER), "", ["t.csv:2"]),
    ("t.csv", GOOD + "sport,co\0ach\n", "", ["t.csv:62"]),
    ("t.csv", GOOD.encode() + b"sport,co\xffach\n", "", ["t.csv:62"]),
    ("t.csv", GOOD.encode() + "sport,足球比赛很精彩，教练很好\n".encode("gb18030"), "", ["t.csv:62", "gb18030"]),
    ("t.csv", GOOD.encode("utf-16-le"), "", ["t.csv"]),
    ("t.csv", GOOD.encode("utf-16-be"), "", ["t.csv"]),
    ("t.csv", GOOD.encode("utf-16"), "data.encoding=utf-8", ["t.csv"]),
    ("t.csv", GOOD.encode("utf-32"), "data.encoding=gb18030", ["t.csv"]),
    ("t.csv", GOOD, "data.encoding=utf8x", ["utf8x"]),
    ("t.csv", GOOD, "data.encoding=utf-16", ["t.csv"]),
    ("t.csv", GOOD + "," + "coach " * 200_000 + "\n", "", ["t.csv:62"]),
    ("t.csv", GOOD + ",a coach\n", "", ["t.csv:62"]),
    ("t.csv", gzip.compress(GOOD.encode(), mtime=0)[:-20], "", ["t.csv"]),
    ("t.csv.gz", gzip.compress(GOOD.encode(), mtime=0)[:40], "", ["t.csv.gz"]),
    ("t.csv", PARQUET, "", ["t.csv", "Parquet"]),
    ("t.csv", b"PK\x03\x04" + bytes(100), "", ["t.csv", "Excel"]),
    ("t.csv", b"%PDF-1.7\n" + bytes(100), "", ["t.csv", "PDF"]),
    ("t.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "", ["t.csv"]),
    ("t.csv", bytes(1000), "", ["t.csv"]),
    ("t.csv", bytes(range(256)) * 10, "", ["t.csv"]),
    ("t.csv", HEADER + "sport,coach\n", "", ["label 'sport'", "two classes or more"]),
    ("t.csv", HEADER + "sport,coach\n" * 50, "", ["label 'sport'", "two classes or more"]),
    (
        "t.csv",
        HEADER + "sport,coach\nmusic,coach\n" * 50,
        "",
        ["no training rows are left", "100 two different labels"],
    ),
    (
        "t.csv",
        HEADER + "".join(f"sport,{text}\n" for _, text in ROWS),
        "",
        ["all 60 training rows have the label 'sport'"],
    ),
    ("t.csv", HEADER + "".join(f"{label},  \n" for label, _ in ROWS), "", ["60 empty text"]),
    ("t.csv", HEADER + "".join(f",{text}\n" for _, text in ROWS), "", ["t.csv"]),
    ("t.csv", HEADER + "".join(f"{row},{text}\n" for row, (_, text) in enumerate(ROWS)), "", ["t.csv"]),
    ("t.csv", GOOD, "task=binary", ["binary"]),
    ("t.csv", GOOD, "task=multilabel data.label_separator=''", ["label_separator"]),
    ("t.csv", GOOD, "data.test=lost.csv", ["lost.csv"]),
    ("t.csv", GOOD, "data.validation=lost.csv", ["lost.csv"]),
    ("t.csv", GOOD, "data.unlabelled=t.csv", ["data.unlabelled: this task learns from labels", "init_from=CHECKPOINT"]),
    ("t.csv", GOOD, "task=cloze data.unlabelled=[t.csv,lost.csv]", ["lost.csv"]),
    ("t.txt", GOOD, "data=text data.unlabelled=t.txt", ["running text", "data.train=[FILE,MORE]"]),
    ("t.csv", GOOD, "data.train=.", ["folder"]),
    ("t.csv", GOOD, "data.train=lost.csv", ["lost.csv"]),
    ("t.csv", GOOD, "data.train=t.cvs", ["t.cvs", "t.csv"]),
    ("t.csv", GOOD, "data.train=lost/t.csv", ["lost"]),
    ("t.csv", GOOD, "data.train=[t.csv,lost.csv]", ["lost.csv"]),
    ("t.csv", GOOD, "data.train=''", ["this is a folder"]),
    ("t.csv", GOOD, "data.train=null", ["data.train"]),
    ("t.tsv", GOOD, "data=tsv", ["t.tsv"]),
    ("t.jsonl", LINES[:-10], "data=jsonl", ["t.jsonl:60"]),
    ("t.jsonl", json.dumps([json.loads(line) for line in LINES.splitlines()]), "data=jsonl", ["t.jsonl:1"]),
    ("t.jsonl", json.dumps([json.loads(line) for line in LINES.splitlines()], indent=1), "data=jsonl", ["t.jsonl:1"]),
    ("t.jsonl", LINES + "3\n", "data=jsonl", ["t.jsonl:61"]),
    ("t.jsonl", LINES + "null\n", "data=jsonl", ["t.jsonl:61"]),
    ("t.jsonl", LINES + "{}\n", "data=jsonl", ["t.jsonl:61"]),
    ("t.jsonl", LINES + '{"text": "coach"}\n', "data=jsonl", ["t.jsonl:61", "label"]),
    ("t.jsonl", LINES + '{"label": "sport"}\n', "data=jsonl", ["t.jsonl:61", "text"]),
    ("t.jsonl", LINES + '{"label": "sport", "text": {"a": 1}}\n', "data=jsonl", ["t.jsonl:61", "text"]),
    ("t.jsonl", LINES + '{"label": {"a": 1}, "text": "coach"}\n', "data=jsonl", ["t.jsonl:61", "label"]),
    ("t.jsonl", LINES + '{"label": null, "text": "coach"}\n', "data=jsonl", ["t.jsonl:61", "label"]),
    ("t.jsonl", LINES + "[" * 100_000 + "\n", "data=jsonl", ["t.jsonl:61"]),
    ("t.jsonl", LINES + '{"label": "sport", "text": "\\ud800"}\n', "data=jsonl", ["t.jsonl:61"]),
    ("t.jsonl", GOOD, "data=jsonl", ["t.jsonl:1"]),
    ("t.jsonl", "", "data=jsonl", ["t.jsonl"]),
    ("t.parquet", PARQUET[:-20], "data=parquet", ["t.parquet"]),
    ("t.parquet", PARQUET[: len(PARQUET) // 2], "data=parquet", ["t.parquet"]),
    ("t.parquet", b"", "data=parquet", ["t.parquet"]),
    ("t.parquet", GOOD, "data=parquet", ["t.parquet"]),
    ("t.parquet", parquet(label=[], text=[]), "data=parquet", ["t.parquet"]),
    ("t.parquet", parquet(two=["a", "b"], one=["c", "d"]), "data=parquet", ["t.parquet", "data.text="]),
    ("t.parquet", parquet(label=["a", "b"], text=["c", "d"]), "data=parquet", ["No row is left for validation"]),
    ("t.parquet", parquet(label=["a", "b"], text=[{"a": 1}, {"a": 2}]), "data=parquet", ["t.parquet", "text"]),
    ("t.parquet", parquet(label=["a", None], text=["c", "d"]), "data=parquet", ["t.parquet:2"]),
    ("t.parquet", parquet(label=[b"\xff", b"b"], text=["c", "d"]), "data=parquet", ["t.parquet"]),
    ("t.txt", FASTTEXT + "no label\n", "data=fasttext", ["t.txt:61"]),
    ("t.txt", GOOD, "data=fasttext", ["t.txt"]),
    ("t.txt", "", "data=fasttext", ["t.txt"]),
    ("t.conll", TAGGED, "data=conll task=classification", ["t.conll:", "2 labels", "task=tagging"]),
    ("t.conll", TAGGED, "data=conll tokenizer=word", ["tokenizer=whitespace"]),
    ("t.conll", TAGGED, "data=conll data.label=3", ["t.conll:1", "2 columns", "data.label="]),
    ("t.conll", TAGGED, "data=conll data.label=tag", ["expected the number of one"]),
    ("t.conll", TAGGED, "data=conll data.label_separator=|", ["a word has one tag"]),
    ("t.conll", TAGGED.replace(" ", "|"), "data=conll", ["t.conll:1", "one column"]),
    ("t.conll", TAGGED.replace("B-P", "O"), "data=conll", ["have the label 'O'"]),
    ("t.conll", TAGGED + "Ann\n", "data=conll", ["t.conll:181", "expected 2 as in line 1"]),
    ("t.conll", "", "data=conll", ["t.conll"]),
    ("t.conll", "# text\n\n", "data=conll", ["t.conll", "no rows"]),
    ("t.csv", GOOD, "data=csv task=tagging", ["t.csv:", "words and 1 labels", "data=conll"]),
    ("t.txt", GOOD, "data=text task=classification", ["t: no text has a label", "task=language_model"]),
    ("t.txt", GOOD, "data=text task=regression", ["t: no text has a label", "task=language_model"]),
]


@pytest.mark.parametrize(("name", "content", "options", "parts"), FILES, ids=range(len(FILES)))
def test_malformed_data_is_refused(capsys, own_place, name, content, options, parts):
    (own_place / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    overrides = [f"data.train={name}", *options.split()]
    if "data=" not in options:
        overrides.insert(0, "data=csv")
    message = refusal(capsys, main, *overrides, "embedding.size=8", "model.hidden_size=4", "trainer.max_steps=1")
    for part in parts:
        assert part in message
