"""What the user wrote elsewhere: files, their text, and what of it may be learned from."""
