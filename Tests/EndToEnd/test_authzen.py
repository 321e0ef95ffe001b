"""AuthZEN 1.0 on the wire: our own table, and the working group's cases where they are at hand."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import ROOT, Server, shared

FIXTURE = pathlib.Path(__file__).parent / "authzen-fixture"
PUBLIC_URL = "https://pdp.example"
R = {"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"}, "resource": {"type": "record", "id": "record-1"}}


class AuthZEN(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(policies=FIXTURE, arguments=["--public-url", PUBLIC_URL]).start()
        cls.client = cls.server.client(cls.server.key("runtime"))

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()

    def test_the_rules_of_the_fixture(self):
        def request(subject, action, resource, subject_properties=None, action_properties=None, resource_properties=None):
            return {
                "subject": {"type": "user", "id": subject, **({"properties": subject_properties} if subject_properties else {})},
                "action": {"name": action, **({"properties": action_properties} if action_properties else {})},
                "resource": {"type": "record", "id": resource, **({"properties": resource_properties} if resource_properties else {})},
            }

        archived = {"status": "archived"}
        table = [
            (request("alice", "read", "record-1"), True),
            (request("alice", "write", "record-1"), True),
            (request("bob", "read", "record-1"), True),
            (request("bob", "write", "record-1"), False),
            (request("alice", "write", "record-2", resource_properties=archived), False),
            (request("bob", "write", "record-2", {"role": "admin"}, resource_properties=archived), True),
            (request("alice", "delete", "record-1", action_properties={"soft": True}), True),
            (request("alice", "delete", "record-1", action_properties={"soft": False}), False),
            (request("mallory", "read", "record-1"), False),
        ]
        for body, decision in table:
            with self.subTest(json.dumps(body)):
                self.assertIs(self.client.evaluate(body)["decision"], decision)

    def test_malformed_requests_are_400_and_name_the_member(self):
        def without(path):
            body = json.loads(json.dumps(R))
            *parents, last = path.split(".")
            inner = body
            for name in parents:
                inner = inner[name]
            del inner[last]
            return body

        for path in ("subject", "action", "resource", "subject.type", "subject.id", "action.name", "resource.type", "resource.id"):
            with self.subTest(path):
                status, _, data = self.client.request("POST", "/access/v1/evaluation", without(path))
                self.assertEqual(status, 400)
                self.assertIn(path, data.decode())
        raw = [
            ("", "application/json"), ("{", "application/json"), ("[]", "application/json"), ('{"a":1,"a":2}', "application/json"),
            (json.dumps(R), "text/plain"), (json.dumps({**R, "subject": "alice"}), "application/json"),
            (json.dumps({**R, "action": {"name": 1}}), "application/json"), (json.dumps({**R, "context": []}), "application/json"),
            ("[" * 100 + "]" * 100, "application/json"), ('{"subject":{"type":"user","id":"\\ud800"}}', "application/json"),
        ]
        for body, kind in raw:
            with self.subTest(body[:40]):
                status, _, _ = self.client.request("POST", "/access/v1/evaluation", body, {"Content-Type": kind})
                self.assertEqual(status, 400)

    def test_the_request_id_comes_back_on_every_answer(self):
        for path, body, status in (("/access/v1/evaluation", R, 200), ("/access/v1/evaluation", {}, 400), ("/access/v1/evaluations", R, 200)):
            got, headers, _ = self.client.request("POST", path, body, {"X-Request-ID": "abc-123"})
            self.assertEqual((got, headers.get("x-request-id")), (status, "abc-123"))

    def test_status_codes_of_authentication_and_routing(self):
        nobody = self.server.client(key="cs_wrong")
        status, headers, _ = nobody.request("POST", "/access/v1/evaluation", R)
        self.assertEqual(status, 401)
        self.assertIn("Bearer", headers["www-authenticate"])
        viewer = self.server.client(self.server.key("viewer"))
        self.assertEqual(viewer.request("POST", "/access/v1/evaluation", R)[0], 403)
        self.assertEqual(self.client.request("GET", "/access/v1/evaluation")[0], 405)
        self.assertEqual(self.client.request("POST", "/access/v1/nothing", R)[0], 404)

    def test_discovery_needs_no_key_and_names_the_endpoints(self):
        anonymous = self.server.client(key="")
        document = anonymous.json("GET", "/.well-known/authzen-configuration")
        self.assertEqual(document["policy_decision_point"], PUBLIC_URL)
        self.assertEqual(document["access_evaluation_endpoint"], PUBLIC_URL + "/access/v1/evaluation")
        self.assertEqual(document["access_evaluations_endpoint"], PUBLIC_URL + "/access/v1/evaluations")

    def test_the_working_groups_cases(self):
        if not (material := shared("authzen")):
            return
        levels = ("basic", "batch", "discovery")  # searches: test_search
        chosen = []
        for name in ("certification", "specification"):
            suite = json.loads((material / f"cases/{name}.json").read_text())
            chosen += [case for case in suite["cases"] if case["level"].startswith(levels)]
        self.assertGreaterEqual(len(chosen), 50)
        folder = pathlib.Path(tempfile.mkdtemp())
        try:
            selected = folder / "selected.json"
            selected.write_text(json.dumps({**suite, "cases": chosen}))
            result = subprocess.run(
                [sys.executable, str(material / "run_cases.py"), self.server.url, str(selected), "--public-url", PUBLIC_URL,
                 "--bearer", self.client.key], capture_output=True, text=True, timeout=120)
            summary = json.loads(result.stdout.strip().splitlines()[-1])
            print(f"AuthZEN certification cases: {summary['passed']} passed, {summary['failed']} failed of {len(chosen)}")
            self.assertEqual((result.returncode, summary["passed"]), (0, len(chosen)), result.stdout)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    unittest.main()
