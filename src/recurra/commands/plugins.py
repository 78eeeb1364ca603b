"""Recurra's own sweeper and launchers, made known to Hydra."""

from hydra.core.plugins import Plugins


def register_plugins() -> None:
    """Makes them known: Hydra finds them by itself in an installed package, but not in an editable one."""
    from hydra_plugins.recurra.cluster import ClusterLauncher
    from hydra_plugins.recurra.processes import ProcessesLauncher
    from hydra_plugins.recurra.sweeper import RecurraSweeper

    for plugin in (RecurraSweeper, ProcessesLauncher, ClusterLauncher):
        Plugins.instance().register(plugin)
