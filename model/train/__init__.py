"""Trains the network on token shards."""
