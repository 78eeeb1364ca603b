"""What a run's files tell of its validation split, row by row; the test split is scored once and not looked into."""
