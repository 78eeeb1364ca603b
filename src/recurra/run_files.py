"""What the files of a run's folder are called."""

CHECKPOINTS = "checkpoints"
BEST, LAST, PREVIOUS = "best.ckpt", "last.ckpt", "previous.ckpt"
RESULTS = "results.json"
