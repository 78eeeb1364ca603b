"""Models that are not recurrent, trained on the same rows: what a run is compared with."""
