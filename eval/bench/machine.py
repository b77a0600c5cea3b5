"""What a figure was measured on."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path


def machine() -> dict[str, object]:
    """Processor, cores, memory in GiB, Python and the packages that matter; for result files."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {
            name: metadata.version(name)
            for name in ("chromadb", "onnxruntime", "tantivy", "tokenizers", "llama-index-core")
        },
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux: the architecture will do
    return platform.processor() or platform.machine()
