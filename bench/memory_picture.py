"""The memory suite in one picture."""

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from memory_run import Run
from picture import save


def draw(path: Path, data: str, runs: Sequence[Run]) -> None:
    """Left the steps that each encoder needed for each length, or that it did not solve it; right how it got there."""
    lengths = sorted({run.length for run in runs})
    encoders = list(dict.fromkeys(run.encoder for run in runs))
    colours = {encoder: f"C{number}" for number, encoder in enumerate(encoders)}
    columns = min(len(lengths) + 1, 3)
    lines = -(-(len(lengths) + 1) // columns)
    figure = Figure(figsize=(3.6 * columns, 3.2 * lines + 0.6), layout="constrained")
    first, *others = figure.subplots(lines, columns, squeeze=False).flat
    _steps_to_solve(first, runs, encoders, colours)
    for axes, length in zip(others, lengths, strict=False):
        _curves(axes, [run for run in runs if run.length == length], colours)
        axes.set_title(f"{length} steps")
    for axes in others[len(lengths) :]:
        axes.remove()
    figure.suptitle(f"{data}: how far back do they remember?")
    figure.legend(*first.get_legend_handles_labels(), loc="outside lower center", ncols=min(len(encoders), 3))
    save(figure, path)


def _steps_to_solve(axes: Axes, runs: Sequence[Run], encoders: Sequence[str], colours: dict[str, str]) -> None:
    most = max(run.curve[-1][0] for run in runs if run.curve)
    for number, encoder in enumerate(encoders):
        own = [run for run in runs if run.encoder == encoder]
        solved = [(run.length, run.solved_after) for run in own if run.solved_after is not None]
        axes.plot(*(zip(*solved, strict=True) if solved else ([], [])), "o-", color=colours[encoder], label=encoder)
        # Side by side above all others, since they would cover each other.
        failed = [run.length * 1.08 ** (number - len(encoders) / 2) for run in own if run.solved_after is None]
        axes.plot(failed, [2 * most] * len(failed), "x", color=colours[encoder])
    axes.axhline(1.5 * most, color="grey", linewidth=0.8)
    axes.text(0.02, 2.3 * most, "not solved", transform=axes.get_yaxis_transform(), color="grey", fontsize=9)
    axes.set(xscale="log", yscale="log", xlabel="length", ylabel="steps to solve", title="solved or not")
    axes.set_ylim(top=3.2 * most)
    lengths = sorted({run.length for run in runs})
    axes.set_xticks(lengths, [str(length) for length in lengths])
    axes.minorticks_off()


def _curves(axes: Axes, runs: Sequence[Run], colours: dict[str, str]) -> None:
    level = runs[0].level
    for run in runs:
        if run.curve:
            axes.plot(*zip(*run.curve, strict=True), color=colours[run.encoder], linewidth=1.2)
    for value, name in ((level.chance, f"chance {level.chance:.3g}"), (level.solved, f"solved {level.solved:.3g}")):
        axes.axhline(value, color="black", linestyle="--" if value == level.chance else ":", linewidth=1)
        axes.annotate(name, (0.02, value), (0, 4), axes.get_yaxis_transform(), "offset points", va="bottom", fontsize=9)
    if level.solved < level.chance:
        axes.set_yscale("log")
        axes.set_ylim(top=5 * level.chance)  # what explodes leaves the picture
    axes.set_xscale("log")
    axes.set_xlabel("training steps")
    axes.set_ylabel(f"validation {level.metric}")
