"""Hidden words, from a csv file to the words that are told, typed as a user would type it."""

import json
import re
from pathlib import Path

import conftest
import pyarrow.parquet as pq
import pytest
from conftest import place_apart, write_csv

import recurra
from recurra.commands.main import main
from recurra.errors import DataError

ANIMALS = {"cat": "meows", "dog": "barks", "cow": "moos", "duck": "quacks"}
COMMAND = ["data=csv", "data.train=animals.csv", "task=cloze", "embedding.size=12", "model.hidden_size=12"]
COMMAND += ["data.batch_size=8", "optimizer.lr=0.02", "tokenizer.min_frequency=1"]


def rows():
    """What an animal says stands behind it, so that only who reads on knows the animal."""
    told = [
        (when, how) for when in ["now", "then", "here", "soon", "often"] for how in ["softly", "loudly", "", "again"]
    ]
    return [("x", f"{when} the {animal} {said} {how}") for when, how in told for animal, said in ANIMALS.items()]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    with place_apart(tmp_path_factory, 6) as place:
        write_csv(place / "animals.csv", [*rows(), ("y", "now"), ("y", "the")])
        write_csv(place / "test.csv", [*[("x", f"the {animal} {said}") for animal, said in ANIMALS.items()], ("x", "")])
        results = recurra.train([*COMMAND, "data.test=test.csv", "trainer.max_epochs=50", "embedding.dropout=0"])
        return place / results.folder, results


def typed(capsys, finished, verb, *arguments):
    return conftest.typed(capsys, main, verb, str(finished[0] / "checkpoints" / "best.ckpt"), *arguments)


def test_a_text_without_a_token_is_left_out_and_told(finished):
    folder, results = finished
    assert results.test["rows"] == 4
    assert "texts without a token: train 0, validation 0, test 1" in (folder / "train.log").read_text()


def test_predictions_agree_with_the_scores(finished):
    folder, results = finished
    rows = pq.read_table(folder / "predictions_validation.parquet").to_pylist()
    assert len(rows) == results.validation["rows"]
    assert all(row["text"].split()[row["place"]] == row["gold"] for row in rows)
    right = sum(row["gold"] == row["predicted"] for row in rows)
    assert right / len(rows) == pytest.approx(results.validation["accuracy"])
    assert (results.monitor, results.mode, results.sample) == ("loss", "min", "the ___ was great")


def test_a_hidden_word_is_told_from_both_sides(capsys, finished):
    code, out, _ = typed(capsys, finished, "predict", "then the ___ meows", "now the ___ barks again")
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == ["cat", "dog"]


def test_files_are_answered_in_their_order(capsys, finished, own_place):
    (own_place / "new.txt").write_text("now the ___ moos\nthen the ___ quacks\nhere the dog ___\n")
    assert typed(capsys, finished, "predict", "--input", "new.txt", "--output", "out.jsonl")[0] == 0
    answers = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [next(iter(answer["words"][0])) for answer in answers] == ["cow", "duck", "barks"]
    assert all(len(answer["words"][0]) == 10 for answer in answers)


def test_a_text_without_a_blank_is_refused_with_the_cure(capsys, finished):
    code, out, err = typed(capsys, finished, "predict", "the cat meows")
    assert (code, out) == (2, "")
    assert 'Put ___ in the place of each: "the ___ was great"' in err


def test_other_files_are_scored(capsys, finished, own_place):
    write_csv(own_place / "other.csv", rows())
    code, out, err = typed(capsys, finished, "evaluate", "other.csv")
    assert (code, err) == (0, "")
    assert "other.csv: 80 rows" in out
    assert "perplexity" in out
    assert "accuracy_top5" in out


@pytest.mark.parametrize("task", ["cloze", "language_model"])
def test_a_file_of_texts_alone_is_learnt_from_and_scored(capsys, own_place, task):
    (own_place / "animals.csv").write_text("text\n" + "".join(f"{text}\n" for _, text in rows()))
    results = recurra.train([*COMMAND, f"task={task}", "trainer.max_steps=1"])
    assert re.search(r"train: \d+ characters in 64 texts\n", Path(results.folder, "train.log").read_text())
    code, out, err = conftest.typed(capsys, main, "evaluate", results.best_checkpoint, "animals.csv")
    assert (code, err) == (0, "")
    assert "perplexity" in out


def test_nothing_but_empty_texts_is_told(finished, own_place):
    predictor = recurra.Predictor.load(finished[0] / "checkpoints" / "best.ckpt")
    with pytest.raises(DataError, match="None of the texts has a token"):
        predictor.evaluate([])


def test_a_vector_for_the_mask_stands_beside_those_that_were_read(own_place):
    write_csv(own_place / "animals.csv", [*rows(), ("y", "now"), ("y", "the")])
    (own_place / "v.txt").write_text("cat 1 2 3\ndog 3 2 1\n")
    options = [o for o in COMMAND if not o.startswith("embedding.")]
    given = ["embedding=pretrained", "embedding.vectors=v.txt", "embedding.frozen=true", "task.tied=false"]
    given.append("trainer.max_steps=1")
    results = recurra.train([*options, *given])
    predictor = recurra.Predictor.load(results.best_checkpoint or f"{results.folder}/checkpoints/last.ckpt")
    weight = predictor.module.embedding.vectors.weight
    assert weight.shape == (len(predictor.tokenizer.vocabulary) + 1, 3)
    assert weight[predictor.tokenizer.vocabulary.index("cat")].tolist() == [1, 2, 3]


def test_a_model_that_is_taken_over_knows_its_mask(own_place):
    write_csv(own_place / "animals.csv", [*rows(), ("y", "now"), ("y", "the")])
    first = recurra.train([*COMMAND, "trainer.max_epochs=2", "hydra.run.dir=first"])
    again = recurra.train([*COMMAND, "train=false", f"init_from={first.best_checkpoint}", "hydra.run.dir=again"])
    assert again.validation == first.validation
    assert again.test == first.test


def test_how_far_back_the_hidden_word_is_felt(own_place):
    write_csv(own_place / "animals.csv", [*rows(), ("y", "now"), ("y", "the")])
    recurra.train([*COMMAND, "trainer.max_epochs=1", "callbacks=gradient_flow", "hydra.run.dir=run"])
    assert Path("run/gradient_flow.csv").read_text().count("\n") > 2


def test_that_long_texts_are_cut_is_told_where_none_has_a_label(own_place):
    (own_place / "plain.csv").write_text("text\n" + "".join(f"the cat {n} sat on the mat\n" for n in range(30)))
    command = [option for option in COMMAND if not option.startswith("data.train=")]
    recurra.train([*command, "data.train=plain.csv", "data.max_length=4", "trainer.max_steps=1", "hydra.run.dir=run"])
    assert "100.0% are longer than data.max_length=4" in Path("run/train.log").read_text()
