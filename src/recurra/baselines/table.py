"""A run beside its baselines, for a person."""

from typing import Any

from rich import box
from rich.table import Table

from recurra import tables
from recurra.results import Results


def table(results: Results, title: str) -> str:
    """A row for the run and for each baseline.

    Args:
        results: with `baselines`.
        title: of the data.
    """
    splits = [split for split in ("validation", "test") if getattr(results, split)]
    made = Table(title=f"{title}: beside models that are not recurrent", title_justify="left", box=box.SIMPLE_HEAD)
    made.add_column("model")
    for column in (
        "parameters",
        "seconds",
        *(f"{split} {results.monitor}" for split in splits),
        f"than {results.model}",
    ):
        made.add_column(column, justify="right")
    run = {"parameters": results.parameters, "seconds": results.train_seconds}
    run |= {split: getattr(results, split) for split in splits}
    for name, found in {results.model: run, **results.baselines}.items():
        if "error" in found:
            made.add_row(name, tables.cut(found["error"], 80))
            continue
        scores = (f"{found[split][results.monitor]:.4f}" for split in splits)
        made.add_row(name, f"{found['parameters']:,}", f"{found['seconds']:.0f}", *scores, _interval(found))
    return tables.text(made)


def sentence(results: Results) -> str:
    """Whether the run's encoder was worth its training on this text, by the baseline that comes nearest."""
    rivals = {name: found["difference"] for name, found in results.baselines.items() if found.get("difference")}
    if not rivals:
        return f"whether {results.model} pays on this text is not known: nothing was compared with it"
    rival, found = min(rivals.items(), key=lambda item: item[1]["better"])
    split = "test" if results.test else "validation"
    best, ends = results.model, (found["low"], found["high"])
    if found["better"] < 0:
        best, ends = rival, (-found["high"], -found["low"])
    pays = f"whether {results.model} pays on this text, these rows do not tell"
    if ends[0] > 0:
        pays = f"{results.model} {'pays' if best == results.model else 'does not pay'} on this text"
    other = rival if best == results.model else results.model
    return (
        f"{pays}: {best} is better than {other} by {abs(found['better']):.4f} {results.monitor} "
        f"(95 % interval {ends[0]:z.4f} to {ends[1]:z.4f}, over {found['rows']} {split} rows)"
    )


def _interval(found: dict[str, Any]) -> str:
    """By how much a baseline is better than the run; empty for the run itself."""
    against = found.get("difference")
    if not against:
        return ""
    better, low, high = (-against[end] for end in ("better", "high", "low"))
    return f"{better:+z.4f} [{low:+z.4f}, {high:+z.4f}]"
