"""A W&B server on loopback: so much of its interface as a run needs, and a record of what it was told."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from wandb_artifacts import Artifacts


class WandbServer:
    """While it is entered, answers on `url`; entered again it knows what it was told before, on another port.

    Args:
        refuses: the status with which it refuses everything.
        silent: whether it takes every question and answers none.

    Attributes:
        sweep: the configuration of a sweep, for agents.
        proposals: the arguments of its runs; each is handed to an agent once.
        runs: what the upsert of each run said, by its id: projectName, groupName, jobType, tags, config.
        rows: the history of each run; as in W&B, a row that is sent for a place that has one replaces it.
        exits: the exit code of each run that has ended.
        preempting: those that were told to be.
        artifacts: of all runs.
    """

    def __init__(self, *, refuses: int | None = None, silent: bool = False) -> None:
        self.refuses = refuses
        self.silent = silent
        self.sweep: dict[str, Any] = {}
        self.proposals: list[dict[str, Any]] = []
        self.runs: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.summaries: dict[str, dict[str, Any]] = {}
        self.exits: dict[str, int] = {}
        self.preempting: set[str] = set()
        self.artifacts = Artifacts()
        self.url = ""
        self._over = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether nobody listens any more."""
        return self._over.is_set()

    def __enter__(self) -> "WandbServer":
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"told": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """From now on nobody listens."""
        if not self._over.is_set():
            self._over.set()
            self._server.shutdown()
            self._server.server_close()

    def wait(self) -> None:
        """Until the end, where it is silent."""
        if self.silent:
            self._over.wait()

    def query(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """What a GraphQL query is answered."""
        if (answer := self.artifacts.query(self.url, query, variables)) is not None:
            return answer
        if "upsertBucket" in query:
            run = variables["name"]
            self.runs.setdefault(run, {}).update({key: value for key, value in variables.items() if value is not None})
            project = {"name": variables["project"], "entity": {"name": "somebody"}}
            bucket = {"id": run, "name": run, "displayName": variables.get("displayName") or run, "project": project}
            bucket |= {"description": "", "config": "{}", "sweepName": None, "historyLineCount": 0}
            return {"upsertBucket": {"bucket": bucket, "inserted": True}}
        if "RunResumeStatus" in query:
            return {"model": {**_named(variables["project"]), "bucket": self._bucket(variables["name"])}}
        if "createRunFiles" in query:
            files = [{"name": name, "uploadUrl": f"{self.url}/storage/{name}"} for name in variables["files"]]
            return {"createRunFiles": {"runID": variables.get("run", "run"), "uploadHeaders": [], "files": files}}
        if "viewer" in query:
            return {
                "viewer": {
                    "id": "1",
                    "entity": "somebody",
                    "username": "somebody",
                    "flags": "{}",
                    "teams": {"edges": []},
                }
            }
        if "SweepWithRuns" in query:
            return {"project": {"sweep": {"id": "1", "config": json.dumps(self.sweep), "runs": {"edges": []}}}}
        if "CreateAgent" in query:
            return {"createAgent": {"agent": {"id": "agent"}}}
        if "Heartbeat" in query:
            return {"agentHeartbeat": {"agent": {"id": "agent"}, "commands": json.dumps(self._commands())}}
        return {}

    def _bucket(self, run: str) -> dict[str, Any] | None:
        """What is told of a run to one that goes on with it."""
        if run not in self.runs:
            return None
        rows = self.rows.get(run, [])
        lines = {"logLineCount": 0, "historyLineCount": len(rows), "eventsLineCount": 0}
        tails = {"historyTail": json.dumps([json.dumps(row) for row in rows[-1:]]), "eventsTail": "[]"}
        begun = {"config": "{}", "tags": [], "wandbConfig": json.dumps({"t": {}})}
        summary = json.dumps(self.summaries.get(run, {}))
        return {**_named(run), "displayName": run, "summaryMetrics": summary, **lines, **tails, **begun}

    def _commands(self) -> list[dict[str, Any]]:
        if not self.proposals:
            return []
        args = {name: {"value": value} for name, value in self.proposals.pop(0).items()}
        return [{"type": "run", "run_id": "r4t7", "program": self.sweep["program"], "args": args}]

    def stream(self, run: str, content: dict[str, Any]) -> None:
        """Takes in what is sent while a run goes on."""
        for name, part in content.get("files", {}).items():
            lines = [json.loads(line) for line in part["content"] if line.strip().startswith("{")]
            if name == "wandb-history.jsonl":
                self.rows.setdefault(run, [])[part["offset"] : part["offset"] + len(lines)] = lines
            elif name == "wandb-summary.json" and lines:
                self.summaries[run] = lines[-1]
        if content.get("preempting"):
            self.preempting.add(run)
        if content.get("complete"):
            self.exits[run] = content["exitcode"]


def _named(name: str) -> dict[str, Any]:
    return {"id": name, "name": name, "entity": {"id": "1", "name": "somebody"}}


class _Handler(BaseHTTPRequestHandler):
    told: WandbServer

    def do_POST(self) -> None:
        body = self._body()
        self.told.wait()
        if self.path == "/graphql":
            content = json.loads(body)
            answer = {"data": self.told.query(content["query"], content.get("variables") or {})}
        else:
            if found := re.search(r"/files/[^/]+/[^/]+/([^/]+)/file_stream", self.path):
                self.told.stream(found[1], json.loads(body))
            answer = {}
        self._answer(json.dumps(answer).encode())

    def do_PUT(self) -> None:
        self._body()
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(b"{}")

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _answer(self, content: bytes) -> None:
        if self.told.ended:  # a connection that was left open
            self.close_connection = True
            return
        self.send_response(self.told.refuses or 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *given: Any) -> None:
        """Says nothing."""
