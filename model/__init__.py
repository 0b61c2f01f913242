"""The language model behind Moyin: data, network, n-gram, training and evaluation.

Nothing here imports `ime` or Qt; only `model.network`, `model.device` and the rooms that train
import torch, so the n-gram works where torch is absent.
"""
