"""Describe the embedding model as an ONNX graph, from its weights and without torch.

A 6-layer BERT of 384 dimensions, mean-pooled and L2-normalised inside the graph
(Reimers and Gurevych 2019, "Sentence-BERT"). In the int8 graph, weights are quantised
by output column and activations by row, that is by token: how a token is rounded
depends on nothing but itself, and a large value costs no other token its precision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    return _Writer(weights, precision, padded).model()


class _Writer:
    """Collects the nodes and weights of one graph. Values are named by their tensors."""

    def __init__(
        self, weights: Mapping[str, np.ndarray], precision: Precision, padded: bool
    ) -> None:
        self._weights, self._precision, self._padded = weights, precision, padded
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: dict[str, onnx.TensorProto] = {}

    def model(self) -> onnx.ModelProto:
        from onnx import TensorProto, helper

        x = self._embedding("input_ids")
        for layer in range(_LAYERS):
            x = self._layer(x, f"encoder.layer.{layer}.")
        self._node("LpNormalization", [self._pooled(x)], "vectors", axis=-1, p=2)
        shape = ["batch", "length"]
        names = ["input_ids", "attention_mask"] if self._padded else ["input_ids"]
        graph = helper.make_graph(
            self._nodes,
            "sentence-embedding",
            [helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name in names],
            [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", DIMENSION])],
            list(self._tensors.values()),
        )
        opsets = [helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(
            graph, opset_imports=opsets, ir_version=9, producer_name="dateline"
        )

    def _embedding(self, ids: str) -> str:
        """Token + position + type embeddings, normalised: [batch, length, 384]."""
        import numpy as np
        from onnx import TensorProto

        words = self._weights["embeddings.word_embeddings.weight"]
        if self._precision == "fp32":
            x = self._op("Gather", self._tensor("words", words), ids)
        else:
            rows, scales = _quantised(words.T, 127)
            x = self._op("Gather", self._tensor("words", rows.T), ids)
            x = self._op("Cast", x, to=TensorProto.FLOAT)
            x = self._op(
                "Mul", x, self._op("Gather", self._tensor("word_scales", scales[:, None]), ids)
            )
        places = self._weights["embeddings.position_embeddings.weight"][:MAX_TOKENS]
        places = places + self._weights["embeddings.token_type_embeddings.weight"][0]
        length = self._op("Shape", ids, start=1, end=2)
        zero = self._tensor("zero", np.array([0]))
        places = self._op("Slice", self._tensor("places", places), zero, length, zero)
        return self._normal(self._op("Add", x, places), "embeddings.LayerNorm")

    def _layer(self, x: str, name: str) -> str:
        import numpy as np

        own = f"{name}attention.self."
        parts = ("query", "key", "value")
        bias = np.concatenate([self._weights[f"{own}{part}.bias"] for part in parts])
        read = self._rows(x)
        inputs = [self._product(read, f"{own}{part}") for part in parts]
        inputs.append(self._tensor(f"{own}bias", bias))
        if self._padded:
            inputs.append("attention_mask")
        seen = self._op("MultiHeadAttention", *inputs, domain="com.microsoft", num_heads=_HEADS)
        seen = self._linear(self._rows(seen), f"{name}attention.output.dense")
        x = self._normal(self._op("Add", seen, x), f"{name}attention.output.LayerNorm")
        wide = self._op(
            "BiasGelu",
            self._product(self._rows(x), f"{name}intermediate.dense"),
            self._weight(f"{name}intermediate.dense.bias"),
            domain="com.microsoft",
        )
        thought = self._linear(self._rows(wide, _GELU_FLOOR), f"{name}output.dense")
        return self._normal(self._op("Add", thought, x), f"{name}output.LayerNorm")

    def _pooled(self, x: str) -> str:
        """Mean over the tokens, padding left out: [batch, 384]."""
        import numpy as np
        from onnx import TensorProto

        tokens = self._tensor("tokens_axis", np.array([1]))
        if not self._padded:
            return self._op("ReduceMean", x, tokens, keepdims=0)
        mask = self._op("Cast", "attention_mask", to=TensorProto.FLOAT)
        last = self._tensor("last_axis", np.array([-1]))
        kept = self._op("Mul", x, self._op("Unsqueeze", mask, last))
        total = self._op("ReduceSum", kept, tokens, keepdims=0)
        return self._op("Div", total, self._op("ReduceSum", mask, last, keepdims=1))

    def _rows(self, x: str, floor: float | None = None) -> tuple[str, str, float | None]:
        """x as bytes and each row's scale; as it is in fp32. No value is under -`floor`."""
        import numpy as np

        if self._precision == "fp32":
            return x, "", None
        last = self._tensor("last_axis", np.array([-1]))
        if floor is None:
            size, steps, zero = self._op("Abs", x), 127, 128
        else:
            size = x = self._op("Add", x, self._tensor("floor", np.float32(floor)))
            steps, zero = 255, 0
        most = self._op("ReduceMax", size, last, keepdims=1)
        # A row of zeros would divide by zero.
        most = self._op("Max", most, self._tensor("tiny", np.float32(1e-9)))
        scale = self._op("Mul", most, self._tensor(f"per_{steps}", np.float32(1 / steps)))
        quantised = self._op(
            "QuantizeLinear",
            self._op("Div", x, scale),
            self._tensor("one", np.float32(1)),
            self._tensor(f"zero_{zero}", np.uint8(zero)),
        )
        return quantised, scale, floor

    def _product(self, rows: tuple[str, str, float | None], name: str) -> str:
        """Rows times the weight `name`, without its bias."""
        x, scale, floor = rows
        weight = self._weights[f"{name}.weight"].T
        if self._precision == "fp32":
            return self._op("MatMul", x, self._tensor(name, weight))
        columns, scales = _quantised(weight)
        product = self._op(
            "MatMulIntegerToFloat",
            x,
            self._tensor(name, columns),
            "one",
            self._tensor(f"{name}.scales", scales),
            "zero_128" if floor is None else "zero_0",
            domain="com.microsoft",
        )
        return self._op("Mul", product, scale)

    def _linear(self, rows: tuple[str, str, float | None], name: str) -> str:
        """Rows times the weight `name`, plus its bias, less what the floor added."""
        import numpy as np

        bias = self._weights[f"{name}.bias"]
        if rows[2] is not None:
            columns, scales = _quantised(self._weights[f"{name}.weight"].T)
            added = rows[2] * columns.sum(axis=0, dtype=np.int64) * scales
            bias = (bias - added).astype(np.float32)
        return self._op("Add", self._product(rows, name), self._tensor(f"{name}.bias", bias))

    def _normal(self, x: str, name: str) -> str:
        # Not SkipLayerNormalization, which would save the addition: on the CPU it runs
        # ten times slower than this, and was a fifth of the whole.
        weight, bias = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return self._op("LayerNormalization", x, weight, bias, axis=-1, epsilon=_EPSILON)

    def _weight(self, name: str) -> str:
        return self._tensor(name, self._weights[name])

    def _tensor(self, name: str, value: np.ndarray | np.generic) -> str:
        import numpy as np
        from onnx import numpy_helper

        if name not in self._tensors:
            self._tensors[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def _op(self, kind: str, *inputs: str, domain: str = "", **attributes: int | float) -> str:
        output = f"{kind}_{len(self._nodes)}"
        self._node(kind, list(inputs), output, domain, **attributes)
        return output

    def _node(
        self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: int | float
    ) -> None:
        from onnx import helper

        node = helper.make_node(kind, inputs, [output], output, domain=domain, **attributes)
        self._nodes.append(node)


def _quantised(weight: np.ndarray, levels: int = _WEIGHT_LEVELS) -> tuple[np.ndarray, np.ndarray]:
    """Columns of [in, out] as bytes within ±levels, and their scales: byte * scale = weight."""
    import numpy as np

    most = np.abs(weight).max(axis=0)
    scales = np.where(most > 0, most / levels, 1).astype(np.float32)
    return np.rint(weight / scales).astype(np.int8), scales
