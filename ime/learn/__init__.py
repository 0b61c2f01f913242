"""What counts at once: choices, words and n-grams of the user, slips, pins."""
