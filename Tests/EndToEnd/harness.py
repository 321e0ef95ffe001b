"""Drives the built binary as a user would: a real server on loopback, a real data folder, the real command line."""

import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = str((ROOT / os.environ.get("COUNTERSIGN", ".build/release/countersign")).resolve())
SHARED = ROOT.parent / "shared"
START_SECONDS = 20


def shared(relative):
    """Conformance material beside the checkout, or None with a plain line when it is absent."""
    path = SHARED / relative
    if path.exists():
        return path
    print(f"conformance material absent: shared/{relative}; 0 of its cases ran")
    return None


class Server:
    """One `countersign serve` on a port of its own."""

    def __init__(self, data=None, policies=ROOT / "policies", arguments=(), environment=None):
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="countersign-e2e-"))
        self.policies = policies
        self.arguments = list(arguments)
        self.environment = environment or {}
        self.admin = None
        self.process = None
        self.log = []

    def start(self, wait=True):
        command = [BINARY, "serve", "--data", str(self.data), "--listen", "127.0.0.1:0", *self.arguments]
        if self.policies:
            command += ["--policies", str(self.policies)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERSIGN")}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**environment, **self.environment})
        self.ready = threading.Event()
        self.port = None
        self.log = []
        threading.Thread(target=self._read_output, daemon=True).start()
        threading.Thread(target=self._read_log, args=(self.process,), daemon=True).start()
        if wait and not self.ready.wait(START_SECONDS):
            self.kill()
            raise AssertionError("the server did not start:\n" + "\n".join(self.log[-20:]))
        if wait and self.port is None:
            raise AssertionError(f"the server ended with {self.process.wait()}:\n" + "\n".join(self.log[-20:]))
        return self

    def _read_output(self):
        for line in self.process.stdout:
            if match := re.search(r"cs_\S+", line):
                self.admin = match.group(0)
            if match := re.search(r"listening on http://[^ ]*:(\d+)", line):
                self.port = int(match.group(1))
                self.ready.set()
        self.ready.set()

    def _read_log(self, process):
        for line in process.stderr:
            self.log.append(line.rstrip("\n"))

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self, timeout=15):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout)
        return self.process.returncode if self.process else None

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def remove(self):
        self.kill()
        shutil.rmtree(self.data, ignore_errors=True)

    def key(self, role):
        """A fresh API key of `role`, made by the command line."""
        return self.cli("key", "create", "--role", role, "--json", parse=True)["key"]

    def cli(self, *arguments, key=None, parse=False, expect=0, environment=None):
        """Runs a command against this server; `expect` is the exit status, None for any."""
        result = run(*arguments, environment={
            "COUNTERSIGN_URL": self.url, "COUNTERSIGN_API_KEY": key or self.admin or "", **(environment or {})})
        if expect is not None and result.returncode != expect:
            raise AssertionError(
                f"{arguments}: exit {result.returncode}, wanted {expect}\nstdout: {result.stdout[:2000]}\nstderr: {result.stderr[:2000]}")
        return json.loads(result.stdout) if parse else result

    def client(self, key=None):
        return Client(self.port, key or self.admin)


def run(*arguments, environment=None, timeout=120, stdin=None):
    """Runs the binary; gives stdout, stderr and the exit status."""
    base = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERSIGN")}
    return subprocess.run(
        [BINARY, *map(str, arguments)], capture_output=True, text=True, env={**base, **(environment or {})}, timeout=timeout,
        input=stdin, cwd=ROOT)


class Client:
    """A keep-alive HTTP client with an API key."""

    def __init__(self, port, key):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.key = key

    def request(self, method, path, body=None, headers=None):
        """(status, headers, bytes)"""
        headers = dict(headers or {})
        if self.key:
            headers.setdefault("Authorization", "Bearer " + self.key)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def json(self, method, path, body=None, headers=None, expect=200):
        status, _, data = self.request(method, path, body, headers)
        if expect is not None and status != expect:
            raise AssertionError(f"{method} {path}: {status}, wanted {expect}: {data[:1000]}")
        return json.loads(data) if data else None

    def evaluate(self, body, headers=None, expect=200):
        return self.json("POST", "/access/v1/evaluation", body, headers, expect)


def step(workflow="refund", run="run-1", step="load-order", agent="refund-agent", resource=("tool", "orders.get"), action="tool.call",
         **context):
    """An evaluation request for a step of a shipped workflow."""
    return {
        "subject": {"type": "agent", "id": agent},
        "action": {"name": action},
        "resource": {"type": resource[0], "id": resource[1]},
        "context": {"workflow": workflow, "run": run, "step": step, "point": "before_tool", **context},
    }


def eventually(check, seconds=15, pause=0.05):
    """Polls until `check` gives something true; for work that the server does behind its answers."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(pause)


class ServerCase(unittest.TestCase):
    """A test class with one server for all its tests."""

    policies = ROOT / "policies"
    arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(policies=cls.policies, arguments=cls.arguments).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()
