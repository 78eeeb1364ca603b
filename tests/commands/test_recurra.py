"""`recurra predict` and `recurra evaluate`, typed as their user would type them."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import conftest
import pytest
from conftest import TINY, place_apart, sentences, write_csv

import recurra
from recurra.commands.main import main

AWKWARD = [
    "很好吃，味道不错",
    "it's great",
    'he said "no"',
    "a=b, c=d (x)?",
    "-1 star",
    "--not-an-option",
    "-",
    "[brackets] {braces}",
    "${HOME} `ls` $(ls)",
    "back\\slash\\",
    "tab\tand\nnewline",
    "😀 emoji",
    "100",
    "null",
    " ",
    "<pad> <unk>",
]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    with place_apart(tmp_path_factory, 240) as place:
        results = recurra.train([*TINY, "trainer.max_epochs=8", "optimizer.lr=0.01"])
        return str((place / results.folder / "checkpoints" / "best.ckpt").resolve())


def typed(capsys, *arguments, stdin=None, monkeypatch=None):
    if stdin is not None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
    return conftest.typed(capsys, main, *arguments)


def test_a_text_is_answered_from_any_folder(capsys, checkpoint):
    code, out, _ = typed(capsys, "predict", checkpoint, "the coach and the team", "a song of the band")
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == ["sport", "music"]
    assert re.search(r"sport 0\.\d{3}", out)


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_texts_are_read_as_typed(capsys, checkpoint, text):
    code, out, err = typed(capsys, "predict", checkpoint, text)
    assert code == 0, err
    assert out.rstrip("\n").endswith(text.rstrip("\n"))


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "txt"])
def test_files_keep_their_order(capsys, checkpoint, own_place, suffix):
    rows = sentences(50, seed=4)
    texts = [text for _, text in rows]
    source = own_place / f"new.{suffix}"
    if suffix == "jsonl":
        source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    elif suffix == "txt":
        source.write_text("\n".join(texts))
    else:
        source.write_text("\n".join(["text", *texts]) + "\n")
    code, out, err = typed(capsys, "predict", checkpoint, "--input", str(source), "--output", "answers.jsonl")
    assert (code, out, err) == (0, "", "")
    answers = [json.loads(line) for line in Path("answers.jsonl").read_text().splitlines()]
    assert [answer["text"] for answer in answers] == texts
    assert sum(answer["label"] == label for answer, (label, _) in zip(answers, rows, strict=True)) > 40
    assert sum(answers[0]["probabilities"].values()) == pytest.approx(1, abs=1e-4)


def test_standard_input_to_standard_output(capsys, checkpoint, monkeypatch):
    code, out, _ = typed(
        capsys, "predict", checkpoint, "--input", "-", stdin=b"the coach\n\na song\n", monkeypatch=monkeypatch
    )
    assert code == 0
    labels = [json.loads(line)["label"] for line in out.splitlines()]
    assert (labels[0], labels[-1]) == ("sport", "music")


def test_csv_answers_have_a_column_a_label(capsys, checkpoint):
    Path("new.csv").write_text('text\n"coach, team"\n')
    typed(capsys, "predict", checkpoint, "--input", "new.csv", "--output", "answers.csv")
    (row,) = csv.DictReader(Path("answers.csv").read_text().splitlines())
    assert row["text"] == "coach, team"
    assert row["label"] == "sport"
    probabilities = {name: float(row[f"probability_{name}"]) for name in ("sport", "money", "music")}
    assert probabilities["sport"] == max(probabilities.values())
    assert sum(probabilities.values()) == pytest.approx(1, abs=1e-4)


def test_a_class_may_be_called_like_a_column(capsys, own_place):
    write_csv(own_place / "topics.csv", [(("text", "label")[i % 2], text) for i, (_, text) in enumerate(sentences(60))])
    results = recurra.train([*TINY, "trainer.max_steps=2"])
    (own_place / "new.csv").write_text("text\ncoach\n")
    typed(capsys, "predict", f"{results.folder}/checkpoints/best.ckpt", "--input", "new.csv", "--output", "out.csv")
    (row,) = csv.DictReader(Path("out.csv").read_text().splitlines())
    assert row["text"] == "coach"
    assert row["label"] in ("text", "label")
    assert float(row["probability_text"]) + float(row["probability_label"]) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("order", [["--label", "topic", "{}", "new.csv"], ["{}", "--label", "topic", "new.csv"]])
def test_options_are_typed_anywhere(capsys, checkpoint, own_place, order):
    write_csv(own_place / "new.csv", sentences(30), header=("topic", "text"))
    code, _, err = typed(capsys, "evaluate", *[part.format(checkpoint) for part in order])
    assert (code, err) == (0, "")
    write_csv(own_place / "new.csv", sentences(3), header=("topic", "text, title"))
    code, out, _ = typed(capsys, "predict", "--input", "new.csv", "--text", "text, title", checkpoint)
    assert (code, len(out.splitlines())) == (0, 3)


def test_a_column_that_is_not_there_is_told_with_the_option_that_says_which(capsys, checkpoint):
    Path("new.csv").write_text("one,two\ncoach,team\n")
    code, _, err = typed(capsys, "predict", checkpoint, "--input", "new.csv")
    assert code == 2
    assert "--text" in err
    assert "data.text" not in err


def test_a_misspelt_option_is_no_text(capsys, checkpoint):
    code, out, err = typed(capsys, "predict", checkpoint, "--imput", "new.csv")
    assert (code, out) == (2, "")
    assert "--imput" in err


def test_a_bad_row_is_told_with_its_line_and_the_others_are_answered(capsys, checkpoint):
    Path("new.jsonl").write_text('{"text": "coach"}\n{"text": \n{"text": "song"}\n')
    code, out, err = typed(capsys, "predict", checkpoint, "--input", "new.jsonl")
    assert code == 2
    assert "new.jsonl:2" in err
    assert [json.loads(line)["line"] for line in out.splitlines()] == [1, 3]


def test_labels_that_nobody_asks_for_cannot_be_wrong(capsys, checkpoint):
    Path("new.jsonl").write_text('{"text": "coach", "label": {"a": 1}}\n{"text": "song", "label": ["", null]}\n')
    code, out, err = typed(capsys, "predict", checkpoint, "--input", "new.jsonl")
    assert (code, err) == (0, "")
    assert [json.loads(line)["label"] for line in out.splitlines()] == ["sport", "music"]


@pytest.mark.parametrize("content", ["", "text\n", "\n\n"])
def test_a_file_without_rows_is_told_and_leaves_no_answers(capsys, checkpoint, content):
    Path("new.csv").write_text(content)
    code, _, err = typed(capsys, "predict", checkpoint, "--input", "new.csv", "--output", "answers.csv")
    assert code == 2
    assert "new.csv: " in err
    assert not list(Path().glob("answers*"))


def test_an_unclosed_quote_says_how_much_it_swallowed(capsys, checkpoint):
    Path("new.csv").write_text('text\ncoach\n"song\n' + "goal\n" * 40)
    code, out, err = typed(capsys, "predict", checkpoint, "--input", "new.csv")
    assert code == 2
    assert "new.csv:3: a quote opened" in err
    assert "swallowed 40 more lines" in err
    assert [json.loads(line)["label"] for line in out.splitlines()] == ["sport"]


def test_a_text_file_of_answers_has_a_label_a_line(capsys, checkpoint):
    code, _, _ = typed(capsys, "predict", checkpoint, "the coach", "a song", "--output", "answers.txt")
    assert code == 0
    assert Path("answers.txt").read_text() == "sport\nmusic\n"


def test_several_labels_are_a_list_however_many(capsys):
    pairs = zip(sentences(80, labels=("sport", "music")), sentences(80, seed=9, labels=("money",)), strict=True)
    both = [(f"{a}|{b}", f"{x} {y}") for (a, x), (b, y) in pairs]
    write_csv(Path("topics.csv"), [*sentences(160, labels=("sport", "music"), seed=3), *both])
    options = ["task=multilabel", "data.label_separator=|", "optimizer.lr=0.02", "trainer.max_epochs=15"]
    results = recurra.train([*TINY, *options])
    code, _, _ = typed(
        capsys, "predict", results.best_checkpoint, "coach goal team", "song market bank band", "--output", "a.jsonl"
    )
    assert code == 0
    answers = [json.loads(line)["label"] for line in Path("a.jsonl").read_text().splitlines()]
    predicted = recurra.Predictor.load(results.best_checkpoint).predict(["coach goal team", "song market bank band"])
    assert answers[0] == ["sport"]
    assert answers == [list(answer.labels) for answer in predicted]


@pytest.mark.slow
def test_a_model_of_one_s_own_needs_trust(capsys, own_place):
    (own_place / "mine.py").write_text(
        "from recurra.nn.encoders import GRU\n\n\ndef small(input_size, hidden_size: int):\n"
        "    return GRU(input_size, hidden_size=hidden_size, num_layers=1, bidirectional=False, dropout=0.0,\n"
        "               pooling='max', recurrent_init='uniform')\n"
    )
    write_csv(own_place / "topics.csv", sentences(120))
    environment = {**os.environ, "PYTHONPATH": str(own_place)}

    def run(module, *arguments):
        command = [sys.executable, "-m", f"recurra.commands.{module}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)

    (own_place / "conf" / "model").mkdir(parents=True)
    (own_place / "conf" / "model" / "mine.yaml").write_text("_target_: mine.small\n_partial_: true\nhidden_size: 8\n")
    done = run("train", "--config-dir", "conf", "model=mine", *TINY, "model.hidden_size=9", "hydra.run.dir=run")
    assert done.returncode == 0, done.stderr
    refused = run("main", "predict", "run/checkpoints/best.ckpt", "coach")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "mine.small" in refused.stderr
    assert "--trust mine" in refused.stderr
    answered = run("main", "predict", "run/checkpoints/best.ckpt", "coach", "--trust", "mine")
    assert answered.returncode == 0, answered.stderr


def test_an_encoding_is_told_with_the_option_that_cures_it_and_not_for_every_row(capsys, checkpoint):
    Path("gb.csv").write_bytes(("text\n" + "很好吃\n" * 30).encode("gb18030"))
    code, _, err = typed(capsys, "predict", checkpoint, "--input", "gb.csv")
    assert code == 2
    assert "--encoding gb18030" in err
    assert len(err.splitlines()) == 11
    code, out, _ = typed(capsys, "predict", checkpoint, "--input", "gb.csv", "--encoding", "gb18030")
    assert (code, len(out.splitlines())) == (0, 30)


@pytest.mark.parametrize(
    ("texts", "part"),
    [("coach", r"predict\(\[text\]\)"), (7, "list of texts, not 7"), (["coach", None], "number 1 is None")],
)
def test_what_is_no_list_of_texts_is_told(checkpoint, texts, part):
    with pytest.raises(TypeError, match=part):
        recurra.Predictor.load(checkpoint).predict(texts)


def test_texts_come_from_anything_that_gives_them(checkpoint):
    answers = recurra.Predictor.load(checkpoint).predict(text for text in ("the coach", "a song"))
    assert [answer.label for answer in answers] == ["sport", "music"]


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_error(checkpoint):
    Path("many.txt").write_text("the coach\n" * 20000)
    command = f"'{sys.executable}' -m recurra.commands.main predict '{checkpoint}' --input many.txt | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=120)
    assert json.loads(done.stdout)["label"] == "sport"
    assert done.stderr == ""


def test_evaluate_gives_the_run_s_own_figures(capsys, checkpoint):
    code, out, err = typed(capsys, "evaluate", checkpoint)
    assert code == 0, err
    told = json.loads((Path(checkpoint).parent.parent / "results.json").read_text())["test"]
    for name in ("loss", "accuracy", "f1_macro", "calibration_error"):
        assert f"{name} {told[name]:.4f}" in out
    log = (Path(checkpoint).parent.parent / "train.log").read_text()
    table = [line.strip() for line in out.splitlines() if line.strip()]
    assert all(line in log for line in table[1:])


def test_evaluate_refuses_splits_of_data_that_has_changed(capsys, own_place):
    rows = sentences(120)
    path = write_csv(own_place / "topics.csv", rows)
    best = recurra.train([*TINY, "trainer.max_steps=1"]).best_checkpoint
    capsys.readouterr()
    for changed in (rows[::-1], rows[:-1], [*rows, ("sport", "a new text")], [("music", rows[0][1]), *rows[1:]]):
        write_csv(path, changed)
        code, out, err = typed(capsys, "evaluate", best)
        assert (code, out) == (2, "")
        assert "no longer what" in err
    write_csv(path, rows)
    assert typed(capsys, "evaluate", best)[0] == 0


def test_evaluate_scores_a_file(capsys, checkpoint):
    write_csv(Path("new.csv"), sentences(30, seed=8))
    code, out, _ = typed(capsys, "evaluate", checkpoint, "new.csv")
    assert code == 0
    assert "new.csv: 30 rows" in out


def test_a_model_of_fasttext_files_reads_them_again(capsys):
    Path("t.txt").write_text("".join(f"__label__{label} {text}\n" for label, text in sentences(120)))
    options = [o for o in TINY if not o.startswith("data")]
    results = recurra.train([*options, "data=fasttext", "data.train=t.txt", "trainer.max_steps=1"])
    best = f"{results.folder}/checkpoints/best.ckpt"
    code, out, err = typed(capsys, "evaluate", best, "t.txt")
    assert code == 0, err
    assert "t.txt: 120 rows" in out
    code, out, _ = typed(capsys, "predict", best, "--input", "t.txt")
    assert code == 0
    assert "__label__" not in out


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["predict", "CKPT"], "Give either texts or --input"),
        (["predict", "CKPT", "--input", "lost.csv"], "lost.csv"),
        (["predict", "CKPT", "--input", "topics.xyz"], ".xyz"),
        (["predict", "lost.ckpt", "text"], "no checkpoint lost.ckpt"),
        (["predict", "CKPT", "text", "--output", "a.xml"], "'.xml'"),
        (["predict", "CKPT", "text", "--output", "lost/a.csv"], "lost/a.csv"),
        (["predict", "CKPT", "--input", "labels.csv", "--output", "labels.csv"], "the input itself"),
        (["predict", "CKPT", "--input", "nowhere.csv"], "nowhere.csv: there is no such file"),
        (["evaluate", "CKPT", "labels.csv"], "labels.csv:2: label 'sports'"),
    ],
)
def test_mistakes_get_one_message(capsys, checkpoint, arguments, part):
    Path("topics.xyz").write_text("x")
    Path("labels.csv").write_text("label,text\nsports,the coach\n")
    code, _, err = typed(capsys, *[a.replace("CKPT", checkpoint) for a in arguments])
    assert code == 2
    assert err.startswith("error: ")
    assert part in err, err


def test_a_checkpoint_that_asks_for_other_code_is_refused(capsys, checkpoint, own_place):
    import torch

    content = torch.load(checkpoint, weights_only=True)
    content["recurra"]["config"]["model"] = {"_target_": "os.system", "command": "touch hacked"}
    torch.save(content, "evil.ckpt")
    code, _, err = typed(capsys, "predict", "evil.ckpt", "text")
    assert code == 2
    assert "os.system" in err
    assert not (own_place / "hacked").exists()


class Pickled:
    def __reduce__(self):
        return print, ("run!",)


def test_pickled_code_and_damage_are_refused(capsys, checkpoint):
    import torch

    torch.save(Pickled(), "code.ckpt")
    data = Path(checkpoint).read_bytes()
    Path("short.ckpt").write_bytes(data[: len(data) // 2])
    Path("text.ckpt").write_text("hello")
    torch.save({"state_dict": {}}, "other.ckpt")
    for name in ("code.ckpt", "short.ckpt", "text.ckpt", "other.ckpt"):
        code, out, err = typed(capsys, "predict", name, "text")
        assert code == 2, name
        assert name in err
        assert "run!" not in out
