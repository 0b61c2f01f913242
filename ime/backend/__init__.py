"""What every front opens: joins what is stored of the user with what converts and learns."""
