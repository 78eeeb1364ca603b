"""A W&B server on loopback: so much of its interface as a run needs, and a record of what it was told."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


class WandbServer:
    """While it lasts, answers on `url`.

    Attributes:
        sweep: the configuration of a sweep, for agents.
        proposals: the arguments of its runs; each is handed to an agent once.
        runs: what the upsert of each run said, by its id: projectName, groupName, jobType, tags, config.
        rows: the history of each run.
        exits: the exit code of each run that has ended.
    """

    def __init__(self) -> None:
        self.sweep: dict[str, Any] = {}
        self.proposals: list[dict[str, Any]] = []
        self.runs: dict[str, dict[str, Any]] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.summaries: dict[str, dict[str, Any]] = {}
        self.exits: dict[str, int] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"told": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "WandbServer":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def query(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """What a GraphQL query is answered."""
        if "upsertBucket" in query:
            run = variables["name"]
            self.runs.setdefault(run, {}).update({key: value for key, value in variables.items() if value is not None})
            project = {"name": variables["project"], "entity": {"name": "somebody"}}
            bucket = {"id": run, "name": run, "displayName": variables.get("displayName") or run, "project": project}
            bucket |= {"description": "", "config": "{}", "sweepName": None, "historyLineCount": 0}
            return {"upsertBucket": {"bucket": bucket, "inserted": True}}
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
                self.rows.setdefault(run, []).extend(lines)
            elif name == "wandb-summary.json" and lines:
                self.summaries[run] = lines[-1]
        if content.get("complete"):
            self.exits[run] = content["exitcode"]


class _Handler(BaseHTTPRequestHandler):
    told: WandbServer

    def do_POST(self) -> None:
        content = json.loads(self._body() or b"{}")
        if self.path == "/graphql":
            answer = {"data": self.told.query(content["query"], content.get("variables") or {})}
        else:
            if found := re.search(r"/files/[^/]+/[^/]+/([^/]+)/file_stream", self.path):
                self.told.stream(found[1], content)
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
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *given: Any) -> None:
        """Says nothing."""
