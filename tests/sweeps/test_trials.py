"""Whatever happens to the processes of a sweep, each of its trials comes to one end."""

import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.samplers import RandomSampler
from optuna.trial import TrialState

from recurra.errors import ConfigError
from recurra.results import Results
from recurra.sweeps.objective import Objective
from recurra.sweeps.outcome import Outcome, outcome
from recurra.sweeps.parameter import Parameter
from recurra.sweeps.presence import presence
from recurra.sweeps.space import Space
from recurra.sweeps.storage import opened
from recurra.sweeps.study import open_study
from recurra.sweeps.trials import REASON, TICKET, Trials

F1 = Objective("f1_macro", "maximize")
SPACE = Space([Parameter.of(OverridesParser.create().parse_override("optimizer.lr=interval(0,1)"))], {})
ENDS = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)


class Worker:
    """A process of a sweep, as far as the trials know of it."""

    def __init__(self, folder, command="same", seed=0):
        self.life = ExitStack()
        storage = self.life.enter_context(opened(None, folder))
        self.study = open_study(
            storage, "s", objectives=[F1], sampler=RandomSampler, seed=seed, command={"runs": [command]}
        )
        present = self.life.enter_context(presence(storage, folder))
        self.trials = Trials(self.study, SPACE, present, folder, [F1])
        self.made = []

    def begin(self, wanted):
        self.trials.recover()
        self.trials.issue([{}] * wanted)
        return self


def finish(folder, number, status="finished", **changed):
    run = folder / str(number)
    run.mkdir(exist_ok=True)
    results = Results(str(run), "lstm", "csv", "classification", 0, status=status, validation={"f1_macro": 0.5})
    (run / "results.json").write_text(json.dumps({**asdict(results), **changed}))


def test_trials_are_numbered_and_end_as_they_are_told(own_place):
    worker = Worker(own_place).begin(3)
    taken = [worker.trials.take() for _ in range(4)]
    assert [trial and trial.number for trial in taken] == [0, 1, 2, None]
    assert taken[0].overrides == [f"optimizer.lr={taken[0].trial.params['optimizer.lr']!r}"]
    worker.trials.end(taken[0], Outcome("finished", (0.7,)))
    worker.trials.end(taken[1], Outcome("failed", reason="it broke"))
    worker.trials.end(taken[2], Outcome("pruned"))
    assert [trial.state for trial in worker.trials.all] == [ENDS[0], ENDS[2], ENDS[1]]
    assert worker.trials.all[0].value == 0.7
    assert worker.trials.all[1].user_attrs[REASON] == "it broke"
    assert worker.trials.take() is None
    worker.begin(5)  # n_trials is the total
    assert [worker.trials.take().number for _ in range(2)] == [3, 4]


def test_fewer_may_be_wanted_and_then_more_again(own_place):
    worker = Worker(own_place).begin(5)
    worker.trials.end(worker.trials.take(), Outcome("finished", (0.1,)))
    worker.begin(2)
    assert worker.trials.take().number == 1
    assert worker.trials.take() is None
    worker.begin(3)
    assert worker.trials.take().number == 5
    assert worker.trials.take() is None
    assert [trial.user_attrs[TICKET] for trial in worker.trials.all] == [0, 1, 2]


def test_an_interrupted_trial_waits_again_with_its_values_under_a_number_of_its_own(own_place):
    worker = Worker(own_place).begin(2)
    first = worker.trials.take()
    worker.trials.end(first, Outcome("interrupted"))
    assert worker.trials.take().number == 1
    again = worker.trials.take()
    assert (again.number, again.overrides) == (2, first.overrides)
    assert worker.trials.take() is None
    assert [trial.number for trial in worker.trials.all] == [1, 2]


def test_what_a_dead_process_was_making_is_made_again_unless_its_run_came_to_its_end(own_place):
    dead = Worker(own_place).begin(4)
    for _ in range(4):
        dead.trials.take()
    finish(own_place, 0)
    finish(own_place, 1, "running")
    finish(own_place, 2, "pruned")
    alive = Worker(own_place).begin(4)
    assert [trial.state for trial in alive.trials.all] == [TrialState.RUNNING] * 4  # the other one is at work
    dead.life.close()
    alive.trials.recover()
    assert {t.number: t.state.name for t in alive.trials.all} == {
        0: "COMPLETE", 2: "PRUNED", 4: "WAITING", 5: "WAITING",
    }  # fmt: skip
    assert alive.trials.all[0].value == 0.5


def test_a_study_that_is_gone_on_with_is_begun_with_the_same_command(own_place):
    Worker(own_place, "model=lstm")
    with pytest.raises(ConfigError, match="model=lstm, now model=gru"):
        Worker(own_place, "model=gru")


def test_a_study_can_be_repeated_but_does_not_repeat_itself(own_place):
    def values(folder, seed):
        folder.mkdir(exist_ok=True)
        worker = Worker(folder, seed=seed)
        worker.begin(len(worker.trials.all) + 3)
        taken = [worker.trials.take() for _ in range(3)]
        for trial in taken:
            worker.trials.end(trial, Outcome("finished", (0.1,)))
        return [trial.trial.params["optimizer.lr"] for trial in taken]

    first = values(own_place / "a", 1)
    assert values(own_place / "b", 1) == first
    assert values(own_place / "c", 2) != first
    assert not set(values(own_place / "a", 1)) & set(first)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["take", "finish", "fail", "interrupt", "die", "recover"]), st.integers(0, 2)),
        max_size=30,
    )
)
def test_each_ticket_comes_to_one_end(happenings):
    with TemporaryDirectory() as place:
        folder = Path(place)
        workers = [Worker(folder).begin(4) for _ in range(3)]
        for what, who in happenings:
            worker = workers[who]
            if what == "take":
                if (taken := worker.trials.take()) is not None:
                    worker.made.append(taken)
            elif what == "recover":
                worker.trials.recover()
            elif what == "die":
                worker.life.close()
                workers[who] = Worker(folder).begin(4)
            elif worker.made:
                ends = {"finish": Outcome("finished", (0.1,)), "fail": Outcome("failed", reason="so")}
                worker.trials.end(worker.made.pop(), ends.get(what, Outcome("interrupted")))
        for worker in workers:
            worker.life.close()
        last = Worker(folder).begin(4)
        while (taken := last.trials.take()) is not None:
            last.trials.end(taken, Outcome("finished", (0.2,)))
        last.life.close()
        assert sorted(trial.user_attrs[TICKET] for trial in last.trials.all) == [0, 1, 2, 3]
        assert all(trial.state in ENDS for trial in last.trials.all)
        numbers = [trial.number for trial in last.study.get_trials()]
        assert numbers == list(range(len(numbers)))


def test_a_line_that_a_full_disk_broke_off_is_left_out(own_place):
    worker = Worker(own_place).begin(2)
    worker.trials.end(worker.trials.take(), Outcome("finished", (0.3,)))
    worker.life.close()
    with open(own_place / "trials.journal", "ab") as file:
        file.write(b'{"op_code": 6, "worker_id": "x", "tri')
    again = Worker(own_place).begin(2)
    assert [trial.state.name for trial in again.trials.all] == ["COMPLETE", "WAITING"]
    again.trials.end(again.trials.take(), Outcome("finished", (0.4,)))
    assert [trial.value for trial in Worker(own_place).trials.all] == [0.3, 0.4]


@pytest.mark.parametrize(
    ("changed", "ended", "became"),
    [
        ({}, None, Outcome("finished", (0.5,))),
        ({"status": "pruned"}, None, Outcome("pruned")),
        ({"status": "interrupted"}, None, Outcome("interrupted")),
        ({"status": "interrupted"}, "time limit of 5 minutes", Outcome("failed", reason="time limit of 5 minutes")),
        ({"status": "failed", "error": "no memory"}, None, Outcome("failed", reason="no memory")),
        ({"status": "running"}, "killed by SIGKILL", Outcome("failed", reason="killed by SIGKILL")),
        ({"status": "running"}, None, Outcome("failed", reason="it ended while running")),
        ({"validation": {"f1_macro": float("nan")}}, None, Outcome("failed", reason="f1_macro is nan")),
    ],
)
def test_what_became_of_a_run(own_place, changed, ended, became):
    finish(own_place, 7, **changed)
    assert outcome(own_place / "7", [F1], ended) == became


def test_a_run_without_results_has_failed(own_place):
    assert outcome(own_place / "7", [F1], "killed by SIGKILL").reason == "killed by SIGKILL"
    assert outcome(own_place / "7", [F1]).status == "failed"


def test_a_sweep_never_chooses_by_the_test_split():
    with pytest.raises(ConfigError, match="Use the validation's: f1_macro"):
        Objective("test/f1_macro", "maximize")
    with pytest.raises(ConfigError, match="Did you mean 'maximize'"):
        Objective("f1_macro", "maximise")


def test_figures_of_the_run_are_objectives_too(own_place):
    finish(own_place, 0, parameters=1234, train_seconds=5.5)
    objectives = [F1, Objective("parameters", "minimize"), Objective("train_seconds", "minimize")]
    assert outcome(own_place / "0", objectives).values == (0.5, 1234.0, 5.5)
    with pytest.raises(ConfigError, match="Did you mean 'f1_macro'"):
        outcome(own_place / "0", [Objective("f1_makro", "maximize")])
