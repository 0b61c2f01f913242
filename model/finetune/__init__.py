"""Fits an adapter to what one user chose."""
