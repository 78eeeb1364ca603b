"""Many runs in one command: what is varied, which trial is next, and what became of each."""
