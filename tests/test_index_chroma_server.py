"""The same store with its vectors on a Chroma server: a real one, on 127.0.0.1."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.errors import VectorStoreError
from index.inspect import inspect
from index.store import Store
from tests.stored import DIMENSION, MODEL, entry, vector_of


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("chroma")), "run", "--host", "127.0.0.1",
         "--port", str(port), "--path", str(tmp_path_factory.mktemp("chroma"))],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def opened(folder: Path, server: str, collection: str = "news") -> Store:
    config = IndexConfig(data=folder, chroma_url=server, collection=collection)
    return Store.open(config, MODEL, DIMENSION, "a test")


def test_articles_live_on_the_server_and_are_mended_from_the_catalogue(
    server: str, tmp_path: Path
) -> None:
    store = opened(tmp_path / "data", server)
    store.put([entry(number) for number in range(20)])
    store.withdraw("a00003")
    wanted = entry(7).passages[1]
    assert store.search_dense(vector_of(wanted.text), 1)[0].passage_id == wanted.id
    assert not (tmp_path / "data" / "chroma").exists()
    # Somebody else deletes a row on the server, and adds one.
    store.vectors.delete([wanted.id])
    store.vectors.upsert(entry(99).passages[:1], entry(99).vectors[:1])
    store.close()
    config = IndexConfig(data=tmp_path / "data", chroma_url=server, collection="news")
    assert inspect(config) == ["vector index: 1 missing, 1 left over"]
    store = opened(tmp_path / "data", server)
    assert store.mended == ["vector index: 1 missing, 1 left over"]
    assert store.search_dense(vector_of(wanted.text), 1)[0].passage_id == wanted.id
    # A changed vector is found, and the whole collection is written anew.
    store.vectors.upsert(entry(1).passages[:1], entry(2).vectors[:1])
    store.close()
    store = opened(tmp_path / "data", server)
    assert "built again" in store.mended[0]
    assert store.vectors.count() == 19 * 3
    store.close()


def test_another_folders_collection_is_refused_and_left_alone(server: str, tmp_path: Path) -> None:
    first = opened(tmp_path / "first", server, "sport")
    first.put([entry(1)])
    first.close()
    with pytest.raises(VectorStoreError, match="DATELINE_COLLECTION"):
        opened(tmp_path / "second", server, "sport")
    first = opened(tmp_path / "first", server, "sport")
    assert first.mended == []
    assert first.vectors.count() == 3
    first.close()
