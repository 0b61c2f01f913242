"""The language model behind Moyin: data, network, n-gram, training and evaluation.

Nothing here imports `ime` or Qt; only `model.network` and the modules that train or run it
import torch, so the n-gram works where torch is absent.
"""
