"""Training on what the user chose: runs, their judge, versions, and forgetting."""
