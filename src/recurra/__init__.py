"""Recurra: which recurrent encoder suits your text, and a model that runs."""
