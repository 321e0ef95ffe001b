"""Decisions as a runtime meets them: inventory, policies, tiers, approvals, halts, repetition."""

import json
import unittest
import uuid

from harness import ServerCase, eventually, step


def codes(answer):
    return [reason["code"] for reason in answer["context"]["reasons"]]


class Decisions(ServerCase):
    def setUp(self):
        self.runtime = self.server.client(self.server.key("runtime"))
        self.run_id = "run-" + uuid.uuid4().hex[:8]

    def test_a_registered_step_is_permitted_with_its_hold_and_its_place_in_the_log(self):
        answer = self.runtime.evaluate(step(run=self.run_id))
        self.assertIs(answer["decision"], True, answer)
        context = answer["context"]
        self.assertEqual(context["outcome"], "permit")
        self.assertEqual(context["id"], f"d-{context['log']['index']}")
        hold = context["holds"][0]
        self.assertEqual(hold["amounts"]["tool_calls"], 1)
        self.assertIn(f"run:refund/{self.run_id}@run/0", hold["accounts"])
        self.assertEqual(len(context["revisions"]["digest"]), 64)

    def test_what_is_not_registered_is_denied_by_name(self):
        table = [
            (step(workflow="nobody", run=self.run_id), "inventory.workflow_unregistered", "nobody"),
            (step(run=self.run_id, version="99"), "inventory.version_unregistered", "99"),
            (step(run=self.run_id, agent="stranger"), "inventory.agent_unregistered", "stranger"),
            (step(run=self.run_id, step="no-such-step"), "inventory.step_unregistered", "no-such-step"),
            (step(run=self.run_id, resource=("tool", "rm.rf")), "inventory.tool_unregistered", "rm.rf"),
            (step(run=self.run_id, step="draft", resource=("model", "gpt-unknown"), action="model.call"),
             "inventory.model_unregistered", "gpt-unknown"),
        ]
        for body, code, name in table:
            with self.subTest(code):
                answer = self.runtime.evaluate(body)
                self.assertIs(answer["decision"], False)
                self.assertEqual(codes(answer), [code])
                self.assertIn(name, answer["context"]["reasons"][0]["text_user"])

    def test_a_plain_request_is_denied_where_the_folder_does_not_allow_it(self):
        body = {"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "1"}}
        answer = self.runtime.evaluate(body)
        self.assertEqual(codes(answer), ["inventory.workflow_unregistered"])

    def test_a_model_step_carries_the_obligation_that_bounds_its_estimate(self):
        body = step(run=self.run_id, step="draft", resource=("model", "mid"), action="model.call", point="before_model",
                    estimate={"tokens_in": 1000, "tokens_out": 300})
        context = self.runtime.evaluate(body)["context"]
        obligation = context["obligations"][0]
        self.assertEqual((obligation["type"], obligation["properties"]["value"]), ("limit.max_tokens", 300))
        self.assertGreater(context["holds"][0]["amounts"]["cost_nanousd"], 0)
        refused = self.runtime.evaluate({**body, "context": {**body["context"], "supported_obligations": ["redact"]}})
        self.assertEqual(codes(refused), ["request.obligation_unsupported"])

    def refund(self, cents, **context):
        return step(run=self.run_id, step="issue-refund", resource=("tool", "payments.refund"),
                    arguments={"order": "o-1", "amount_cents": cents}, **context)

    def test_an_escalation_waits_is_bound_to_the_step_and_is_used_once(self):
        first = self.runtime.evaluate(self.refund(12_000))
        self.assertIs(first["decision"], False)
        self.assertEqual(first["context"]["outcome"], "escalate")
        approval = first["context"]["access_request"]["id"]
        again = self.runtime.evaluate(self.refund(12_000))
        self.assertEqual(again["context"]["access_request"]["id"], approval, "the same step asks only once")
        approver = self.server.key("approver")
        self.server.cli("approval", "approve", approval, "--reason", "checked the order", key=approver)
        changed = self.runtime.evaluate(self.refund(12_001))
        self.assertEqual(changed["context"]["outcome"], "escalate", "another amount is another step")
        self.assertNotEqual(changed["context"]["access_request"]["id"], approval)
        permitted = self.runtime.evaluate(self.refund(12_000))
        self.assertIs(permitted["decision"], True, permitted)
        self.assertIn("approval.consumed", codes(permitted))
        once_more = self.runtime.evaluate(self.refund(12_000))
        self.assertEqual(once_more["context"]["outcome"], "escalate", "an approval is used once")

    def test_a_rejected_step_stays_denied_until_it_is_asked_for_again(self):
        approval = self.runtime.evaluate(self.refund(9_000))["context"]["access_request"]["id"]
        self.server.cli("approval", "reject", approval, key=self.server.key("approver"))
        self.assertEqual(codes(self.runtime.evaluate(self.refund(9_000)))[-1], "approval.rejected")
        self.assertEqual(self.runtime.evaluate(self.refund(9_000, attempt=2))["context"]["outcome"], "escalate")

    def test_the_requester_cannot_approve(self):
        admin = self.server.client()
        approval = admin.evaluate(self.refund(8_000))["context"]["access_request"]["id"]
        result = self.server.cli("approval", "approve", approval, expect=4)
        self.assertIn("cannot approve", result.stderr)

    def test_a_forbidden_step_cannot_be_approved(self):
        answer = self.runtime.evaluate(self.refund(200_000))
        self.assertEqual(answer["context"]["outcome"], "deny")
        self.assertIn("policy.forbidden", codes(answer))
        self.assertNotIn("access_request", answer["context"])

    def test_a_halted_workflow_is_denied_until_it_resumes(self):
        self.server.cli("halt", "refund", "--reason", "incident")
        try:
            answer = self.runtime.evaluate(step(run=self.run_id))
            self.assertEqual(codes(answer)[0], "halt.workflow")
        finally:
            self.server.cli("resume", "refund")
        self.assertIs(self.runtime.evaluate(step(run=self.run_id))["decision"], True)
        self.server.cli("halt", "--all")
        try:
            self.assertEqual(codes(self.runtime.evaluate(step(run=self.run_id)))[0], "halt.organisation")
        finally:
            self.server.cli("resume", "--all")

    def test_the_same_request_id_and_body_gives_the_stored_answer_and_one_hold(self):
        body = step(run=self.run_id, request_id="req-" + self.run_id)
        first = self.runtime.request("POST", "/access/v1/evaluation", body)
        second = self.runtime.request("POST", "/access/v1/evaluation", body)
        self.assertEqual(first[2], second[2])
        other = dict(body, context={**body["context"], "attempt": 7})
        status, _, data = self.runtime.request("POST", "/access/v1/evaluation", other)
        self.assertEqual((status, json.loads(data)["code"]), (409, "budget.key_conflict"))

    def test_a_finished_run_takes_no_more_steps(self):
        self.assertIs(self.runtime.evaluate(step(run=self.run_id))["decision"], True)
        finish = step(run=self.run_id, point="finish")
        self.assertIs(self.runtime.evaluate(finish)["decision"], True)
        self.assertIn("run.finished", codes(self.runtime.evaluate(step(run=self.run_id))))

    def test_a_batch_gives_the_answers_of_singles_in_order(self):
        items = [step(run=self.run_id), step(run=self.run_id, agent="stranger"), step(run=self.run_id)]
        answer = self.runtime.json("POST", "/access/v1/evaluations", {"evaluations": items})
        self.assertEqual([item["decision"] for item in answer["evaluations"]], [True, False, True])
        for semantic, expected in (("deny_on_first_deny", [True, False]), ("permit_on_first_permit", [True])):
            answer = self.runtime.json(
                "POST", "/access/v1/evaluations", {"evaluations": items, "options": {"evaluations_semantic": semantic}})
            self.assertEqual([item["decision"] for item in answer["evaluations"]], expected, semantic)

    def test_decision_show_tells_what_was_asked_and_why(self):
        identifier = self.runtime.evaluate(step(run=self.run_id))["context"]["id"]
        shown = eventually(lambda: self.server.cli("decision", "show", identifier, "--json", parse=True))
        self.assertEqual(shown["id"], identifier)
        self.assertEqual(shown["request"]["context"]["run"], self.run_id)
        self.assertIs(shown["answer"]["decision"], True)
        self.assertEqual(shown["leaf"]["type"], "decision")


if __name__ == "__main__":
    unittest.main()
