import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from filelock import FileLock
from made_runs import answers, made_run
from made_sweep import run_folder

from recurra.analysis.answers import ANSWERS
from recurra.report.report import report
from recurra.report.runs import Left, Run, read_run


def changed(folder, **figures):
    """The same results with other figures."""
    file = folder / "results.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **figures}))
    return folder


def test_a_run_is_what_was_typed_for_it(tmp_path):
    typed = ["model=gru", "++model.hidden_size=64", "data.text='a b'", "~callbacks", "logger=null", "hydra.run.dir=x"]
    run = read_run(made_run(tmp_path / "run", answers(4, 2), "model=gru", "model.hidden_size=64"))
    assert isinstance(run, Run)
    run.results.overrides[:] = [*typed, "tags=[a]", "hydra/launcher=processes"]
    assert run.typed == {"model": "gru", "model.hidden_size": "64", "data.text": "a b", "callbacks": "null"}
    assert run.changes == ["model.hidden_size", "callbacks"]
    assert run.data == "data=bbc_news data.text=a b task=classification"


def test_values_are_those_of_the_configuration_where_it_has_them(tmp_path):
    run = read_run(made_run(tmp_path / "run", answers(4, 2), "experiment=x", "seed=3", "data.batch_size=8"))
    known = {
        key: run.value(key) for key in ("model", "model.hidden_size", "model.pooling", "experiment", "optimizer.lr")
    }
    assert known == {
        "model": "lstm",
        "model.hidden_size": 128,
        "model.pooling": "[mean,max]",
        "experiment": "x",
        "optimizer.lr": None,
    }
    assert run.repeat == {"seed": 3, "data.split_seed": 0}


def test_what_must_be_alike_is_the_rows_and_the_score_and_for_losses_of_tokens_the_tokens(tmp_path):
    def ground(name, *overrides, task="Classification", **figures):
        folder = made_run(tmp_path / name, answers(4, 2), *overrides, **figures)
        config = yaml.safe_load((folder / "config.yaml").read_text())
        config["task"]["_target_"] = f"recurra.tasks.{task}"
        (folder / "config.yaml").write_text(yaml.safe_dump(config))
        return read_run(folder).ground

    own = ground("own")
    assert own == ground(
        "read otherwise", "data.batch_size=8", "data.split_seed=2", "data.fold=1", "model=gru", "seed=1"
    )
    assert own == ground("other words", "tokenizer.min_frequency=1")
    assert own != ground("other rows", "data.train=other.csv")
    assert own != ground("other score", monitor="loss")
    language = ground("words", task="LanguageModel")
    assert language == ground("same words", "model=gru", task="LanguageModel")
    assert language != ground("rarer words", "tokenizer.min_frequency=1", task="LanguageModel")


@pytest.mark.parametrize(
    ("figures", "status", "why"),
    [
        ({"status": "failed", "error": "no memory"}, "failed", "no memory"),
        ({"status": "interrupted", "signal": "SIGTERM"}, "interrupted", "SIGTERM"),
        ({"status": "pruned"}, "pruned", ""),
        ({"status": "running"}, "killed", "its process ended without a word"),
        ({"validation": {}}, "finished", "no accuracy of the validation split"),
        ({"validation": {"accuracy": float("nan")}}, "finished", "no accuracy of the validation split"),
    ],
)
def test_a_run_that_is_not_compared_is_told_with_the_reason(tmp_path, figures, status, why):
    folder = changed(made_run(tmp_path / "run", answers(4, 2), "model=gru"), **figures)
    assert read_run(folder) == Left(folder, status, why, ("model=gru",))


def test_a_run_that_goes_on_is_told_so(tmp_path):
    folder = changed(made_run(tmp_path / "run", answers(4, 2)), status="running")
    with FileLock(folder / ".lock"):
        assert read_run(folder) == Left(folder, "running")
    assert read_run(folder).status == "killed"


def test_files_that_cannot_be_read_are_told(tmp_path):
    torn = made_run(tmp_path / "torn", answers(4, 2))
    (torn / "results.json").write_text("{")
    assert read_run(torn).status == "unreadable"
    assert read_run(torn).why.startswith("results.json: ")
    newer = changed(made_run(tmp_path / "newer", answers(4, 2)), unheard_of=1)
    assert "unheard_of" in read_run(newer).why
    gone = made_run(tmp_path / "gone", answers(4, 2))
    (gone / "config.yaml").unlink()
    assert read_run(gone) == Left(gone, "unreadable", "config.yaml: No such file or directory")
    own = made_run(tmp_path / "own", answers(4, 2))
    (own / "config.yaml").write_text("task: {_target_: mine.Task}")
    assert read_run(own).why.startswith("task._target_: 'mine.Task' cannot be imported")
    without = run_folder(tmp_path / "without", None)
    (without / "results.json").unlink()
    assert read_run(without) == Left(without, "killed", "its process ended without a word")


def test_a_file_that_is_damaged_leaves_its_own_run_alone_out(tmp_path):
    torn = made_run(tmp_path / "torn", answers(4, 2))
    (torn / ANSWERS).write_bytes((torn / ANSWERS).read_bytes()[:300])
    found = read_run(torn)
    assert (found.status, found.why.startswith(f"{ANSWERS}: ")) == ("unreadable", True)
    other = made_run(tmp_path / "other", {"row": [0], "gold": ["yes"], "predicted": ["no"]})
    pq.write_table(pa.table({"row": [0], "gold": ["yes"]}), other / ANSWERS)
    assert read_run(other) == Left(other, "unreadable", f"{ANSWERS}: no column predicted")
    words = changed(made_run(tmp_path / "words", answers(4, 2)), validation={"accuracy": "abc"})
    assert read_run(words) == Left(words, "unreadable", "results.json: accuracy is 'abc', and no number")
    nothing = changed(made_run(tmp_path / "nothing", answers(4, 2)), validation=None)
    assert read_run(nothing).why.startswith("results.json: ")
    empty = made_run(tmp_path / "empty", answers(4, 2))
    (empty / "config.yaml").write_text("[]")
    assert read_run(empty) == Left(empty, "unreadable", "config.yaml: it has no task")
    made_run(tmp_path / "whole", answers(4, 2))
    found = report([tmp_path])
    assert (found.runs, len(found.left)) == (1, 5)
