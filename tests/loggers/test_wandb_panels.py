"""What a W&B run is given when it has finished, as its own file tells."""

import json
import math
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch
import wandb
from conftest import TINY, sentences, write_csv
from wandb_file import runs, told
from wandb_server import WandbServer

import recurra
from recurra.loggers.wandb_panels import panels

pytestmark = pytest.mark.usefixtures("own_wandb")

SHOWN = {
    "per_class",
    "calibration",
    "precision_recall",
    "confusion_matrix",
    "by_length",
    "worst",
    "random",
}


def of_kind(folder, kind):
    """What W&B's own process wrote, once it has ended."""
    wandb.teardown()
    (file,) = runs(folder)
    return told(file, kind)


def rows(folder):
    """Of the history, by dotted name."""
    named = [
        {".".join(item.nested_key) or item.key: item.value_json for item in row.item}
        for row in of_kind(folder, "history")
    ]
    return [{name: json.loads(value) for name, value in row.items()} for row in named]


def table(folder, name):
    """The rows of a table that the run's history refers to."""
    (row,) = [row for row in rows(folder) if f"validation/{name}" in row or f"validation/{name}.path" in row]
    told = row.get(f"validation/{name}") or {"path": row[f"validation/{name}.path"]}
    (file,) = Path(folder).rglob(Path(told["path"]).name)
    content = json.loads(file.read_text(encoding="utf-8"))
    return [dict(zip(content["columns"], line, strict=True)) for line in content["data"]]


def test_an_offline_run_holds_tables_of_its_validation_rows(topics):
    results = recurra.train([*TINY, "logger=wandb", "logger.wandb.examples=5"])
    (last,) = [row for row in rows(results.folder) if any(name.startswith("validation/per_class") for name in row)]
    assert last["trainer/global_step"] == results.steps
    answers = pq.read_table(f"{results.folder}/predictions_validation.parquet").to_pylist()

    per_class = table(results.folder, "per_class")
    assert per_class == results.validation["per_class"]

    worst = table(results.folder, "worst")
    losses = sorted((-math.log(row["probabilities"][row["gold"]]) for row in answers), reverse=True)
    assert [row["loss"] for row in worst] == pytest.approx(losses[:5])
    by_row = {row["row"]: row for row in answers}
    for shown in [*worst, *table(results.folder, "random")]:
        row = by_row[shown["row"]]
        assert (shown["text"], shown["gold"], shown["prediction"]) == (row["text"], row["gold"], row["predicted"])
        assert shown["probability sport"] == pytest.approx(row["probabilities"]["sport"])
    assert len(table(results.folder, "random")) == 5

    cut = table(results.folder, "by_length_table")
    assert sum(row["rows"] for row in cut) == len(answers)
    right = table(results.folder, "confusion_matrix_table")
    labels = [row["label"] for row in per_class]
    counts = {(row["Actual"], row["Predicted"]): row["nPredictions"] for row in right}
    for gold in labels:
        for answer in labels:
            assert counts[gold, answer] == sum((row["gold"], row["predicted"]) == (gold, answer) for row in answers)
    assert len({row["lineKey"] for row in table(results.folder, "precision_recall_table")}) == len(labels)
    assert {row["lineKey"] for row in table(results.folder, "calibration_table")} == {"share right", "as stated"}
    # The test split is scored, and not looked into.
    test = set(pq.read_table(f"{results.folder}/predictions_test.parquet")["text"].to_pylist())
    media = [file.read_text(encoding="utf-8") for file in Path(results.folder).rglob("*.table.json")]
    assert not any(json.dumps(text) in content for text in test for content in media)


def test_no_text_leaves_where_none_is_wanted(topics):
    results = recurra.train([*TINY, "logger=wandb", "logger.wandb.examples=0", "trainer.max_steps=1"])
    media = {file.name.split("_")[0] for file in Path(results.folder).rglob("*.table.json")}
    assert "per" in media
    assert not {"worst", "random"} & media


def test_the_best_checkpoint_is_an_artifact_that_says_what_data_it_is_from(topics):
    results = recurra.train([*TINY, "logger=wandb", "logger.wandb.log_model=true", "trainer.max_steps=1"])
    kept = {one.type: one for one in of_kind(results.folder, "artifact")}
    artifact = kept["model"]
    assert kept["dataset"].use_after_commit
    assert json.loads(kept["dataset"].metadata) == {"data": "csv", "hash": json.loads(artifact.metadata)["hash"]}
    assert set(artifact.aliases) == {"latest", "best"}
    told = json.loads(artifact.metadata)
    card = torch.load(results.best_checkpoint, weights_only=True)["recurra"]
    assert told["hash"] == card["data"]
    assert told["validation"]["f1_macro"] == results.validation["f1_macro"]
    (entry,) = artifact.manifest.contents
    assert entry.path == "best.ckpt"
    assert Path(entry.local_path).resolve() == Path(results.best_checkpoint).resolve()  # no second copy on the disk


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["task=language_model"], set()),
        (["task=cloze"], {"by_length", "worst", "random"}),
        (["task=classification"], SHOWN),
        (["task=classification", "tokenizer.min_frequency=60"], SHOWN | {"by_unknown"}),  # rare words are unknown
        (["task=multilabel", "data.label_separator=+"], SHOWN - {"confusion_matrix"}),
    ],
)
def test_every_task_shows_what_it_has(own_place, options, expected):
    draw = np.random.default_rng(0)
    twice = "multilabel" in options[0]
    given = [(f"{label}+{draw.choice(['a', 'b'])}" if twice else label, text) for label, text in sentences(240)]
    write_csv(own_place / "topics.csv", given)
    results = recurra.train([*TINY, *options, "logger=null", "trainer.max_steps=1"])
    assert {name.removeprefix("validation/") for name in panels(results, 3)} == expected


def test_many_labels_stand_in_one_column(own_place):
    labels = [f"label{number:02}" for number in range(25)]
    texts = [text for _, text in sentences(500)]
    write_csv(own_place / "topics.csv", [(labels[n % 25], text) for n, text in enumerate(texts)])
    results = recurra.train([*TINY, "logger=null", "trainer.max_steps=1"])
    found = panels(results, 3)
    assert found["validation/worst"].columns == ["row", "text", "gold", "prediction", "loss", "probabilities"]
    assert len({row[1] for row in found["validation/precision_recall"].table.data}) == 20


@pytest.mark.slow
def test_a_server_gets_the_checkpoint_and_hears_of_the_data(topics, monkeypatch):
    with WandbServer() as server:
        monkeypatch.setenv("WANDB_BASE_URL", server.url)
        monkeypatch.setenv("WANDB_API_KEY", "a" * 40)
        results = recurra.train([*TINY, "logger=wandb", "logger.wandb.log_model=true", "trainer.max_steps=1"])
        wandb.teardown()
    kinds = {said["artifactTypeName"]: (number, said) for number, said in server.artifacts.created.items()}
    assert {"dataset", "model", "run_table"} == set(kinds)
    (data, of_data), (_, of_model) = kinds["dataset"], kinds["model"]
    assert json.loads(of_data["metadata"])["hash"] == json.loads(of_model["metadata"])["hash"]
    assert server.artifacts.used == [data]
    assert results.status == "finished"


def test_a_run_ends_well_whatever_w_b_says_to_its_tables(topics, monkeypatch, capsys):
    def refuse(*given, **options):
        raise ValueError("too large a table")

    monkeypatch.setattr("recurra.loggers.wandb_conclusion.panels", refuse)
    results = recurra.train([*TINY, "logger=wandb", "trainer.max_steps=1"])
    assert results.status == "finished"
    assert "W&B was not given all that is known of the run: too large a table\n" in capsys.readouterr().out
    (end,) = of_kind(results.folder, "exit")
    assert end.exit_code == 0
