"""One decoding step of many hypotheses: the same function as `Network`, laid out for few rows.

A step of 24 rows is bound by the number of operations, not by arithmetic. So the weights of the
norms are folded into the projections behind them, an RMS norm is one division by a length,
queries and keys are normalised and rotated together, and attention is three products in fp32.
The residual stream is fp32, too; only the products with weights are in the number format asked
for, and for bf16 on a CPU the weights are laid out once as oneDNN multiplies them, which it
would otherwise do in every product (a third of its time at 24 rows, half at 4).

Legend: N new rows, S cached rows, D width, H heads, K head size, V vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from model.device import has_fast_bfloat16
from model.network.transformer import Block, Network
from model.network.tree_cache import TreeCache

Projection = Callable[[Tensor], Tensor]

ROWS = 24  # of a full step, for which oneDNN chooses its layout
_SHORTEST = 1e-12  # a vector of zeros stays one


def projection(weight: Tensor, bias: Tensor | None = None) -> Projection:
    """The function from (N, in) to (N, out) of a linear layer.

    Args:
        weight: (out, in), on its device.
        bias: (out,).
    """
    on_cpu = weight.device.type == "cpu"
    if on_cpu and weight.dtype == torch.bfloat16 and has_fast_bfloat16(weight.device):
        # What torch's own compiler calls for frozen weights; it has no public name.
        packed = torch.ops.mkldnn._reorder_linear_weight(weight, ROWS)
        multiply = torch.ops.mkldnn._linear_pointwise
        return lambda x: multiply(x, packed, bias, "none", [], "")
    return lambda x: F.linear(x, weight, bias)


@dataclass(frozen=True, slots=True)
class _Layer:
    """What a block multiplies with.

    Attributes:
        qkv: D to 3 D, behind the norm of attention.
        sharpness: (2 H, 1) lengths of queries and keys, 1 / sqrt(K) of the products included.
        out: D to D.
        gate_up: D to 2 hidden, behind the norm of the feed-forward layer.
        down: hidden to D.
    """

    qkv: Projection
    sharpness: Tensor
    out: Projection
    gate_up: Projection
    down: Projection


class DecodeStep:
    """Runs new rows through a copy of a network's weights.

    Args:
        network: left as it is; adapters have been merged into it.
        device: where the copy lies.
        dtype: of the products with weights; bf16 or fp32.
    """

    @torch.no_grad()
    def __init__(self, network: Network, device: torch.device, dtype: torch.dtype) -> None:
        self.config = network.config
        self.device, self.dtype = device, dtype
        self._layers = [self._laid_out(block) for block in network.blocks]
        self._norm = (network.norm.weight * math.sqrt(self.config.width)).to(device)
        self._output = network.embedding().to(device, dtype)  # (V, D)
        self._read = projection(self._output, network.bias.detach().to(device, dtype))
        # In fp32: rounded to bf16, the angles of neighbouring positions become the same.
        cos, sin = network.cos.float(), network.sin.float()
        self._cos = torch.cat((cos, cos), -1)[:, None].to(device)  # (2 context, 1, K)
        self._sin = torch.cat((-sin, sin), -1)[:, None].to(device)

    def _laid_out(self, block: torch.nn.Module) -> _Layer:
        assert isinstance(block, Block)
        width, heads = self.config.width, self.config.heads
        root = math.sqrt(width)
        attention, forward = block.attention, block.feed_forward
        sharpness = torch.ones(2 * heads, 1)
        # Queries and keys have length sqrt(K) each: together K, and sqrt(K) is divided off.
        sharpness[:heads, 0] = attention.sharpness.detach().cpu() * math.sqrt(width // heads)

        def placed(weight: Tensor) -> Projection:
            return projection(weight.detach().to(self.device, self.dtype).contiguous())

        return _Layer(
            placed(attention.qkv.weight * block.attention_norm.weight * root),
            sharpness.to(self.device),
            placed(attention.out.weight),
            placed(forward.gate_up.weight * block.feed_forward_norm.weight * root),
            placed(forward.down.weight),
        )

    @property
    def positions(self) -> int:
        """How many positions can be told apart."""
        return len(self._cos)

    def new_cache(self) -> TreeCache:
        """An empty cache for `run`."""
        return TreeCache(self.config, torch.float32, self.device)

    def run(self, tokens: Tensor, depths: Tensor, cache: TreeCache, mask: Tensor) -> Tensor:
        """The normed stream (N, D) of N new rows, whose keys and values `cache` gains.

        Args:
            tokens: (N,) token ids.
            depths: (N,) positions, from 0 to `positions` - 1.
            cache: S - N rows before the call.
            mask: (N, S) true where a new row may attend; its own row included.
        """
        count, heads = len(tokens), self.config.heads
        size = self.config.width // heads
        x = F.rms_norm(self._output[tokens].float(), (self.config.width,))
        cos, sin = self._cos[depths], self._sin[depths]  # (N, 1, K)
        hidden = torch.zeros(mask.shape, device=self.device).masked_fill_(~mask, -math.inf)
        for number, layer in enumerate(self._layers):
            qkv = layer.qkv(self._direction(x)).float().view(count, 3 * heads, size)
            qk = qkv[:, : 2 * heads]
            length = torch.linalg.vector_norm(qk, dim=-1, keepdim=True).clamp_min_(_SHORTEST)
            turned = torch.addcmul(qk * cos, qk.roll(size // 2, -1), sin)  # (N, 2 H, K)
            turned *= layer.sharpness / length
            keys, values = cache.write(
                number, turned[:, heads:].transpose(0, 1), qkv[:, 2 * heads :].transpose(0, 1)
            )  # each (H, S, K)
            queries = turned[:, :heads].transpose(0, 1)
            scores = torch.baddbmm(hidden, queries, keys.transpose(1, 2))  # (H, N, S)
            mixed = torch.bmm(scores.softmax(-1), values).transpose(0, 1)
            x += layer.out(mixed.reshape(count, -1).to(self.dtype))
            gate, up = layer.gate_up(self._direction(x)).chunk(2, dim=-1)
            x += layer.down(F.silu(gate) * up)
        cache.advance(count)
        return (self._direction(x) * self._norm).to(self.dtype)

    def logits(self, hidden: Tensor) -> Tensor:
        """(N, V) logits in fp32, read from the stream (N, D) that `run` gave."""
        return self._read(hidden).float()

    def _direction(self, x: Tensor) -> Tensor:
        """(N, D) rows of length 1; an RMS norm but for sqrt(D)."""
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True).clamp_min_(_SHORTEST)
        return (x / length).to(self.dtype)
