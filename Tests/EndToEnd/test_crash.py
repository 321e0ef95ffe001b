"""kill -9 under load at random moments: what was answered is there, the log verifies, balances equal the replay."""

import json
import os
import pathlib
import random
import shutil
import threading
import time
import unittest

import otlp
from harness import Server, eventually, run, step

TRIALS = int(os.environ.get("CRASH_TRIALS", "50"))
CLIENTS = 8


class Load(threading.Thread):
    """Sends decisions and settlements until the server is gone; remembers every answer that came."""

    def __init__(self, server, key, number, trial):
        super().__init__(daemon=True)
        self.client, self.number, self.trial = server.client(key), number, trial
        self.answered, self.settled = {}, {}

    def run(self):
        count = 0
        try:
            while True:
                count += 1
                run_id = f"t{self.trial}-c{self.number}-{count // 4}"
                answer = self.client.evaluate(step(run=run_id, request_id=f"{run_id}-{count}"), expect=None)
                context = answer["context"]
                self.answered[context["id"]] = (answer["decision"], run_id)
                if answer["decision"] and count % 2:
                    done = self.client.json(
                        "POST", f"/v1/reservations/{context['id']}/settle", {"actual": {"tool_calls": 1, "steps": 1}}, expect=None)
                    if "effect" in done:
                        self.settled[context["id"]] = done["effect"]
        except Exception:
            return


class Crash(unittest.TestCase):
    def test_nothing_that_was_answered_is_lost(self):
        seed = int(os.environ.get("CRASH_SEED", str(time.time_ns() % 1_000_000)))
        print(f"crash trials: {TRIALS}, seed {seed}")
        dice = random.Random(seed)
        server = Server().start()
        try:
            key = server.key("runtime")
            answered, settled = {}, {}
            for trial in range(TRIALS):
                loads = [Load(server, key, number, trial) for number in range(CLIENTS)]
                for load in loads:
                    load.start()
                # The moment of the crash is the point of this test: it is drawn, not waited for.
                time.sleep(dice.uniform(0.01, 0.25))
                server.kill()
                for load in loads:
                    load.join(10)
                    answered.update(load.answered)
                    settled.update(load.settled)
                admin = server.admin
                server = Server(data=server.data, policies=None)
                server.admin = admin
                server.start()
                self.check(server, [(load.answered, load.settled) for load in loads], trial, seed)
            self.check_whole(server, answered, settled, seed)
            print(f"{len(answered)} answered decisions and {len(settled)} settlements over {TRIALS} crashes, none lost")
            self.assertGreater(len(answered), TRIALS * 5)
        finally:
            server.remove()

    def check(self, server, rounds, trial, seed):
        client = server.client()
        for answered, settled in rounds:
            for identifier, (decision, run_id) in list(answered.items())[-5:]:
                shown = client.json("GET", f"/v1/decisions/{identifier}")
                self.assertIs(shown["answer"]["decision"], decision, (identifier, trial, seed))
                self.assertEqual(shown["request"]["context"]["run"], run_id)
            for identifier in list(settled)[-2:]:
                again = client.json(
                    "POST", f"/v1/reservations/{identifier}/settle", {"actual": {"tool_calls": 1, "steps": 1}})
                self.assertEqual(again["effect"], "confirmed", (identifier, trial, seed))

    def check_whole(self, server, answered, settled, seed):
        """The exported log verifies, holds every answered decision, and gives the balances that the server has."""
        folder = pathlib.Path(server.data) / "check"
        folder.mkdir()
        bundle = folder / "bundle.zip"
        server.cli("export", "--out", str(bundle))
        verdict = run("verify", str(bundle))
        self.assertEqual(verdict.returncode, 0, verdict.stdout)
        shutil.unpack_archive(bundle, folder / "out")
        leaves = [json.loads(line) for line in (folder / "out/log/leaves.jsonl").read_text().splitlines()]
        self.assertEqual([leaf["seq"] for leaf in leaves], list(range(len(leaves))))
        for identifier, (decision, _) in answered.items():
            leaf = leaves[int(identifier[2:])]
            self.assertEqual((leaf["type"], leaf["outcome"] == "permit"), ("decision", decision), (identifier, seed))
        self.assertEqual(self.replayed(leaves), self.live(server), f"seed {seed}")

    def replayed(self, leaves):
        """Balances of the workflow's account by a naive fold of the leaves: held and settled tool calls."""
        held, total_settled, amounts = {}, 0, {}
        for leaf in leaves:
            kind = leaf["type"]
            if kind == "decision" and "reservation" in leaf:
                held[leaf["seq"]] = leaf["reservation"]["amounts"].get("tool_calls", 0)
            elif kind in ("reservation.settle", "reservation.expire"):
                identifier = leaf["reservation"]
                used = leaf["actual"].get("tool_calls", 0) if kind.endswith("settle") else held.get(identifier, 0)
                total_settled += used - amounts.get(identifier, 0)
                amounts[identifier] = used
                held.pop(identifier, None)
        return sum(held.values()), total_settled

    def live(self, server):
        rows = server.client().json("GET", "/v1/budgets?node=organisation:acme")["items"]
        row = next(row for row in rows if row["currency"] == "tool_calls")
        return row["held"], row["settled"]

    def test_no_acknowledged_span_is_lost_and_no_token_counted_twice(self):
        seed = int(os.environ.get("CRASH_SEED", str(time.time_ns() % 1_000_000)))
        trials = max(10, TRIALS // 5)
        print(f"telemetry crash trials: {trials}, seed {seed}")
        dice = random.Random(seed)
        server = Server().start()
        try:
            key, acknowledged = server.key("telemetry"), []
            for _ in range(trials):
                senders = [Exporter(server, key) for _ in range(4)]
                for sender in senders:
                    sender.start()
                time.sleep(dice.uniform(0.02, 0.2))
                server.kill()
                for sender in senders:
                    sender.join(10)
                    acknowledged += sender.acknowledged
                admin = server.admin
                server = Server(data=server.data, policies=None)
                server.admin = admin
                server.start()
            client = server.client()
            for body, _ in acknowledged[-20:]:
                # The client never saw the last answers of a dying server, and sends again.
                Exporter(server, key).send(body)

            def tokens():
                if client.json("GET", "/v1/overview")["telemetry"]["waiting_batches"]:
                    return None
                return [client.json("GET", f"/v1/runs/{trace}", expect=None).get("tokens_in") for _, trace in acknowledged]

            counted = eventually(tokens, seconds=60)
            self.assertEqual(counted, [11] * len(acknowledged), f"seed {seed}")
            print(f"{len(acknowledged)} acknowledged batches over {trials} crashes, each counted once")
            self.assertGreater(len(acknowledged), trials)
        finally:
            server.remove()


class Exporter(threading.Thread):
    """Sends one span a request until the server is gone; remembers what was acknowledged."""

    def __init__(self, server, key):
        super().__init__(daemon=True)
        self.client, self.acknowledged = server.client(key), []

    def send(self, body):
        return self.client.request("POST", "/v1/traces", body, {"Content-Type": "application/json"})[0]

    def run(self):
        try:
            while True:
                span = otlp.span("chat", {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai",
                                          "gen_ai.request.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": 11})
                body = json.dumps(otlp.request(span))
                if self.send(body) == 200:
                    self.acknowledged.append((body, span["traceId"]))
        except Exception:
            return


if __name__ == "__main__":
    unittest.main()
