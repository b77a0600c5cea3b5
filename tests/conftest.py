"""What several test files share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from index.embed import Embedder
from index.graph import DIMENSION
from index.ingest import Ingest
from index.load import load
from index.model import identity
from index.store import Store
from index.tokens import ModelTokenizer
from qa.reader_model import ReaderModel
from qa.settings import Settings

ARTICLES = Path(__file__).parent.parent / "articles"


@pytest.fixture(scope="session")
def bench() -> Path:
    """The folder of the public benchmark data; the test is skipped without it."""
    named = os.environ.get("DATELINE_BENCH")
    if not named or not Path(named).is_dir():
        pytest.skip("DATELINE_BENCH does not name the folder of the public benchmark data")
    return Path(named)


@pytest.fixture(scope="session")
def sample_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample articles and both models' graphs. Copy before use."""
    data = tmp_path_factory.mktemp("sample") / "data"
    settings = Settings(data=data)
    embedder = Embedder.open(data)
    store = Store.open(settings.index, identity("int8"), DIMENSION, "a test")
    ingest = Ingest(store, embedder, ModelTokenizer(), settings.index)
    report = ingest.run(load([ARTICLES], settings.index))
    store.close()
    ReaderModel.open(data)
    assert not report.rejected
    return data


@pytest.fixture
def sample(sample_once: Path, tmp_path: Path) -> Path:
    """A data folder with the sample articles, for one test."""
    return shutil.copytree(sample_once, tmp_path / "sample")
