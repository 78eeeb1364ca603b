"""A run and everything that it leaves behind."""

import csv
import gzip
import json
import math
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
import yaml
from conftest import TINY, place_apart, sentences, write_csv

import recurra
from recurra.errors import ConfigError, DataError


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One finished run on topics.csv, shared by the tests that only look at it."""
    with place_apart(tmp_path_factory, 240) as place:
        results = recurra.train([*TINY, "trainer.max_epochs=8", "optimizer.lr=0.01", "seed=1", "tags=[a,b]"])
    return place, results


def test_it_learns_what_can_be_learnt(finished):
    _, results = finished
    assert results.status == "finished"
    assert results.test["accuracy"] > 0.9
    assert results.validation["f1_macro"] > 0.9
    assert results.score == results.validation["f1_macro"]


def test_results_json_holds_the_figures(finished):
    place, results = finished
    told = json.loads((place / results.folder / "results.json").read_text())
    assert told["status"] == "finished"
    assert (told["model"], told["data"], told["task"], told["seed"]) == ("lstm", "csv", "classification", 1)
    assert told["test"]["rows"] == 24
    assert told["validation"]["rows"] == 24
    assert told["steps"] == told["epochs"] * math.ceil(192 / 32)
    assert told["tokens_per_second"] > 0
    assert told["overrides"][:2] == ["data=csv", "data.train=topics.csv"]
    assert told["tags"] == ["a", "b"]
    assert re.fullmatch("[0-9a-f]{64}", told["data_hash"])
    assert {row["label"] for row in told["test"]["per_class"]} == {"sport", "money", "music"}
    assert {"torch", "recurra", "python"} <= told["versions"].keys()


def test_the_folder_holds_the_files_of_the_design(finished):
    place, results = finished
    names = {file.relative_to(place / results.folder).as_posix() for file in (place / results.folder).rglob("*")}
    assert {
        "config.yaml",
        "results.json",
        "train.log",
        "metrics.csv",
        "predictions_validation.parquet",
        "predictions_test.parquet",
        "checkpoints/best.ckpt",
        "checkpoints/last.ckpt",
        "confusion_matrix.png",
        "learning_curve.png",
    } <= names
    assert not [name for name in names if "=" in name or "," in name or name.endswith(".draft")]


def test_the_resolved_configuration_is_kept_with_absolute_paths(finished):
    place, results = finished
    config = yaml.safe_load((place / results.folder / "config.yaml").read_text())
    assert config["data"]["train"] == str(place / "topics.csv")
    assert config["model"]["hidden_size"] == 12


def test_what_was_left_open_is_chosen_told_and_kept(finished):
    place, results = finished
    folder = place / results.folder
    chosen = {"max_length": 256, "windows": 4}  # the batch was typed
    told = "chosen by the training texts: data.max_length=256 data.windows=4\n"
    assert told in (folder / "train.log").read_text()
    kept = yaml.safe_load((folder / "config.yaml").read_text())["data"]
    assert {name: kept[name] for name in chosen} == chosen
    carried = torch.load(results.best_checkpoint, weights_only=True)["recurra"]["config"]["data"]
    assert carried == kept


def test_what_is_typed_is_not_chosen(own_place):
    write_csv(own_place / "topics.csv", sentences(120))
    typed = {"max_length": 12, "windows": 2, "batch_size": 24}
    given = [f"data.{name}={value}" for name, value in typed.items()]
    results = recurra.train([*TINY, *given, "trainer.max_steps=1"])
    folder = own_place / results.folder
    assert "chosen by" not in (folder / "train.log").read_text()
    kept = yaml.safe_load((folder / "config.yaml").read_text())["data"]
    assert {name: kept[name] for name in typed} == typed


def test_predictions_agree_with_the_scores(finished):
    place, results = finished
    rows = pq.read_table(place / results.folder / "predictions_test.parquet").to_pylist()
    assert [row["row"] for row in rows] == list(range(24))
    right = sum(row["gold"] == row["predicted"] for row in rows)
    assert right / len(rows) == pytest.approx(results.test["accuracy"])
    for row in rows:
        assert max(row["probabilities"], key=row["probabilities"].get) == row["predicted"]
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-5)
        assert row["length"] == len(row["text"].split())
    loss = -sum(math.log(row["probabilities"][row["gold"]]) for row in rows) / len(rows)
    assert results.test["loss"] == pytest.approx(loss, rel=1e-5)


def test_metrics_are_logged_by_step_and_epoch(finished):
    place, results = finished
    with open(place / results.folder / "metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(bool(row["val/f1_macro"]) for row in rows) == results.epochs
    assert any(row["train/loss"] for row in rows)


def test_the_log_says_what_was_read(finished):
    place, results = finished
    said = (place / results.folder / "train.log").read_text()
    assert "Tip" not in said  # of Lightning's, for a product of its own
    for part in ("240 rows", "train: 192 rows", "lengths:", "unknown:", "parameters", "epoch 1/8", "precision"):
        assert part in said, part


def test_a_checkpoint_holds_tensors_and_plain_containers_only(finished):
    place, results = finished
    content = torch.load(place / results.folder / "checkpoints" / "best.ckpt", weights_only=True)
    assert content["recurra"]["labels"] == ["money", "music", "sport"]


def test_the_predictor_gives_the_run_s_own_probabilities(finished, own_place):
    place, results = finished
    predictor = recurra.Predictor.load(place / results.folder / "checkpoints" / "best.ckpt")
    rows = pq.read_table(place / results.folder / "predictions_test.parquet").to_pylist()
    answers = predictor.predict([row["text"] for row in rows])
    for row, answer in zip(rows, answers, strict=True):
        assert answer.probabilities == pytest.approx(row["probabilities"], abs=1e-5)
    assert predictor.predict([]) == []
    assert [a.label for a in predictor.predict(["", "coach"])][1] == "sport"
    assert predictor.predict(["coach"])[0].probabilities == pytest.approx(
        predictor.predict(["song " * 50, "coach", ""])[1].probabilities, abs=1e-6
    )


def test_the_same_seed_gives_the_same_weights_twice_in_one_process(topics):
    runs = [recurra.train([*TINY, "test=false"]) for _ in range(2)]
    first, second = (torch.load(f"{run.folder}/checkpoints/last.ckpt", weights_only=True) for run in runs)
    assert runs[0].folder != runs[1].folder
    for name, value in first["state_dict"].items():
        assert torch.equal(value, second["state_dict"][name]), name
    assert runs[0].test == {}


@pytest.mark.parametrize("model", ["rnn", "gru", "textrnn", "rcnn"])
def test_every_encoder_learns(topics, model):
    few = ["model.filters=8"] if model == "rcnn" else []
    results = recurra.train([*TINY, f"model={model}", *few, "trainer.max_epochs=8", "optimizer.lr=0.01"])
    assert results.test["accuracy"] > 0.8


@pytest.mark.parametrize("options", [["model=cnn", "model.filters=8"], ["model=bag", "embedding.ngrams=2"]], ids=str)
def test_what_is_not_recurrent_learns_too(topics, options):
    tiny = [option for option in TINY if "hidden_size" not in option]
    results = recurra.train([*tiny, *options, "trainer.max_epochs=8", "optimizer.lr=0.02"])
    assert results.test["accuracy"] > 0.8


def test_long_texts_are_read_through_windows_and_lose_nothing(topics):
    results = recurra.train([*TINY, "data.max_length=6", "data.windows=3", "optimizer.lr=0.01", "trainer.max_epochs=8"])
    assert results.test["accuracy"] > 0.8
    assert results.test["rows"] == 24


def test_binary_and_multilabel(own_place):
    write_csv(own_place / "topics.csv", sentences(160, labels=("sport", "money")))
    binary = recurra.train([*TINY, "task=binary", "optimizer.lr=0.02", "trainer.max_epochs=12"])
    assert binary.test["accuracy"] > 0.85
    pairs = sentences(160, labels=("sport", "music"))
    both = [
        (f"{a}|{b}", f"{x} {y}")
        for (a, x), (b, y) in zip(pairs[:80], sentences(80, seed=9, labels=("money",)), strict=True)
    ]
    write_csv(own_place / "topics.csv", [*pairs, *both])
    many = recurra.train(
        [*TINY, "task=multilabel", "data.label_separator=|", "optimizer.lr=0.02", "trainer.max_epochs=20"]
    )
    assert many.test["f1_micro"] > 0.85
    assert 0 < many.test["threshold"] < 1
    rows = pq.read_table(f"{many.folder}/predictions_test.parquet").to_pylist()
    assert any(len(row["gold"]) == 2 for row in rows)
    restored = recurra.Predictor.load(f"{many.folder}/checkpoints/best.ckpt")
    assert float(restored.module.task.threshold) == pytest.approx(many.test["threshold"])


def test_pretrained_vectors_are_used_and_need_no_file_afterwards(topics, own_place):
    (own_place / "v.txt").write_text("coach 1 2 3\nsong 4 5 6\nabsent 7 8 9\n")
    results = recurra.train(
        [*TINY[:2], "embedding=pretrained", "embedding.vectors=v.txt", "embedding.frozen=true", "trainer.max_steps=2"]
    )
    (own_place / "v.txt").unlink()
    predictor = recurra.Predictor.load(f"{results.folder}/checkpoints/best.ckpt")
    row = predictor.tokenizer.vocabulary.index("coach")
    assert predictor.module.embedding.vectors.weight[row].tolist() == [1, 2, 3]


def test_init_from_takes_embeddings_over_by_token(topics, own_place):
    first = recurra.train([*TINY, "test=false", "trainer.max_epochs=8", "optimizer.lr=0.01"])
    write_csv(own_place / "other.csv", [(label, text + " zebra") for label, text in sentences(90, seed=5)])
    last = f"{first.folder}/checkpoints/last.ckpt"
    options = [o.replace("topics", "other") for o in TINY]
    second = recurra.train([*options, f"init_from={last}", "train=false"])
    before = torch.load(last, weights_only=True)["state_dict"]["embedding.vectors.weight"]
    assert second.epochs == 0
    assert "embedding rows" in Path(second.folder, "train.log").read_text()
    assert second.test["accuracy"] > 0.8
    assert before.shape[1] == 16


def test_folds_test_every_row_once(topics):
    tested = []
    for fold in range(3):
        results = recurra.train([*TINY, "data.folds=3", f"data.fold={fold}", "trainer.max_steps=1"])
        tested += [row["text"] for row in pq.read_table(f"{results.folder}/predictions_test.parquet").to_pylist()]
    assert sorted(tested) == sorted(text for _, text in sentences(240))


def test_debug_overfit_drives_the_training_loss_down_whatever_is_to_be_dropped(topics):
    dropouts = ("model.dropout", "model.weight_dropout", "embedding.dropout", "embedding.type_dropout", "task.dropout")
    overfit = ["debug=overfit", "trainer.max_epochs=50", "optimizer.lr=0.01", "model.num_layers=2"]
    results = recurra.train([*TINY, *overfit, "embedding.word_dropout=0.5", *(f"{name}=0.5" for name in dropouts)])
    with open(f"{results.folder}/metrics.csv", newline="") as file:
        losses = [float(row["train/loss"]) for row in csv.DictReader(file) if row["train/loss"]]
    assert losses[-1] < 0.05 < losses[0]


def test_debug_limit_is_one_epoch_of_three_batches(topics):
    results = recurra.train([*TINY, "trainer.max_epochs=1", "data.batch_size=4", "debug=limit"])
    assert (results.status, results.epochs, results.steps) == ("finished", 1, 3)
    assert (results.validation["rows"], results.test["rows"]) == (12, 12)


def test_debug_profiler_says_where_the_time_went(topics):
    results = recurra.train([*TINY, "trainer.max_epochs=1", "debug=profiler"])
    assert "run_training_epoch" in Path(results.folder, "profile.txt").read_text()
    assert "where the time went: " in Path(results.folder, "train.log").read_text()


@pytest.mark.parametrize("options", [["trainer.max_steps=2"], ["trainer.limit_val_batches=0"], ["callbacks=null"]])
def test_a_run_without_a_validation_leaves_a_model_too(topics, options):
    results = recurra.train([*TINY, *options])
    assert results.status == "finished"
    assert recurra.Predictor.load(results.best_checkpoint).predict(["coach"])
    assert results.test["rows"] == 24


@pytest.mark.parametrize(
    "argument",
    [
        "fast_dev_run=true",
        "max_epochs=0",
        "max_time=00:00:00:01",
        "val_check_interval=0.5",
        "check_val_every_n_epoch=2",
        "num_sanity_val_steps=2",
        "limit_train_batches=0.5",
        "limit_test_batches=0",
        "gradient_clip_algorithm=value",
        "detect_anomaly=true",
        "deterministic=true",
        "inference_mode=false",
        "precision=64-true",
        "reload_dataloaders_every_n_epochs=1",
        "enable_model_summary=true",
    ],
)
def test_arguments_of_lightning_s_trainer(topics, argument):
    results = recurra.train([*TINY, f"trainer.{argument}"])
    torch.use_deterministic_algorithms(False)
    torch.autograd.set_detect_anomaly(False)
    assert results.status == "finished"
    assert results.validation["rows"] == 24


@pytest.mark.parametrize(
    ("argument", "cure"),
    [
        ("overfit_batches=2", "debug=overfit"),
        ("overfit_batches=0.5", "debug=overfit"),
        ("default_root_dir=elsewhere", r"hydra\.run\.dir"),
        ("logger=false", "logger=null"),
        ("callbacks=[]", "callbacks=OPTION"),
        ("use_distributed_sampler=true", "shared out"),
        ("enable_checkpointing=false", "keep a model"),
        ("barebones=true", "no checkpoint"),
    ],
)
def test_what_recurra_decides_is_refused_before_any_data_is_read(own_place, argument, cure):
    with pytest.raises(ConfigError, match=rf"trainer\.{argument.partition('=')[0]}.*{cure}"):
        recurra.train([*TINY, f"trainer.{argument}"])  # there is no topics.csv here


@pytest.mark.parametrize("suffix", ["tsv", "jsonl", "parquet", "csv.gz"])
def test_every_format_trains_and_is_evaluated_again(own_place, suffix):
    rows = sentences(120)
    path = own_place / f"t.{suffix}"
    match suffix:
        case "tsv":
            path.write_text("label\ttext\n" + "".join(f"{label}\t{text}\n" for label, text in rows))
        case "jsonl":
            path.write_text("".join(json.dumps({"label": label, "text": text}) + "\n" for label, text in rows))
        case "parquet":
            pq.write_table(pa.table({"label": [row[0] for row in rows], "text": [row[1] for row in rows]}), path)
        case "csv.gz":
            path.write_bytes(gzip.compress(write_csv(own_place / "t.csv", rows).read_bytes()))
    options = [o for o in TINY if not o.startswith("data")]
    data = [f"data={suffix.removesuffix('.gz')}", f"data.train={path.name}"]
    results = recurra.train([*options, *data, "trainer.max_steps=3"])
    assert (results.validation["rows"], results.test["rows"]) == (12, 12)


def test_a_local_folder_of_the_hub_s_layout_trains(own_place, monkeypatch):
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", own_place / "cache")
    (own_place / "set").mkdir()
    write_csv(own_place / "set" / "train.csv", sentences(120))
    write_csv(own_place / "set" / "test.csv", sentences(30, seed=7))
    options = [o for o in TINY if not o.startswith("data")]
    datasets.disable_progress_bars()
    results = recurra.train([*options, "data=hub", "data.path=set", "data.test=test", "trainer.max_steps=3"])
    datasets.enable_progress_bars()
    assert (results.validation["rows"], results.test["rows"]) == (12, 30)


def test_tensorboard_has_the_figures(topics):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    results = recurra.train([*TINY, "logger=tensorboard"])
    events = EventAccumulator(f"{results.folder}/tensorboard").Reload()
    scores = [event.value for event in events.Scalars("val/f1_macro")]
    assert len(scores) == results.epochs
    assert max(scores) == pytest.approx(results.validation["f1_macro"])
    assert Path(results.folder, "metrics.csv").is_file()


@pytest.mark.parametrize(
    "options",
    [
        ["trainer.precision=bf16-mixed"],
        ["data.token_budget=400"],
        ["data.num_workers=1"],
        ["trainer.accumulate_grad_batches=2"],
        ["loss=focal", "loss.class_weights=balanced"],
        ["tokenizer=bpe", "tokenizer.size=300"],
        ["model.bidirectional=false", "model.pooling=[mean,max,attention,last]", "model.num_layers=2"],
    ],
    ids=lambda options: options[0],
)
def test_common_options_train(topics, options):
    options = [o for o in [*TINY, *options] if not (o.startswith("tokenizer.min") and "tokenizer=bpe" in options)]
    results = recurra.train([*options, "trainer.max_epochs=8", "optimizer.lr=0.01"])
    assert results.test["accuracy"] > 0.7


def test_averaged_weights_are_what_is_kept(topics):
    results = recurra.train([*TINY, "callbacks=ema", "callbacks.averaging.decay=0.5", "optimizer.lr=0.01"])
    assert results.status == "finished"
    kept = recurra.Predictor.load(f"{results.folder}/checkpoints/best.ckpt").evaluate(_test_rows(results))
    assert results.test["loss"] == pytest.approx(kept.scores["loss"], rel=1e-5)


def _test_rows(results):
    from recurra import build

    return build.datamodule(yaml.safe_load(Path(results.folder, "config.yaml").read_text())).corpus.splits["test"]


def test_a_failure_leaves_its_reason(topics, monkeypatch):
    def explode(*given):
        raise OSError("the disk is gone")

    monkeypatch.setattr("recurra.conclusion.write_predictions", explode)
    with pytest.raises(OSError, match="disk"):
        recurra.train([*TINY, "hydra.run.dir=broken"])
    told = json.loads(Path("broken/results.json").read_text())
    assert (told["status"], told["error"]) == ("failed", "OSError: the disk is gone")


def test_mistakes_are_told_before_anything_is_trained(topics):
    with pytest.raises(ConfigError, match="Use loss="):
        recurra.train([*TINY, "loss=bce"])
    with pytest.raises(DataError, match=r"topics2\.csv.*topics\.csv"):
        recurra.train([*TINY, "data.train=topics2.csv"])
    with pytest.raises(ConfigError, match="optimizer"):
        recurra.train([*TINY, "optimizer.lr=-1"])
