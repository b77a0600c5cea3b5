"""Describe the embedding model as an ONNX graph, from its weights and without torch.

A 6-layer BERT of 384 dimensions, mean-pooled and L2-normalised inside the graph
(Reimers and Gurevych 2019, "Sentence-BERT"). In the int8 graph, weights are quantised
by output column and activations by row, that is by token: how a token is rounded
depends on nothing but itself, and a large value costs no other token its precision.

The encoder alone is `EncoderGraph`: other models of the same shape put their own heads on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import onnx

Precision = Literal["int8", "fp32"]

DIMENSION = 384
MAX_TOKENS = 256  #: that the model was trained on, with [CLS] and [SEP]

_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12
#: The exact GELU is nowhere under -0.17: with this added every activation is positive,
#: and all 8 bits of an unsigned byte are used.
_GELU_FLOOR = 0.17
#: Not 127: processors without VNNI add two products of an activation (up to 255) and a
#: weight in 16 bits, which overflow silently. 2 * 255 * 64 fits, so that the integer
#: products are exact, and the same, on every machine. The cosine to fp32 pays .0014.
_WEIGHT_LEVELS = 64


def describe(
    weights: Mapping[str, np.ndarray], precision: Precision, padded: bool = False
) -> onnx.ModelProto:
    """The graph: `input_ids` int32 [batch, length] → `vectors` float32 [batch, 384].

    `weights` are BERT's, by their names in the safetensors file. Without `padded` all
    texts of a batch have the same length. With it there is a second input,
    `attention_mask` int32 [batch, length]: 1 for a token, 0 for padding.
    """
    mask = "attention_mask" if padded else None
    graph = EncoderGraph(weights, precision, MAX_TOKENS, mask)
    pooled = _pooled(graph, graph.hidden("input_ids"), mask)
    graph.node("LpNormalization", [pooled], "vectors", axis=-1, p=2)
    inputs = ["input_ids", mask] if mask else ["input_ids"]
    return graph.model("sentence-embedding", inputs, {"vectors": ["batch", DIMENSION]})


def _pooled(graph: EncoderGraph, x: str, mask: str | None) -> str:
    """Mean over the tokens, padding left out: [batch, 384]."""
    import numpy as np
    from onnx import TensorProto

    tokens = graph.tensor("tokens_axis", np.array([1]))
    if mask is None:
        return graph.op("ReduceMean", x, tokens, keepdims=0)
    kept = graph.op("Cast", mask, to=TensorProto.FLOAT)
    last = graph.tensor("last_axis", np.array([-1]))
    total = graph.op("Mul", x, graph.op("Unsqueeze", kept, last))
    total = graph.op("ReduceSum", total, tokens, keepdims=0)
    return graph.op("Div", total, graph.op("ReduceSum", kept, last, keepdims=1))


class EncoderGraph:
    """A graph in the writing: BERT's encoder, and the nodes and weights put on it.

    Values are named by their tensors.
    """

    def __init__(
        self,
        weights: Mapping[str, np.ndarray],
        precision: Precision,
        positions: int,
        mask: str | None = None,
    ) -> None:
        """`positions` is the most tokens of an input; `mask` names an input, see `describe`."""
        self._weights, self._precision = weights, precision
        self._positions, self._mask = positions, mask
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, onnx.TensorProto] = {}

    def model(
        self, name: str, inputs: Sequence[str], outputs: Mapping[str, Sequence[str | int]]
    ) -> onnx.ModelProto:
        """The whole: every input is int32 [batch, length], every output float32 of its shape."""
        from onnx import TensorProto, helper

        information, shape = helper.make_tensor_value_info, ["batch", "length"]
        graph = helper.make_graph(
            self._nodes,
            name,
            [information(one, TensorProto.INT32, shape) for one in inputs],
            [information(one, TensorProto.FLOAT, sizes) for one, sizes in outputs.items()],
            list(self._tensors.values()),
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=9, producer_name="dateline"
        )

    def hidden(self, ids: str, types: str | None = None) -> str:
        """The encoder's output for the input `ids`: [batch, length, 384].

        Without the input `types` every token is of type 0.
        """
        x = self._embedding(ids, types)
        for layer in range(_LAYERS):
            x = self._layer(x, f"encoder.layer.{layer}.")
        return x

    def weight(self, name: str) -> str:
        """One of the weights, as it is."""
        return self.tensor(name, self._weights[name])

    def tensor(self, name: str, value: np.ndarray | np.generic) -> str:
        """A constant; the same name is the same constant."""
        import numpy as np
        from onnx import numpy_helper

        if name not in self._tensors:
            self._tensors[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: int | float) -> str:
        """What an operator makes of its inputs, under a name of its own."""
        output = f"{kind}_{len(self._nodes)}"
        self.node(kind, list(inputs), output, domain, **attributes)
        return output

    def node(
        self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: int | float
    ) -> None:
        """Add an operator whose output is called `output`."""
        from onnx import helper

        node = helper.make_node(kind, inputs, [output], output, domain=domain, **attributes)
        self._nodes.append(node)

    def _embedding(self, ids: str, types: str | None) -> str:
        """Token + position + type embeddings, normalised: [batch, length, 384]."""
        import numpy as np
        from onnx import TensorProto

        words = self._weights["embeddings.word_embeddings.weight"]
        if self._precision == "fp32":
            x = self.op("Gather", self.tensor("words", words), ids)
        else:
            rows, scales = _quantised(words.T, 127)
            x = self.op("Gather", self.tensor("words", rows.T), ids)
            x = self.op("Cast", x, to=TensorProto.FLOAT)
            x = self.op(
                "Mul", x, self.op("Gather", self.tensor("word_scales", scales[:, None]), ids)
            )
        places = self._weights["embeddings.position_embeddings.weight"][: self._positions]
        kinds = self._weights["embeddings.token_type_embeddings.weight"]
        if types is None:
            places = places + kinds[0]
        else:
            x = self.op("Add", x, self.op("Gather", self.tensor("kinds", kinds), types))
        length = self.op("Shape", ids, start=1, end=2)
        zero = self.tensor("zero", np.array([0]))
        places = self.op("Slice", self.tensor("places", places), zero, length, zero)
        return self._normal(self.op("Add", x, places), "embeddings.LayerNorm")

    def _layer(self, x: str, name: str) -> str:
        import numpy as np

        own = f"{name}attention.self."
        parts = ("query", "key", "value")
        bias = np.concatenate([self._weights[f"{own}{part}.bias"] for part in parts])
        read = self._rows(x)
        inputs = [self._product(read, f"{own}{part}") for part in parts]
        inputs.append(self.tensor(f"{own}bias", bias))
        if self._mask is not None:
            inputs.append(self._mask)
        seen = self.op("MultiHeadAttention", *inputs, domain="com.microsoft", num_heads=_HEADS)
        seen = self._linear(self._rows(seen), f"{name}attention.output.dense")
        x = self._normal(self.op("Add", seen, x), f"{name}attention.output.LayerNorm")
        wide = self.op(
            "BiasGelu",
            self._product(self._rows(x), f"{name}intermediate.dense"),
            self.weight(f"{name}intermediate.dense.bias"),
            domain="com.microsoft",
        )
        thought = self._linear(self._rows(wide, _GELU_FLOOR), f"{name}output.dense")
        return self._normal(self.op("Add", thought, x), f"{name}output.LayerNorm")

    def _rows(self, x: str, floor: float | None = None) -> tuple[str, str, float | None]:
        """x as bytes and each row's scale; as it is in fp32. No value is under -`floor`."""
        import numpy as np

        if self._precision == "fp32":
            return x, "", None
        last = self.tensor("last_axis", np.array([-1]))
        if floor is None:
            size, steps, zero = self.op("Abs", x), 127, 128
        else:
            size = x = self.op("Add", x, self.tensor("floor", np.float32(floor)))
            steps, zero = 255, 0
        most = self.op("ReduceMax", size, last, keepdims=1)
        # A row of zeros would divide by zero.
        most = self.op("Max", most, self.tensor("tiny", np.float32(1e-9)))
        scale = self.op("Mul", most, self.tensor(f"per_{steps}", np.float32(1 / steps)))
        quantised = self.op(
            "QuantizeLinear",
            self.op("Div", x, scale),
            self.tensor("one", np.float32(1)),
            self.tensor(f"zero_{zero}", np.uint8(zero)),
        )
        return quantised, scale, floor

    def _product(self, rows: tuple[str, str, float | None], name: str) -> str:
        """Rows times the weight `name`, without its bias."""
        x, scale, floor = rows
        weight = self._weights[f"{name}.weight"].T
        if self._precision == "fp32":
            return self.op("MatMul", x, self.tensor(name, weight))
        columns, scales = _quantised(weight)
        product = self.op(
            "MatMulIntegerToFloat",
            x,
            self.tensor(name, columns),
            "one",
            self.tensor(f"{name}.scales", scales),
            "zero_128" if floor is None else "zero_0",
            domain="com.microsoft",
        )
        return self.op("Mul", product, scale)

    def _linear(self, rows: tuple[str, str, float | None], name: str) -> str:
        """Rows times the weight `name`, plus its bias, less what the floor added."""
        import numpy as np

        bias = self._weights[f"{name}.bias"]
        if rows[2] is not None:
            columns, scales = _quantised(self._weights[f"{name}.weight"].T)
            added = rows[2] * columns.sum(axis=0, dtype=np.int64) * scales
            bias = (bias - added).astype(np.float32)
        return self.op("Add", self._product(rows, name), self.tensor(f"{name}.bias", bias))

    def _normal(self, x: str, name: str) -> str:
        # Not SkipLayerNormalization, which would save the addition: on the CPU it runs
        # ten times slower than this, and was a fifth of the whole.
        weight, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("LayerNormalization", x, weight, bias, axis=-1, epsilon=_EPSILON)


def _quantised(weight: np.ndarray, levels: int = _WEIGHT_LEVELS) -> tuple[np.ndarray, np.ndarray]:
    """Columns of [in, out] as bytes within ±levels, and their scales: byte * scale = weight."""
    import numpy as np

    most = np.abs(weight).max(axis=0)
    scales = np.where(most > 0, most / levels, 1).astype(np.float32)
    return np.rint(weight / scales).astype(np.int8), scales
