"""Describe the reader as an ONNX graph: the embedding model's encoder with two heads.

One says of every token how likely an answer starts and ends there (Devlin et al. 2019, "BERT",
section 4.2); the other, from [CLS], whether the passage answers (Karpukhin et al. 2020, "Dense
Passage Retrieval", section 6.1). Both compute in fp32: they are a thousandth of the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.graph import EncoderGraph, Precision
from qa.reader_tokens import MAX_TOKENS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import onnx


def describe(weights: Mapping[str, np.ndarray], precision: Precision) -> onnx.ModelProto:
    """The graph: `input_ids`, `token_types` int32 [batch, length] → `span` float32
    [batch, length, 2], logits of start and end, and `answers` float32 [batch, 1], a logit.

    `weights` are those of `qa.reader_delta.merged`. All inputs of a batch have the same length,
    at most MAX_TOKENS: there is no padding.
    """
    import numpy as np

    graph = EncoderGraph(weights, precision, MAX_TOKENS)
    x = graph.hidden("input_ids", "token_types")
    span = graph.op("MatMul", x, graph.tensor("span.columns", weights["span.weight"].T))
    graph.node("Add", [span, graph.weight("span.bias")], "span")
    first = graph.op("Gather", x, graph.tensor("first", np.array(0)), axis=1)
    heads = [first, graph.weight("answers.weight"), graph.weight("answers.bias")]
    graph.node("Gemm", heads, "answers", transB=1)
    return graph.model(
        "reader",
        ["input_ids", "token_types"],
        {"span": ["batch", "length", 2], "answers": ["batch", 1]},
    )
