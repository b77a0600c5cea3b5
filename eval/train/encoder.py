"""The reader in torch, for training only: MiniLM's encoder and two heads.

The encoder is BERT's (Devlin et al. 2019) with the pinned weights' names, so that what is trained
here and what `qa.reader_graph` runs are the same tensors. The heads are those of Karpukhin et al.
2020 ("Dense Passage Retrieval", section 6): where the answer starts and ends, and whether the
passage answers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

LAYERS, HEADS, DIMENSION, WIDE, POSITIONS = 6, 12, 384, 1536, 512
FROZEN = "embeddings.word_embeddings.weight"  #: half the weights, and the half that need not change


class Layer(nn.Module):
    """One layer of the encoder. Dropout is left out: it costs a third of the time."""

    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(DIMENSION, DIMENSION)
        self.key = nn.Linear(DIMENSION, DIMENSION)
        self.value = nn.Linear(DIMENSION, DIMENSION)
        self.seen = nn.Linear(DIMENSION, DIMENSION)
        self.seen_norm = nn.LayerNorm(DIMENSION, eps=1e-12)
        self.wide = nn.Linear(DIMENSION, WIDE)
        self.narrow = nn.Linear(WIDE, DIMENSION)
        self.norm = nn.LayerNorm(DIMENSION, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x [batch, length, 384], bias [batch * heads, 1, length] → [batch, length, 384]."""
        batch, length, _ = x.shape
        size = DIMENSION // HEADS

        def heads(linear: nn.Linear) -> Tensor:
            split = linear(x).view(batch, length, HEADS, size).transpose(1, 2)
            return split.reshape(batch * HEADS, length, size)

        # One operation instead of three: each passes over all pairs of tokens.
        weights = torch.baddbmm(
            bias, heads(self.query), heads(self.key).transpose(1, 2), alpha=size**-0.5
        ).softmax(-1)
        seen = torch.bmm(weights, heads(self.value)).view(batch, HEADS, length, size)
        seen = seen.transpose(1, 2).reshape(x.shape)
        x = self.seen_norm(x + self.seen(seen))
        return self.norm(x + self.narrow(functional.gelu(self.wide(x))))


#: Names of a layer's parts here → in the pinned weights.
_PARTS = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "seen": "attention.output.dense",
    "seen_norm": "attention.output.LayerNorm",
    "wide": "intermediate.dense",
    "narrow": "output.dense",
    "norm": "output.LayerNorm",
}


class Reader(nn.Module):
    """Token ids → start and end logits of every token, and one logit whether it answers."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, DIMENSION)
        self.places = nn.Embedding(POSITIONS, DIMENSION)
        self.types = nn.Embedding(2, DIMENSION)
        self.first_norm = nn.LayerNorm(DIMENSION, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.span = nn.Linear(DIMENSION, 2)
        self.answers = nn.Linear(DIMENSION, 1)
        for head in (self.span, self.answers):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        self.words.weight.requires_grad_(False)

    def forward(self, ids: Tensor, types: Tensor, is_token: Tensor) -> tuple[Tensor, Tensor]:
        """All [batch, length] → logits [batch, length, 2] and [batch]."""
        places = torch.arange(ids.shape[1], device=ids.device)
        x = self.first_norm(self.words(ids) + self.places(places) + self.types(types))
        bias = torch.zeros(ids.shape, dtype=x.dtype, device=x.device).masked_fill(~is_token, -1e4)
        bias = bias.repeat_interleave(HEADS, 0)[:, None, :]
        for layer in self.layers:
            x = layer(x, bias)
        return self.span(x).float(), self.answers(x[:, 0]).float().squeeze(-1)

    def _names(self) -> dict[str, str]:
        """Name here → name in the weights' file."""
        names = {
            "words.weight": FROZEN,
            "places.weight": "embeddings.position_embeddings.weight",
            "types.weight": "embeddings.token_type_embeddings.weight",
        }
        for kind in ("weight", "bias"):
            names[f"first_norm.{kind}"] = f"embeddings.LayerNorm.{kind}"
            for head in ("span", "answers"):
                names[f"{head}.{kind}"] = f"{head}.{kind}"
            for layer in range(LAYERS):
                for here, there in _PARTS.items():
                    names[f"layers.{layer}.{here}.{kind}"] = f"encoder.layer.{layer}.{there}.{kind}"
        return names

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take weights by their names in the file; heads that it lacks stay as they are."""
        names, mine = self._names(), self.state_dict()
        with torch.no_grad():
            for here, there in names.items():
                if there in weights:
                    mine[here].copy_(torch.from_numpy(np.array(weights[there], np.float32)))
                elif not here.startswith(("span", "answers")):
                    raise KeyError(f"the weights lack {there}")

    def weights(self) -> dict[str, np.ndarray]:
        """All of them in float32, by their names in the file."""
        mine = self.state_dict()
        return {
            there: mine[here].float().cpu().numpy().copy() for here, there in self._names().items()
        }
