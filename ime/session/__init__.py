"""The session: keys in, composition, pages and commits out; it knows no converter."""
