"""Runs beside each other, read from their folders: which is best, how sure that is, and what each does wrong."""
