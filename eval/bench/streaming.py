"""How soon a streamed answer begins, against the search that it begins with.

    python -m eval.bench.streaming [--questions N] [--out FILE]

The service over the sample articles, on a socket of this machine, asked one question after the
other by a client of this process: the gold questions, streamed. "first event" is from sending the
request to having read the whole first event, `search_results`; "search" is what the service took
to search, as that event says; "more" is the one without the other, the asker's wait for all but
the search. A minute.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from eval.bench.corpus import OURS, build
from eval.bench.latency import percentiles_of
from eval.bench.machine import machine
from eval.datasets.gold import read
from qa.local_desk import LocalDesk
from qa.service import create_app
from qa.service_run import listen, make_server
from qa.settings import Settings

MOST_MORE_MS = 50  #: that the first event may take beyond the search


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """The address of the service over a data folder, which is ready."""
    settings = Settings(data=data)
    app = create_app(lambda: LocalDesk.open(settings, "a benchmark"))
    with listen("127.0.0.1", 0) as listening:
        server = make_server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            with httpx.Client(base_url=address, trust_env=False) as client:
                end = time.monotonic() + 120
                while client.get("/health/ready").status_code != 200:
                    if time.monotonic() > end:
                        raise SystemExit("the service did not become ready")
                    time.sleep(0.05)
            yield address
        finally:
            server.should_exit = True
            thread.join(30)


def first_event(client: httpx.Client, body: dict) -> tuple[float, float, str]:
    """Milliseconds to the whole first event, those of the search in it, and the last event's name.

    The stream is read to its end.
    """
    began = time.perf_counter()
    waited, search, name = 0.0, 0.0, ""
    with client.stream("POST", "/ask", json=body) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and not waited:
                waited = (time.perf_counter() - began) * 1000
                search = json.loads(line.removeprefix("data: "))["timings_ms"]["total"]
    return waited, search, name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    dataset = read()
    cases = [case for case in dataset.cases if case.turn == 1][: arguments.questions]
    firsts, searches, more, ended = [], [], [], 0
    with tempfile.TemporaryDirectory() as folder:
        build(OURS, dataset.corpus(), Path(folder))
        with (
            serving(Path(folder)) as address,
            httpx.Client(base_url=address, trust_env=False, timeout=60) as client,
        ):
            for case in cases:
                body = {"question": case.question, "stream": True}
                if case.as_of:
                    body["as_of"] = case.as_of.isoformat()
                waited, search, last = first_event(client, body)
                firsts.append(waited)
                searches.append(search)
                more.append(waited - search)
                ended += last == "final_answer"
    result = {
        "machine": machine(),
        "questions": len(cases),
        "ended with final_answer": ended,
        "first_event_ms": percentiles_of(firsts),
        "search_ms": percentiles_of(searches),
        "more_ms": percentiles_of(more),
        "most_more_ms": MOST_MORE_MS,
    }
    print(json.dumps(result, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
