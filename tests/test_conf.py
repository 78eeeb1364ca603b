"""Every YAML file is composed, checked and built."""

from pathlib import Path

import pytest
import torch
from conftest import sentences, write_csv
from hydra import compose, initialize_config_module

from recurra import build
from recurra.choices import groups
from recurra.commands.job import plain
from recurra.data.level import Level
from recurra.errors import ConfigError, DataError
from recurra.overrides import prepare
from recurra.run_schema import check_run
from recurra.types import Batch

CONF = Path(__file__).parent.parent / "conf"
OPTIONS = [(group, option) for group, options in groups().items() for option in options]
EXTRA = {
    ("data", "hub"): ["data.path=folder"],
    ("data", "csv"): ["data.train=t.csv"],
    ("data", "tsv"): ["data.train=t.tsv"],
    ("data", "jsonl"): ["data.train=t.jsonl"],
    ("data", "parquet"): ["data.train=t.parquet"],
    ("data", "text"): ["data.train=t.txt"],
    ("data", "fasttext"): ["data.train=t.txt"],
    ("data", "conll"): ["data.train=t.conll"],
    ("embedding", "pretrained"): ["embedding.vectors=v.txt"],
    ("experiment", "shakespeare_char"): ["data.train=t.txt"],
    **{("experiment", name): ["data.train=t.csv"] for name in ("cloze", "trec", "mr", "waimai_10k")},
}
"""What an option asks the user for."""


def config(*overrides):
    with initialize_config_module("recurra.conf", version_base="1.3"):
        return plain(compose("train", overrides=prepare(overrides, multirun=False)))


def test_every_file_is_an_option_or_part_of_one():
    files = {(file.parent.name, file.stem) for file in CONF.glob("*/*.yaml") if not file.name.startswith("_")}
    assert files == set(OPTIONS)


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_every_option_composes_and_says_what_it_is(group, option):
    check_run(config(f"{group}={option}", *EXTRA.get((group, option), [])))
    assert len(groups()[group][option]) > 3


@pytest.mark.parametrize("model", groups()["model"])
@pytest.mark.parametrize("task", ["classification", "binary", "multilabel"])
def test_every_model_is_built_with_every_task(model, task):
    module = build.module(
        config(f"model={model}", f"task={task}"),
        vocabulary_size=50,
        embedding_size=None,
        labels=["a", "b"],
        class_counts=[3, 5],
        card={},
    )
    assert module.task.head.projection.in_features == module.encoder.summary_size


def test_the_vectors_of_n_grams_have_to_fit_into_memory():
    options = {"vocabulary_size": 9, "embedding_size": None, "labels": ["a", "b"], "class_counts": [1, 1], "card": {}}
    with pytest.raises(ConfigError, match=r"GiB.* embedding\.ngram_rows smaller"):
        build.module(config("embedding.ngrams=2"), **options, ngram_rows=10**10)


@pytest.mark.parametrize("experiment", groups()["experiment"])
def test_every_experiment_is_built(experiment):
    options = {"vocabulary_size": 50, "embedding_size": None, "labels": ["a", "b"], "class_counts": [3, 5], "card": {}}
    settings = config(f"experiment={experiment}", *EXTRA.get(("experiment", experiment), []))
    if settings["embedding"]["_target_"].endswith("LinearEmbedding"):  # numbers are read, no tokens
        options |= {"vocabulary_size": None, "input_size": 2}
    build.module(settings, **options)
    build.try_optimizer(settings)


@pytest.mark.parametrize("model", groups()["model"])
def test_every_model_tags(model):
    options = {"vocabulary_size": 50, "embedding_size": None, "labels": ["O", "B"], "class_counts": [3, 5], "card": {}}
    module = build.module(config(f"model={model}", "task=tagging"), **options)
    batch = Batch(torch.ones(2, 4, dtype=torch.int64), torch.tensor([4, 1]), torch.zeros(5), torch.arange(2))
    assert module(batch).shape == (5, 2)


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("model", groups()["model"])
def test_every_model_tells_hidden_words_and_has_a_vector_for_the_mask(model, tied):
    options = {"vocabulary_size": 4, "embedding_size": None, "labels": [*"abcd"], "class_counts": [1] * 4, "card": {}}
    module = build.module(config(f"model={model}", "task=cloze", f"task.tied={tied}"), **options)
    inputs, places = torch.tensor([[1, 2, 4, 3], [4, 0, 0, 0]]), torch.tensor([2, 0])
    batch = Batch(inputs, torch.tensor([4, 1]), torch.tensor([2, 3]), torch.arange(2), places=places)
    assert module.embedding.vectors.num_embeddings == 5
    assert module(batch).shape == (2, 4)
    assert module.task.head.projection.in_features == (128 if tied else module.encoder.states_size)


@pytest.mark.parametrize("loss", groups()["loss"])
def test_a_loss_for_other_targets_is_refused_with_the_cure(loss):
    options = {"vocabulary_size": 9, "embedding_size": None, "labels": ["a", "b"], "class_counts": [1, 1], "card": {}}
    suits = {"bce": "binary", "mse": "regression"}.get(loss, "classification")
    other = "classification" if suits == "binary" else "binary"
    few = ["loss.num_sampled=1"] if loss == "sampled_nce" else []  # there are two classes
    build.module(config(f"task={suits}", f"loss={loss}", *few), **options)
    with pytest.raises(ValueError, match=r"Use loss="):
        build.module(config(f"task={other}", f"loss={loss}", *few), **options)


@pytest.mark.parametrize("scheduler", groups()["scheduler"])
@pytest.mark.parametrize("optimizer", groups()["optimizer"])
def test_every_scheduler_drives_every_optimizer(optimizer, scheduler):
    build.try_optimizer(config(f"optimizer={optimizer}", f"scheduler={scheduler}"))


@pytest.mark.parametrize("trainer", ["default", "cpu"])
def test_trainers_are_built(trainer, tmp_path):
    assert build.trainer(config(f"trainer={trainer}", "trainer.max_epochs=3"), tmp_path, [], [], 100).max_epochs == 3


@pytest.mark.parametrize("callbacks", groups()["callbacks"])
def test_callbacks_go_by_the_tasks_metric(callbacks, tmp_path):
    level = Level("accuracy", 0.25, 0.99)
    made = build.callbacks(config(f"callbacks={callbacks}"), "val/f1_macro", "max", tmp_path, level)
    assert {c.monitor for c in made if getattr(c, "monitor", None)} == {"val/f1_macro"}


@pytest.mark.parametrize("logger", groups()["logger"])
def test_loggers_write_into_the_runs_folder(logger, tmp_path):
    made = build.loggers(config(f"logger={logger}"), tmp_path, {"name": "run", "tags": []})
    assert all(str(tmp_path) in str(each.save_dir) for each in made)


@pytest.mark.parametrize("tokenizer", [name for name in groups()["tokenizer"] if name != "checkpoint"])
def test_tokenizers_are_built_and_fitted(tokenizer):
    fitted = build.recipe(config(f"tokenizer={tokenizer}")).fit([text for _, text in sentences(60)] + ["很好吃 很好吃"])
    assert fitted.size > 10


def test_a_csv_is_read_through_the_configuration(own_place):
    write_csv(own_place / "t.csv", sentences(60))
    assert len(build.datamodule(config("data=csv", "data.train=t.csv")).corpus.splits["train"]) == 48


@pytest.mark.parametrize("task", ["binary", "multilabel", "language_model", "two_way_language_model", "cloze"])
def test_every_task_has_the_same_splits_so_that_one_may_start_another(own_place, task):
    write_csv(own_place / "t.csv", sentences(60, labels=("sport", "money")))
    texts = [
        {split: [row.text for row in rows] for split, rows in build.datamodule(settings).corpus.splits.items()}
        for settings in (config("data=csv", "data.train=t.csv", f"task={name}") for name in ("classification", task))
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("task", ["language_model", "two_way_language_model", "cloze"])
@pytest.mark.parametrize(
    "labels", [None, ["sport"] * 60, ["sport", ""] * 30], ids=["no column", "all the same", "some missing"]
)
def test_tasks_without_labels_need_none(own_place, task, labels):
    texts = [text for _, text in sentences(60)]
    if labels is None:
        (own_place / "t.csv").write_text("text\n" + "".join(f"{text}\n" for text in texts))
    else:
        write_csv(own_place / "t.csv", list(zip(labels, texts, strict=True)))
    splits = build.datamodule(config("data=csv", "data.train=t.csv", f"task={task}")).corpus.splits
    assert [len(splits[split]) for split in ("train", "validation", "test")] == [48, 6, 6]
    with pytest.raises(DataError, match="label"):
        _ = build.datamodule(config("data=csv", "data.train=t.csv")).corpus
