"""How much each parameter matters for being among the best trials."""

import warnings
from collections.abc import Sequence

from optuna import Study

from recurra.sweeps.objective import Objective

_TRIALS = 5  # with fewer, it cannot tell parameters apart


def importances(study: Study, keys: Sequence[str], objective: Objective) -> dict[str, float]:
    """The share of each parameter, the largest first; empty where there is too little to tell from.

    PED-ANOVA (Watanabe, Bansal and Hutter 2023): how unlike all trials the best ones are in that parameter. The best
    are a tenth, but no fewer than 5 and no more than half: with 20 trials a tenth names the right parameter no better
    than chance.

    Args:
        study: with finished trials.
        keys: parameters that have several values.
        objective: the first of the study.
    """
    from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances  # scikit-learn, too

    trials = [trial for trial in study.get_trials(deepcopy=False) if trial.values is not None]
    if len(trials) < _TRIALS or len(keys) < 2:
        return {}
    sign = -1 if objective.direction == "maximize" else 1
    best = min(0.5, max(0.1, _TRIALS / len(trials)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that a target is minimised, and calls itself experimental
        return get_param_importances(
            study,
            evaluator=PedAnovaImportanceEvaluator(target_quantile=best),
            params=list(keys),
            target=lambda trial: sign * trial.values[0],
        )
