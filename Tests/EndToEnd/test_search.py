"""AuthZEN searches on the wire: our own table, pages, steps of workflows, and the working group's cases where they are at hand."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from harness import Server, ServerCase, shared

FIXTURE = pathlib.Path(__file__).parent / "authzen-fixture"
INTEROP_POLICIES = """
permit (principal is User, action == Action::"view", resource is record)
when { resource.owner == principal.name || resource.department == principal.department || principal.role == "manager" };
permit (principal is User, action == Action::"edit", resource is record)
when { resource.owner == principal.name || (principal.role == "manager" && resource.department == principal.department) };
permit (principal is User, action == Action::"delete", resource is record) when { resource.owner == principal.name };
"""


def user(name=None, **properties):
    return {"type": "user", **({"id": name} if name else {}), **({"properties": properties} if properties else {})}


def record(name=None, **properties):
    return {"type": "record", **({"id": name} if name else {}), **({"properties": properties} if properties else {})}


def run_cases(material, server, client, cases, arguments=()):
    """The working group's runner over `cases`; its summary and output."""
    with tempfile.TemporaryDirectory() as folder:
        selected = pathlib.Path(folder) / "selected.json"
        selected.write_text(json.dumps(cases))
        result = subprocess.run(
            [sys.executable, str(material / "run_cases.py"), server.url, str(selected), "--bearer", client.key, *arguments],
            capture_output=True, text=True, timeout=120)
    return json.loads(result.stdout.strip().splitlines()[-1]), result.stdout


class Search(ServerCase):
    policies = FIXTURE

    def setUp(self):
        self.client = self.server.client(self.server.key("runtime"))

    def search(self, target, body):
        return self.client.json("POST", f"/access/v1/search/{target}", body)

    def ids(self, target, body):
        return [row.get("id", row.get("name")) for row in self.search(target, body)["results"]]

    def test_who_what_and_which(self):
        read = {"name": "read"}
        table = [
            ("subject", {"subject": user(), "action": read, "resource": record("record-1")}, ["alice", "bob"]),
            ("subject", {"subject": user("bob"), "action": read, "resource": record("record-1")}, ["alice", "bob"]),
            ("subject", {"subject": user(), "action": {"name": "write"}, "resource": record("record-2", status="archived")}, ["bob"]),
            ("resource", {"subject": user("alice"), "action": read, "resource": record()}, ["record-1", "record-2"]),
            ("resource", {"subject": user("alice"), "action": {"name": "write"}, "resource": record()}, ["record-1"]),
            ("resource", {"subject": user("bob"), "action": {"name": "write"}, "resource": record()}, ["record-2"]),
            ("action", {"subject": user("alice"), "resource": record("record-1")}, ["read", "write"]),
            ("action", {"subject": user("bob"), "resource": record("record-1")}, ["read"]),
            ("action", {"subject": user("mallory"), "resource": record("record-1")}, []),
            ("subject", {"subject": user(), "action": read, "resource": record("record-9")}, []),
            ("resource", {"subject": user("alice"), "action": read, "resource": {"type": "spaceship"}}, []),
            ("resource", {"subject": user("alice"), "action": {"name": "paint"}, "resource": record()}, []),
        ]
        for target, body, expected in table:
            with self.subTest(json.dumps(body)):
                answer = self.search(target, body)
                self.assertEqual([row.get("id", row.get("name")) for row in answer["results"]], expected)
                self.assertNotIn("page", answer)

    def test_every_result_is_permitted_when_asked_singly(self):
        for name in self.ids("resource", {"subject": user("alice"), "action": {"name": "write"}, "resource": record()}):
            body = {"subject": user("alice"), "action": {"name": "write"}, "resource": record(name)}
            self.assertTrue(self.client.evaluate(body)["decision"])

    def test_a_search_is_no_decision(self):
        admin = self.server.client()
        before = admin.json("GET", "/v1/decisions")["items"]
        self.assertTrue(self.ids("resource", {"subject": user("alice"), "action": {"name": "read"}, "resource": record()}))
        self.assertEqual(admin.json("GET", "/v1/decisions")["items"], before)
        decided = self.client.evaluate({"subject": user("alice"), "action": {"name": "read"}, "resource": record("record-1")})
        self.assertNotIn(decided["context"]["id"], [row["id"] for row in before])

    def test_pages_cover_everything_once(self):
        body = {"subject": user("alice"), "action": {"name": "read"}, "resource": record(), "page": {"limit": 1}}
        found, tokens = [], []
        while True:
            answer = self.search("resource", body)
            self.assertLessEqual(len(answer["results"]), 1)
            self.assertEqual(answer["page"]["count"], len(answer["results"]))
            found += [row["id"] for row in answer["results"]]
            token = answer["page"]["next_token"]
            if not token:
                break
            tokens.append(token)
            body = {**body, "page": {"token": token}}  # without a limit: it stays as it was
        self.assertEqual(found, ["record-1", "record-2"])
        self.assertGreaterEqual(len(tokens), 1)
        for page, field in (({"token": "x"}, "page.token"), ({"token": tokens[0] + "AAAA"}, ""), ({"limit": -1}, "page.limit"), ({"limit": "1"}, "page.limit")):
            status, _, data = self.client.request("POST", "/access/v1/search/resource", {**body, "page": page})
            if field:
                self.assertEqual(status, 400, page)
                self.assertIn(field, data.decode())
        other = {**body, "subject": user("bob"), "page": {"token": tokens[0]}}
        status, _, data = self.client.request("POST", "/access/v1/search/resource", other)
        self.assertEqual(status, 400)
        self.assertIn("another search", data.decode())

    def test_bad_input_is_400_and_names_the_member(self):
        whole = {"subject": user("alice"), "action": {"name": "read"}, "resource": record("record-1")}
        table = [
            ("subject", "action"), ("subject", "resource"), ("subject", "subject"), ("resource", "subject"), ("resource", "resource"),
            ("action", "subject"), ("action", "resource"), ("subject", "resource.id"), ("resource", "subject.id"), ("action", "subject.id"),
            ("subject", "subject.type"), ("resource", "resource.type"), ("action", "resource.id"),
        ]
        for target, path in table:
            with self.subTest(f"{target} without {path}"):
                body = json.loads(json.dumps(whole))
                *parents, last = path.split(".")
                inner = body
                for name in parents:
                    inner = inner[name]
                del inner[last]
                status, _, data = self.client.request("POST", f"/access/v1/search/{target}", body)
                self.assertEqual(status, 400)
                self.assertIn(path, data.decode())
        status, headers, _ = self.client.request(
            "POST", "/access/v1/search/subject", json.dumps(whole), {"Content-Type": "text/plain", "X-Request-ID": "r-1"})
        self.assertEqual((status, headers.get("x-request-id")), (400, "r-1"))
        self.assertEqual(self.server.client(self.server.key("viewer")).request("POST", "/access/v1/search/action", whole)[0], 403)

    def test_the_working_groups_cases(self):
        if not (material := shared("authzen")):
            return
        chosen = []
        for name in ("certification", "specification"):
            suite = json.loads((material / f"cases/{name}.json").read_text())
            chosen += [case for case in suite["cases"] if case["level"].startswith("search")]
        self.assertGreaterEqual(len(chosen), 23)
        summary, output = run_cases(material, self.server, self.client, {**suite, "cases": chosen})
        print(f"AuthZEN search cases: {summary['passed']} passed, {summary['failed']} failed of {len(chosen)}")
        self.assertEqual(summary["passed"], len(chosen), output)


class Steps(ServerCase):
    """The shipped policies: what may this agent do in its workflow?"""

    def setUp(self):
        self.client = self.server.client(self.server.key("runtime"))
        self.body = {
            "subject": {"type": "agent", "id": "refund-agent"}, "action": {"name": "tool.call"}, "resource": {"type": "tool"},
            "context": {"workflow": "refund", "run": "r-1"},
        }

    def tools(self, **changes):
        body = {**self.body, **changes}
        return [row["id"] for row in self.client.json("POST", "/access/v1/search/resource", body)["results"]]

    def test_an_agent_is_shown_the_tools_it_may_use(self):
        tools = self.tools()
        self.assertIn("orders.get", tools)
        self.assertNotIn("payments.refund", tools)  # guarded: it depends on the amount
        small = {**self.body["context"], "arguments": {"amount_cents": 1000}}
        self.assertIn("payments.refund", self.tools(context=small))
        large = {**self.body["context"], "arguments": {"amount_cents": 20000}}
        self.assertNotIn("payments.refund", self.tools(context=large))  # escalates: no permit yet
        self.assertEqual(self.tools(context={**self.body["context"], "step": "load-order"}), ["orders.get"])
        self.assertEqual(self.tools(context={"workflow": "no-such", "run": "r-1"}), [])
        self.assertEqual(self.tools(subject={"type": "agent", "id": "stranger"}), [])

    def test_a_step_needs_a_run(self):
        status, _, data = self.client.request("POST", "/access/v1/search/resource", {**self.body, "context": {"workflow": "refund"}})
        self.assertEqual((status, json.loads(data)["code"]), (400, "inventory.run_missing"))

    def test_nothing_is_found_for_what_is_halted(self):
        admin = self.server.client()
        admin.json("POST", "/v1/workflows/refund/halt", {"reason": "drill"})
        try:
            self.assertEqual(self.tools(), [])
        finally:
            admin.json("POST", "/v1/workflows/refund/resume", {"reason": "drill over"})
        self.assertIn("orders.get", self.tools())


class Interop(unittest.TestCase):
    def test_the_interop_scenario(self):
        if not (material := shared("authzen")):
            return
        data = json.loads((material / "fixtures/search.json").read_text())
        cases = json.loads((material / "cases/interop-search.json").read_text())
        entities = [
            {"uid": {"type": "User", "id": u["id"]}, "attrs": {"name": u["id"], "role": u["role"], "department": u["department"]}, "parents": []}
            for u in data["users"]
        ] + [
            {"uid": {"type": "record", "id": r["id"]}, "attrs": {"owner": r["owner"], "department": r["department"]}, "parents": []}
            for r in data["records"]
        ]
        folder = pathlib.Path(tempfile.mkdtemp())
        try:
            shutil.copytree(FIXTURE, folder / "policies")
            (folder / "policies/access/records.cedar").write_text(INTEROP_POLICIES)
            (folder / "policies/entities.json").write_text(json.dumps(entities))
            server = Server(policies=folder / "policies").start()
            try:
                summary, output = run_cases(material, server, server.client(server.key("runtime")), cases)
            finally:
                server.remove()
        finally:
            shutil.rmtree(folder)
        print(f"AuthZEN interop searches: {summary['passed']} passed, {summary['failed']} failed of {len(cases['cases'])}")
        self.assertEqual(summary["passed"], len(cases["cases"]), output)


if __name__ == "__main__":
    unittest.main()
