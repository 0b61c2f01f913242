"""Learning from the user: the selection log and what is trained on it."""
