"""Budgets over HTTP: nothing is overspent under concurrency, and every number can be shown."""

import threading
import unittest
import uuid

from harness import ServerCase, step


class Budgets(ServerCase):
    def setUp(self):
        self.key = self.server.key("runtime")
        self.runtime = self.server.client(self.key)
        self.run_id = "run-" + uuid.uuid4().hex[:8]

    def accounts(self, node):
        listed = self.server.cli("budget", "list", "--json", parse=True)["items"]
        return {row["currency"]: row for row in listed if row["account"].startswith(node + "@")}

    def test_64_clients_cannot_spend_more_than_the_run_has(self):
        limit = None
        permits, denials, lock = [], [], threading.Lock()

        def client(number):
            mine = self.server.client(self.key)
            for attempt in range(1, 6):
                answer = mine.evaluate(step(run=self.run_id, request_id=f"{self.run_id}-{number}-{attempt}"))
                with lock:
                    (permits if answer["decision"] else denials).append(answer)

        threads = [threading.Thread(target=client, args=(number,)) for number in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(permits) + len(denials), 64 * 5)
        binding = denials[0]["context"]["reasons"][-1]["budget"]
        limit = binding["limit"]
        self.assertTrue(binding["account"].startswith("run:refund/" + self.run_id), binding)
        self.assertEqual(len(permits), limit, "exactly the limit was permitted")
        row = self.accounts(f"run:refund/{self.run_id}")[binding["currency"]]
        self.assertEqual((row["held"], row["settled"], row["available"]), (limit, 0, 0))

    def test_settling_less_frees_the_rest_and_more_is_overrun(self):
        body = step(run=self.run_id, step="draft", resource=("model", "mid"), action="model.call", point="before_model",
                    estimate={"tokens_in": 1000, "tokens_out": 200})
        first = self.runtime.evaluate(body)["context"]["id"]
        settled = self.runtime.json("POST", f"/v1/reservations/{first}/settle", {"actual": {"tokens_in": 900, "tokens_out": 150, "steps": 1}})
        self.assertEqual(settled["effect"], "settled")
        again = self.runtime.json("POST", f"/v1/reservations/{first}/settle", {"actual": {"tokens_in": 900, "tokens_out": 150, "steps": 1}})
        self.assertEqual(again["effect"], "confirmed")
        second = self.runtime.evaluate(body)["context"]["id"]
        over = self.runtime.json("POST", f"/v1/reservations/{second}/settle", {"actual": {"tokens_in": 1000, "tokens_out": 260, "steps": 1}})
        self.assertEqual(over["overrun"], {"tokens_out": 60})
        rows = self.accounts(f"run:refund/{self.run_id}")
        self.assertEqual((rows["tokens_out"]["settled"], rows["tokens_out"]["held"], rows["tokens_out"]["overrun"]), (410, 0, 60))
        self.assertEqual((rows["tokens_in"]["settled"], rows["steps"]["settled"]), (1900, 2))

    def test_the_refusal_names_the_binding_account_and_changes_nothing(self):
        answer = self.runtime.evaluate(step(run=self.run_id, estimate={"tool_calls": 1_000_000}))
        reason = answer["context"]["reasons"][-1]
        self.assertEqual(reason["code"], "budget.exhausted")
        self.assertEqual(reason["budget"]["currency"], "tool_calls")
        self.assertEqual(reason["budget"]["needed"], 1_000_000)
        self.assertEqual(self.accounts(f"run:refund/{self.run_id}"), {})

    def test_a_hold_that_has_not_started_can_be_given_back(self):
        decision = self.runtime.evaluate(step(run=self.run_id, auto_start=False))["context"]["id"]
        self.runtime.json("POST", f"/v1/reservations/{decision}/release", {})
        rows = self.accounts(f"run:refund/{self.run_id}")
        self.assertEqual((rows["tool_calls"]["held"], rows["tool_calls"]["settled"]), (0, 0))
        started = self.runtime.evaluate(step(run=self.run_id))["context"]["id"]
        self.runtime.json("POST", f"/v1/reservations/{started}/release", {}, expect=409)

    def test_bad_settlements_are_refused_by_name(self):
        decision = self.runtime.evaluate(step(run=self.run_id))["context"]["id"]
        for body, status in (({"actual": {"tokens_in": -1}}, 400), ({"actual": {"euros": 1}}, 400), ({"actual": 5}, 400), ({}, 400)):
            self.runtime.json("POST", f"/v1/reservations/{decision}/settle", body, expect=status)
        self.runtime.json("POST", "/v1/reservations/d-999999999/settle", {"actual": {"steps": 1}}, expect=404)
        self.runtime.json("POST", "/v1/reservations/nonsense/settle", {"actual": {"steps": 1}}, expect=404)


if __name__ == "__main__":
    unittest.main()
