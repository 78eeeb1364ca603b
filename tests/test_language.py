"""Language models, typed as their user would type them: trained, scored, let to write."""

import csv
import json
import math
import random
import re
from pathlib import Path

import conftest
import pyarrow.parquet as pq
import pytest
import torch
from conftest import sentences, write_csv

import recurra
from recurra.commands import train
from recurra.commands.main import main
from recurra.errors import CheckpointError
from recurra.generator import Generator, _drawn

TINY = [
    "data=text",
    "data.train=story.txt",
    "tokenizer=char",
    "embedding.size=16",
    "embedding.dropout=0",
    "task.dropout=0",
    "task.window=20",
    "data.batch_size=8",
    "model.hidden_size=32",
    "optimizer.lr=0.01",
    "trainer.max_epochs=6",
]


def story(words=1500):
    draw = random.Random(0)
    return " ".join(draw.choice(["the cat sat.", "a dog ran.", "the dog sat.", "一只猫。"]) for _ in range(words // 3))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    place = tmp_path_factory.mktemp("language")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("RECURRA_CACHE", str(place / "cache"))
        Path("story.txt").write_text(story(), encoding="utf-8")
        results = recurra.train([*TINY, "hydra.run.dir=lm"])
        yield results


@pytest.fixture
def best(run):
    return f"{run.folder}/checkpoints/best.ckpt"


def typed(capsys, *arguments):
    return conftest.typed(capsys, main, *arguments)


def test_a_text_is_learnt_and_told_in_its_own_scores(run):
    assert (run.status, run.verb, run.monitor, run.mode) == ("finished", "generate", "loss", "min")
    for split in (run.validation, run.test):
        assert split["perplexity"] < 2.5  # an even guess over the letters would be about 20
        assert split["tokens"] == split["characters"] + 1  # the text's end is predicted, too
        assert split["bits_per_character"] > 0
    folder = Path(run.folder)
    assert not list(folder.glob("predictions_*.parquet"))
    assert (folder / "learning_curve.png").exists()
    log = (folder / "train.log").read_text()
    assert re.search(r"train: \d+ characters in 1 text\n", log)
    assert "longer than data.max_length" not in log


def test_it_writes_what_it_has_read(capsys, best):
    code, out, _ = typed(capsys, "generate", best, "the cat", "--length", "60", "--seed", "1", "--temperature", "0.3")
    assert code == 0
    assert out.startswith("the cat sat. ")
    assert len(out) == len("the cat") + 60 + 1
    assert set(out.split()) <= {"the", "cat", "sat.", "a", "dog", "ran.", "一只猫。"} | {out.split()[-1]}


def test_the_same_seed_writes_the_same_and_another_another(best):
    generator = Generator.load(best)

    def written(**options):
        return "".join(generator.stream("a ", length=40, **options))

    assert written(seed=3) == written(seed=3)
    assert len({written(seed=seed, temperature=2.0) for seed in range(5)}) == 5
    assert written(temperature=0) == written(top_k=1, seed=4) == written(top_p=1e-6, seed=5)


def test_a_carried_state_says_what_one_long_pass_says(best):
    generator = Generator.load(best)
    ids = [0, *generator.tokenizer.encode(["the dog sat. 一只"])[0].tolist()]
    whole, _ = generator._step(ids, None)
    state = None
    for number in ids:
        single, state = generator._step([number], state)
    torch.testing.assert_close(single, whole, rtol=0, atol=1e-4)


def test_draws_follow_the_chances_that_are_left():
    logits = torch.tensor([0.0, 1.0, 2.0, 3.0]).log1p()  # chances 1/10, 2/10, 3/10, 4/10
    draw = torch.Generator().manual_seed(0)

    def counts(temperature=1.0, top_k=None, top_p=None):
        numbers = [_drawn(logits, temperature, top_k, top_p, draw) for _ in range(4000)]
        return [numbers.count(number) / 4000 for number in range(4)]

    assert counts() == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.03)
    assert counts(temperature=0.5) == pytest.approx([1 / 30, 4 / 30, 9 / 30, 16 / 30], abs=0.03)
    assert counts(top_k=2) == pytest.approx([0, 0, 3 / 7, 4 / 7], abs=0.03)
    assert counts(top_p=0.5) == pytest.approx([0, 0, 3 / 7, 4 / 7], abs=0.03)  # 0.4 is not enough, 0.7 is
    assert counts(top_p=0.4) == [0, 0, 0, 1]
    assert counts(temperature=0) == [0, 0, 0, 1]


def test_it_is_scored_again_on_its_own_text_and_on_a_file(capsys, run, best):
    code, out, _ = typed(capsys, "evaluate", best)
    assert code == 0
    assert f"loss {run.test['loss']:.4f}" in out
    Path(run.folder, "..", "other.txt").write_text("the cat sat.\na dog ran.\nxyz", encoding="utf-8")
    code, out, _ = typed(capsys, "evaluate", best, f"{run.folder}/../other.txt")
    assert code == 0
    assert "28 tokens, 27 characters" in out  # line breaks are characters, and nothing ends with them


def test_predict_says_what_can_be_done_instead(capsys, best):
    code, _, err = typed(capsys, "predict", best, "the cat")
    assert code == 2
    assert "recurra generate CHECKPOINT" in err


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (("--temperature", "-1"), "--temperature -1.0 does not fit: it should be 0 or more"),
        (("--temperature", "nan"), "--temperature nan does not fit"),
        (("--top-k", "0"), "--top-k 0 does not fit: it should be above 0"),
        (("--top-p", "1.5"), "--top-p 1.5 does not fit"),
        (("--length", "0"), "--length 0 does not fit"),
        (("--seed", "-3"), "--seed -3 does not fit"),
        (("--temprature", "1"), "unrecognized arguments"),
    ],
)
def test_options_that_do_not_fit(capsys, best, option, expected):
    code, out, err = typed(capsys, "generate", best, "the", *option)
    assert (code, out) == (2, "")
    assert expected in err


def test_a_classifier_cannot_write(capsys, topics):
    results = recurra.train([*conftest.TINY, "trainer.max_epochs=1"])
    code, _, err = typed(capsys, "generate", results.best_checkpoint, "the")
    assert code == 2
    assert "cannot write" in err
    with pytest.raises(CheckpointError, match="recurra predict"):
        Generator.load(results.best_checkpoint)


@pytest.mark.parametrize("overrides", [["model=textrnn"], ["model=lstm", "model.bidirectional=true"]])
def test_what_reads_both_ways_is_refused(capsys, own_place, overrides):
    Path("story.txt").write_text(story(300))
    code, _, err = conftest.typed(capsys, train.main, *TINY, "~model.hidden_size", "+model.hidden_size=8", *overrides)
    assert code == 2
    assert "have already read it, from the right" in err


def test_no_test_split_is_left_where_none_is_wanted(own_place):
    Path("story.txt").write_text(story(300))
    results = recurra.train([*TINY, "trainer.max_epochs=1", "data.test_share=0"])
    assert results.status == "finished"
    assert results.test == {}
    assert results.validation["tokens"] > 0


@pytest.mark.parametrize(
    "options",
    [
        ["task.carry=document"],
        ["task.carry=never"],
        ["task.window=null", "data.max_length=30"],
        ["task.tied=true", "loss=sampled_nce", "loss.num_sampled=5"],
        ["tokenizer=bpe", "tokenizer.size=270", "model=gru"],
        ["model=rnn", "data.reshuffle=false", "trainer.accumulate_grad_batches=2"],
        ["data.num_workers=1"],
    ],
)
def test_rows_of_any_data_are_running_text_too(topics, options):
    results = recurra.train(
        [
            *conftest.TINY,
            "task=language_model",
            "task.window=12",
            "trainer.max_epochs=2",
            "optimizer.lr=0.02",
            *options,
        ]
    )
    assert results.status == "finished"
    # Words are drawn at random, so that an even guess over the 35 of them is not far from the truth.
    assert results.test["perplexity"] < (60 if "tokenizer=bpe" in options else 40)


@pytest.mark.parametrize(("window", "vain"), [("12", "data.max_length=5, data.windows=2"), ("null", "data.windows=2")])
def test_options_without_effect_are_told_and_no_text_is_said_to_be_cut(topics, window, vain):
    asked = ["task=language_model", f"task.window={window}", "data.max_length=5", "data.windows=2"]
    results = recurra.train([*conftest.TINY, *asked, "trainer.max_steps=1"])
    log = Path(results.folder, "train.log").read_text()
    assert f"without effect on task=language_model: {vain}\n" in log
    assert re.search(r"lengths: .* 21 at most\n", log)


def test_a_language_model_s_weights_start_a_classifier(own_place, caplog):
    write_csv(own_place / "topics.csv", sentences(240))
    first = recurra.train([*conftest.TINY, "task=language_model", "trainer.max_epochs=1", "hydra.run.dir=lm"])
    recurra.train([*conftest.TINY, f"init_from={first.best_checkpoint}", "hydra.run.dir=cl", "trainer.max_epochs=1"])
    log = Path("cl/train.log").read_text()
    assert re.search(r"init_from: 5 of 11 weight tensors taken over, (\d+) of \1 embedding rows", log)
    theirs = torch.load("lm/checkpoints/best.ckpt", weights_only=True)["state_dict"]
    assert "encoder.recurrence.layers.0.weight_hh_l0" in theirs
    with open("cl/results.json") as file:
        assert json.load(file)["status"] == "finished"
    assert pq.read_table("cl/predictions_test.parquet").num_rows == 24


def test_a_small_training_set_keeps_the_vocabulary_of_the_model_that_it_begins_with(own_place):
    write_csv(own_place / "topics.csv", sentences(240))
    first = recurra.train([*conftest.TINY, "task=language_model", "trainer.max_epochs=1", "hydra.run.dir=lm"])
    write_csv(own_place / "few.csv", sentences(20, seed=1))
    command = [*conftest.TINY, "data.train=few.csv", "trainer.max_epochs=1", f"init_from={first.best_checkpoint}"]
    recurra.train([*command, "hydra.run.dir=own", "tokenizer.min_frequency=2"])
    theirs = recurra.train([*command, "tokenizer=checkpoint", "~tokenizer.min_frequency", "hydra.run.dir=theirs"])
    before, own = (recurra.Predictor.load(f"{name}/checkpoints/best.ckpt").tokenizer for name in ("lm", "own"))
    found = recurra.Predictor.load(theirs.best_checkpoint)
    assert own.size < before.size == found.tokenizer.size
    assert found.predict(["the guitar"])[0].label
    assert re.search(r"taken over, (\d+) of \1 embedding rows", Path("theirs/train.log").read_text())


def test_whose_vocabulary_must_be_said(own_place, capsys):
    write_csv(own_place / "topics.csv", sentences(60))
    code, _, err = conftest.typed(
        capsys, train.main, "data=csv", "data.train=topics.csv", "tokenizer=checkpoint", "trainer.max_epochs=1"
    )
    assert code == 2
    assert "Give init_from=CHECKPOINT" in err


def test_every_epoch_has_its_validation(own_place):
    Path("story.txt").write_text(story(600))
    results = recurra.train([*TINY, "trainer.max_epochs=8", "callbacks.early_stopping=null", "seed=3"])
    lines = [line for line in Path(results.folder, "train.log").read_text().splitlines() if " epoch " in line]
    assert len(lines) == results.epochs == 8


def test_an_output_that_is_the_embedding_does_not_take_over_another(topics):
    command = [*conftest.TINY, "task=language_model", "model.hidden_size=16", "trainer.max_epochs=1", "test=false"]
    free = recurra.train([*command, "task.tied=false", "hydra.run.dir=free"])
    vectors = "embedding.vectors.weight"
    begun = torch.load(free.best_checkpoint, weights_only=True)["state_dict"]
    assert begun[vectors].shape == begun["task.head.projection.weight"].shape
    recurra.train([*command, f"init_from={free.best_checkpoint}", "optimizer.lr=1e-30", "hydra.run.dir=tied"])
    ended = torch.load("tied/checkpoints/last.ckpt", weights_only=True)["state_dict"]
    assert torch.allclose(ended[vectors], begun[vectors], rtol=0, atol=1e-20)
    assert "6 of 6 weight tensors taken over" in Path("tied/train.log").read_text()


@pytest.mark.parametrize("batches", [1, 2])
def test_each_batch_is_told_as_training_has_it(topics, batches):
    """Also where validation, in between, has another number of streams to carry states over."""
    command = [*conftest.TINY, "task=language_model", "task.window=5", "task.carry=document", "callbacks=step_lines"]
    quiet = ["embedding.dropout=0", "task.dropout=0", "trainer.max_epochs=1", "trainer.val_check_interval=0.5"]
    often = [f"trainer.accumulate_grad_batches={batches}", "trainer.log_every_n_steps=1", "hydra.run.dir=run"]
    recurra.train([*command, *quiet, *often])
    log = Path("run/train.log").read_text()
    told = re.findall(r"batch (\d+)  train/loss (\d+\.\d+)  perplexity (\d+\.\d+)", log)
    assert [int(number) for number, _, _ in told] == list(range(1, len(told) + 1))
    with open("run/metrics.csv", encoding="utf-8", newline="") as file:
        logged = [float(row["train/loss"]) for row in csv.DictReader(file) if row["train/loss"]]
    ends = [float(loss) for _, loss, _ in told][batches - 1 :: batches]
    assert ends[: len(logged)] == pytest.approx(logged, abs=1e-4)
    assert float(told[0][2]) == pytest.approx(math.exp(float(told[0][1])), rel=1e-3)  # begins without a state anyway


@pytest.mark.slow
@pytest.mark.parametrize("options", [["loss.num_sampled=12"], ["model=textrnn", "data.max_length=7"]])
def test_a_two_way_language_model_learns_and_starts_both_directions_of_a_classifier(topics, options):
    asked = ["task=two_way_language_model", "optimizer.lr=0.02", *options]
    first = recurra.train([*conftest.TINY, *asked, "callbacks=gradient_flow", "hydra.run.dir=both"])
    assert first.status == "finished"
    assert first.verb == ""
    assert first.test["perplexity"] < 40  # of 35 words drawn at random, as above
    own = [option for option in options if option.startswith("model=")]
    recurra.train(
        [
            *conftest.TINY,
            *own,
            f"init_from={first.best_checkpoint}",
            "tokenizer=checkpoint",
            "~tokenizer.min_frequency",
            "hydra.run.dir=cl",
            "trainer.max_epochs=1",
        ]
    )
    log = Path("cl/train.log").read_text()
    assert re.search(r"init_from: 9 of 11 weight tensors taken over, (\d+) of \1 embedding rows; new: task\.head", log)


def test_unlabelled_texts_are_learnt_from_and_move_no_other_row(topics):
    """A word of theirs is known, the vocabulary is the classifier's, and what is validated on stays unread."""
    held_back = [text for _, text in sentences(240)]  # all of topics.csv, a tenth of which is validation, a tenth test
    Path("more.txt").write_text("\n".join([*(f"zebra {number} zebra" for number in range(5)), *held_back]))
    command = [*conftest.TINY, "trainer.max_epochs=1", "test=false"]
    words = [*command, "task=two_way_language_model", "hydra.run.dir=words"]
    first = recurra.train([*words, "data.unlabelled=more.txt"])
    log = Path("words/train.log").read_text()
    assert "join train: 5; left out: 48 (standing in validation or test), 192 (repeated text)." in log
    assert "zebra" in recurra.Predictor.load(first.best_checkpoint).tokenizer.vocabulary
    begun = [f"init_from={first.best_checkpoint}", "tokenizer=checkpoint", "~tokenizer.min_frequency"]
    recurra.train([*command, *begun, "hydra.run.dir=begun"])
    assert re.search(r"taken over, (\d+) of \1 embedding rows", Path("begun/train.log").read_text())
    recurra.train([*command, "hydra.run.dir=plain"])
    read = [pq.read_table(f"{run}/predictions_validation.parquet")["text"] for run in ("begun", "plain")]
    assert read[0] == read[1]
