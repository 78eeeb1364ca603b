"""Numbers for texts, from the command line to a finished model."""

import csv
import json
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from conftest import TINY, WORDS, place_apart, sentences, typed, write_csv
from refusals import refusal

import recurra
from recurra.commands.main import main
from recurra.commands.train import main as train


def numbered(rows, seed=0):
    """How many words of music stand in each text, less one and a half."""
    return [
        (str(sum(word in WORDS["music"] for word in text.split()) - 1.5), text) for _, text in sentences(rows, seed)
    ]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    with place_apart(tmp_path_factory, 1) as place:
        write_csv(place / "numbers.csv", numbered(300))
        options = ["data.train=numbers.csv", "task=regression", "task.dropout=0", "embedding.dropout=0"]
        results = recurra.train([*TINY, *options, "trainer.max_epochs=10", "optimizer.lr=0.01", "data.max_length=16"])
        return place / results.folder, results


def test_it_learns_numbers(finished):
    folder, results = finished
    rows = pq.read_table(folder / "predictions_test.parquet").to_pylist()
    assert len(rows) == results.test["rows"] == 30
    assert results.test["loss"] == pytest.approx(sum((r["gold"] - r["predicted"]) ** 2 for r in rows) / 30)
    assert results.test["r2"] > 0.7
    assert (results.monitor, results.mode, results.verb) == ("loss", "min", "predict")
    assert {row["text"] for row in rows} <= {text for _, text in numbered(300)}
    assert "squared error" not in (folder / "train.log").read_text()
    assert (folder / "learning_curve.png").exists()


def test_predict_tells_a_number(capsys, finished):
    best = str(finished[0] / "checkpoints" / "best.ckpt")
    texts = ["song band album guitar", "the market"]
    values = [answer.value for answer in recurra.Predictor.load(best).predict(texts)]
    assert values[0] - values[1] > 2
    code, out, _ = typed(capsys, main, "predict", best, *texts)
    assert (code, out) == (0, "".join(f"{value:.4g}\t{text}\n" for value, text in zip(values, texts, strict=True)))


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "txt"])
def test_files_of_numbers(capsys, finished, suffix):
    best = str(finished[0] / "checkpoints" / "best.ckpt")
    Path("new.csv").write_text("text\nsong band album guitar\nthe market\n")
    values = [answer.value for answer in recurra.Predictor.load(best).predict(["song band album guitar", "the market"])]
    assert typed(capsys, main, "predict", best, "--input", "new.csv", "--output", f"answers.{suffix}")[0] == 0
    text = Path(f"answers.{suffix}").read_text()
    if suffix == "txt":
        found = [float(line) for line in text.splitlines()]
    elif suffix == "csv":
        rows = list(csv.DictReader(text.splitlines()))
        assert list(rows[0]) == ["line", "text", "value"]
        found = [float(row["value"]) for row in rows]
    else:
        rows = [json.loads(line) for line in text.splitlines()]
        assert list(rows[0]) == ["line", "text", "value"]
        found = [row["value"] for row in rows]
    assert found == pytest.approx(values)


def test_evaluate_scores_the_run_s_own_rows_and_a_file(capsys, finished):
    folder, results = finished
    best = str(folder / "checkpoints" / "best.ckpt")
    _, out, _ = typed(capsys, main, "evaluate", best)
    assert f"rmse {results.test['rmse']:.4f}" in out
    write_csv(Path("more.csv"), numbered(40, seed=7))
    code, out, _ = typed(capsys, main, "evaluate", best, "more.csv")
    assert code == 0
    assert "more.csv: 40 rows" in out
    assert float(re.search(r"r2 (\S+)", out)[1]) > 0.7


def test_a_label_that_is_no_number_is_told_with_file_and_line(capsys, finished):
    rows = numbered(40)
    rows[4] = ("many", rows[4][1])
    write_csv(Path("bad.csv"), rows)
    message = refusal(capsys, train, *TINY, "data.train=bad.csv", "task=regression")
    assert re.search(r"bad\.csv:6: 'many' came", message)
    best = str(finished[0] / "checkpoints" / "best.ckpt")
    assert "bad.csv:6: 'many' came" in refusal(capsys, main, "evaluate", best, "bad.csv")
