"""What is stored of the user: the selection log, sums beside it, pins; no model, no torch."""
