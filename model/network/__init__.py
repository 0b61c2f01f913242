"""The Transformer: its shape, its weights, its cache, and the adapters that change it."""
