"""What the engines of the desktop share: a front for windows of other programs, without Qt."""
