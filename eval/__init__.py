"""Measures the answers of `qa` and the retrieval of `index`.

The name shadows a builtin: import from its modules (`from eval.records import …`).
"""
