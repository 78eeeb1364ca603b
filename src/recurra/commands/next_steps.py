"""What a finished run says last: where its files lie, and what to type next."""

import os
import shlex

from recurra.console import place
from recurra.results import Results
from recurra.run_files import BEST, CHECKPOINTS


def next_steps(results: Results) -> str:
    """Where the files lie, and commands that can be copied as they stand, also outside an activated environment."""
    before = place()
    folder = os.path.relpath(results.folder)
    best = shlex.quote(os.path.join(folder, CHECKPOINTS, BEST))
    same = [shlex.quote(o) for o in results.overrides if o.startswith(("data", "tokenizer", "task"))]
    models = "rnn,lstm,gru,textrnn,rcnn" if results.verb == "predict" else "rnn,lstm,gru"
    more = f"\n  {before}recurra-train {' '.join(['-m', *same, f'model={models}'])}"
    if not same:
        more += f"\n  {before}recurra-train data=csv data.train=YOUR.csv"
    if any(o.startswith(("experiment=", "tokenizer=checkpoint")) for o in results.overrides):
        more = ""  # one may set what no other encoder has, the other asks for a checkpoint, of this encoder most often
    asked = f'\n  {before}recurra {results.verb} {best} "{results.sample}"' if results.verb else ""
    asked += f"\n  {before}recurra evaluate {best}"
    return f"""
files: {folder}

next:{"" if results.best_checkpoint is None else asked}{more}
  {before}recurra-train --help"""
