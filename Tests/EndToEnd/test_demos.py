"""The worked scenarios and `make run`: what they print, and what a server shows of them afterwards."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from harness import BINARY, ROOT, ServerCase


class ClientHealth(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        started = time.monotonic()
        cls.result = cls.server.cli("demo", "client-health")
        cls.seconds = time.monotonic() - started
        cls.complete, cls.stopped = re.findall(r"(?m)^  run (client-health-\w+)$", cls.result.stdout)

    def show(self, run):
        return self.server.cli("run", "show", run, "--json", parse=True)

    def reasons(self, decision):
        answer = self.server.cli("decision", "show", decision, "--json", parse=True)
        return answer["outcome"], [reason["code"] for reason in answer["answer"]["context"]["reasons"]], answer

    def test_it_takes_less_than_thirty_seconds_and_says_what_it_cost(self):
        self.assertLess(self.seconds, 30)
        self.assertRegex(self.result.stdout, r"17,600 tokens in and 1,640 out cost \$0\.0774;")
        self.assertEqual(self.result.stderr, "")

    def test_sources_use_no_tokens_and_the_run_costs_about_eight_cents(self):
        shown = self.show(self.complete)
        sources = [s for s in shown["steps"] if s.get("step", "").startswith("source-")]
        self.assertEqual(len(sources), 5)
        for source in sources:
            self.assertEqual((source.get("tokens_in", 0), source.get("tokens_out", 0)), (0, 0), source)
        self.assertEqual((shown["state"], shown["model_calls"]), ("success", 1))
        self.assertTrue(50_000_000 <= shown["cost_nanousd"] <= 100_000_000, shown["cost_nanousd"])
        self.assertLess(shown["duration_ms"], 30_000)

    def test_spans_lie_in_the_past_and_one_after_the_other(self):
        shown = self.show(self.complete)
        self.assertLessEqual(shown["end"], self.server.cli("overview", "--json", parse=True)["now"])
        starts = [s["start"] for s in shown["steps"] if "step" in s]
        self.assertEqual(len(set(starts)), len(starts))
        self.assertEqual([s["step"] for s in shown["steps"] if "step" in s][-2:], ["score", "publish"])

    def test_the_result_goes_to_the_account_team_and_to_nobody_else(self):
        published = [d for d in self.show(self.complete)["decisions"] if d["step"] == "publish"]
        outcomes = []
        for decision in published:
            outcome, codes, answer = self.reasons(decision["id"])
            outcomes.append((answer["request"]["context"]["arguments"]["audience"], outcome, codes[-1]))
        self.assertEqual(outcomes, [("all-staff", "deny", "policy.not_permitted"), ("account-team", "permit", "policy.permitted")])

    def test_a_failed_source_leaves_no_partial_score(self):
        shown = self.show(self.stopped)
        self.assertEqual((shown["state"], shown["model_calls"], shown["cost_nanousd"], shown["tokens_in"]), ("error", 0, 0, 0))
        self.assertEqual([s["step"] for s in shown["steps"] if s["failed"] and "step" in s], ["source-support"])
        score = [d for d in shown["decisions"] if d["step"] == "score"]
        self.assertEqual(len(score), 1)
        outcome, codes, answer = self.reasons(score[0]["id"])
        self.assertEqual((outcome, codes), ("deny", ["policy.forbidden"]))
        self.assertEqual(answer["answer"]["context"]["reasons"][0]["policy"], "client-health-no-partial-score")
        self.assertFalse([d for d in shown["decisions"] if d["step"] == "publish"])

    def test_settled_runs_hold_nothing_and_spent_what_the_spans_say(self):
        accounts = self.server.cli("budget", "list", "--json", parse=True)["items"]
        for run, cost, tools in [(self.complete, 77_400_000, 6), (self.stopped, 0, 3)]:
            mine = {a["currency"]: a for a in accounts if a["node"] == f"run:client-health/{run}"}
            self.assertEqual(len(mine), 5)
            self.assertEqual([a["held"] for a in mine.values()], [0] * 5)
            self.assertEqual((mine["cost_nanousd"]["settled"], mine["tool_calls"]["settled"]), (cost, tools))
            self.assertEqual([a["overrun"] for a in mine.values()], [0] * 5)

    def test_the_keys_of_the_demo_are_revoked_when_it_ends(self):
        keys = self.server.cli("key", "list", "--json", parse=True)["items"]
        made = [k for k in keys if k["label"] == "demo client-health"]
        self.assertEqual(sorted(k["role"] for k in made), ["approver", "runtime", "telemetry"])
        self.assertTrue(all(k["revoked"] for k in made), made)

    def test_people_read_the_run_as_tables(self):
        text = self.server.cli("run", "show", self.complete).stdout
        self.assertRegex(text, r"(?m)^cost: +\$0\.0774$")
        self.assertRegex(text, r"(?m)^  score +inference +claude-sonnet-4-5 +ok +2\.6 s +17,600 +1,640 +d-\d+$")
        self.assertRegex(text, r"(?m)^  d-\d+ +\S+ \S+ +publish +1 +deny +policy\.not_permitted$")
        self.assertRegex(self.server.cli("run", "list").stdout, rf"(?m)^{self.complete} +client-health +success .* 17,600 +1,640 +\$0\.0774$")
        self.assertRegex(self.server.cli("overview").stdout, r"(?m)^runs: +2 finished, of them 1 failed")


class Refund(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.result = cls.server.cli("demo", "refund")
        cls.runs = re.findall(r"(?m)^  run (refund-\w+)$", cls.result.stdout)

    def decisions(self, run, step):
        shown = self.server.cli("run", "show", run, "--json", parse=True)
        return [(d["attempt"], d["outcome"], d["reason"]) for d in shown["decisions"] if d["step"] == step]

    def test_a_small_refund_is_permitted_and_settled(self):
        self.assertEqual(len(self.runs), 4)
        self.assertEqual(self.decisions(self.runs[0], "issue-refund"), [(1, "permit", "policy.permitted")])
        shown = self.server.cli("run", "show", self.runs[0], "--json", parse=True)
        self.assertEqual((shown["state"], shown["tokens_in"], shown["tokens_out"]), ("success", 1310, 355))

    def test_a_large_refund_waits_for_another_key_and_the_approval_is_used_once(self):
        self.assertEqual([d[:2] for d in self.decisions(self.runs[1], "issue-refund")], [(1, "escalate"), (2, "permit")])
        approvals = self.server.cli("approval", "list", "--json", parse=True)["items"]
        self.assertEqual([(a["run"], a["status"]) for a in approvals], [(self.runs[1], "consumed")])
        shown = self.server.cli("approval", "show", approvals[0]["id"], "--json", parse=True)
        self.assertNotEqual(shown["requested_by"], shown["decided_by"])
        self.assertIn("given by a second key", self.result.stdout)

    def test_a_refund_above_the_ceiling_is_forbidden_and_never_issued(self):
        self.assertEqual(self.decisions(self.runs[2], "issue-refund"), [(1, "deny", "policy.forbidden")])
        shown = self.server.cli("run", "show", self.runs[2], "--json", parse=True)
        self.assertFalse([s for s in shown["steps"] if s.get("step") == "issue-refund"])
        self.assertIn("refunds above 1000 dollars are not made by this workflow", self.result.stdout)

    def test_a_runaway_loop_is_stopped_by_the_budget_of_its_run(self):
        decisions = self.decisions(self.runs[3], "load-order")
        self.assertEqual([d[1] for d in decisions], ["permit"] * 8 + ["deny"])
        self.assertEqual(decisions[-1], (9, "deny", "budget.exhausted"))
        account = f"run:refund/{self.runs[3]}@run/0"
        self.assertIn(f"`{account}` has 0 `tool_calls` available", self.result.stdout)
        self.assertIn("was permitted 8 times", self.result.stdout)

    def test_nothing_is_held_when_all_steps_are_settled(self):
        accounts = self.server.cli("budget", "list", "--json", parse=True)["items"]
        mine = [a for a in accounts if a["node"].startswith("run:refund/")]
        self.assertEqual(len(mine), 20)
        self.assertEqual([a for a in mine if a["held"] != 0 or a["overrun"] != 0], [])
        loop = next(a for a in mine if a["node"].endswith(self.runs[3]) and a["currency"] == "tool_calls")
        self.assertEqual((loop["settled"], loop["available"]), (8, 0))

    def test_the_record_of_it_is_exported_and_verified(self):
        folder = tempfile.mkdtemp(prefix="countersign-demo-")
        self.addCleanup(shutil.rmtree, folder)
        self.server.cli("export", "--out", folder + "/audit.zip")
        self.assertEqual(self.server.cli("verify", folder + "/audit.zip").stdout.splitlines()[-1], "verified")


class DemoWithoutItsPolicies(ServerCase):
    policies = None

    def test_a_server_without_the_shipped_policies_is_told_apart(self):
        result = self.server.cli("demo", "refund", expect=4)
        self.assertRegex(result.stderr, "^countersign: .*there is no workflow `refund` in the active policies")


class MakeRun(unittest.TestCase):
    """`.ci/start`, which `make run` calls."""

    def start(self, data):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERSIGN")}
        process = subprocess.Popen(
            [str(ROOT / ".ci/start"), BINARY, str(data), "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=environment, cwd=ROOT, start_new_session=True,
            # As in a terminal: a shell cannot trap a signal that was ignored when it started, as background jobs ignore this one.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        self.addCleanup(lambda: process.poll() is None and os.killpg(process.pid, signal.SIGKILL))
        text = ""
        for line in process.stdout:
            text += line
            if line.startswith("Stop with Ctrl-C"):
                return process, text
        raise AssertionError(f"it ended with {process.wait()}:\n{text}")

    def test_it_says_where_to_look_stops_when_told_and_starts_again_on_the_same_data(self):
        data = pathlib.Path(tempfile.mkdtemp(prefix="countersign-run-"))
        self.addCleanup(shutil.rmtree, data, True)
        keys = []
        # As Ctrl-C does it: the whole foreground group gets the signal. SIGTERM goes to the script alone.
        for stop in [lambda p: os.killpg(p.pid, signal.SIGINT), lambda p: p.send_signal(signal.SIGTERM)]:
            process, text = self.start(data)
            address = re.search(r"open +(http://127\.0\.0\.1:\d+)/", text).group(1)
            keys.append(re.search(r"admin key +(cs_\S+)", text).group(1))
            self.assertEqual((data / "admin-key").read_text().strip(), keys[-1])
            self.assertEqual((data / "admin-key").stat().st_mode & 0o777, 0o600)
            self.assertNotIn("did not go as it should", text)
            listed = subprocess.run(
                [BINARY, "run", "list", "--url", address, "--api-key", keys[-1]], capture_output=True, text=True, check=True).stdout
            self.assertEqual(listed.count("\n"), 1 + 6 * len(keys), "the runs of both demos, after every start")
            stop(process)
            rest = process.communicate(timeout=20)[0]
            self.assertEqual((process.returncode, rest), (0, "stopping\n"))
            gone = subprocess.run([BINARY, "run", "list", "--url", address, "--api-key", keys[-1]], capture_output=True, text=True)
            self.assertEqual(gone.returncode, 3)
        self.assertEqual(keys[0], keys[1])

    def test_a_data_folder_without_its_key_is_refused_with_what_to_do(self):
        data = pathlib.Path(tempfile.mkdtemp(prefix="countersign-run-"))
        self.addCleanup(shutil.rmtree, data, True)
        process, _ = self.start(data)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        (data / "admin-key").unlink()
        with self.assertRaisesRegex(AssertionError, "remove the folder or put the key there"):
            self.start(data)


if __name__ == "__main__":
    unittest.main()
