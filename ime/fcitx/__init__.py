"""Moyin behind fcitx5: an addon there speaks to this process over a socket."""
