"""Measures network, n-gram and mixture: likelihood and conversion."""
