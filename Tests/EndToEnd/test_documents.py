"""The documents say what is: commands in them run, links lead somewhere, tables are those of the sources, schemas fit real answers.

Fenced blocks by their first line:
  ```sh            runs: the blocks of one document in order, in one bash with -e, against a server of their own that has the shipped
                   policies; COUNTERSIGN_URL and COUNTERSIGN_API_KEY (admin) are set, `countersign` is in PATH, the working folder is
                   fresh and has a copy of policies/
  ```sh no-run     shown only (it starts a server, or ends it)
  ```json          parses
  ```yaml PATH     stands in the file PATH of this repository, line by line (also cedar and other languages); it may be indented there
  ```swift PATH    the same; all Swift is quoted, but
  ```swift manifest  a manifest of a package beside this repository, which SwiftPM reads
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import zipfile
from base64 import b64encode
from hashlib import sha256
from textwrap import indent

import openapi
import otlp
from harness import BINARY, ROOT, Server, eventually, run, step

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "Docs").rglob("*.md")])
FENCE = re.compile(r"^```(\S+)?([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")


def blocks(document):
    """(language, rest of the first line, body, line number) of every fenced block."""
    text = document.read_text()
    for match in FENCE.finditer(text):
        yield match.group(1) or "", match.group(2).strip(), match.group(3), text[: match.start()].count("\n") + 1


def table(document, first_cell, cells):
    """Rows of the table whose head begins with `first_cell`: the first `cells` cells of each, without backticks."""
    rows, inside = [], False
    for line in document.read_text().splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        row = [cell.strip() for cell in line.strip("|").split(" | ")]
        row = [cell.strip(" |") for cell in row]
        if row[0] == first_cell:
            inside = True
        elif inside and not set(line) <= set("|- "):
            rows.append(tuple(row[:cells]))
    return rows


def anchors(text):
    """The anchors of headings, as the usual renderers make them."""
    found = set()
    for line in re.sub(FENCE, "", text).splitlines():
        if match := re.match(r"#+ (.*)", line):
            title = re.sub(r"[^\w\- ]", "", match.group(1).lower())
            found.add(title.replace(" ", "-"))
    return found


class Text(unittest.TestCase):
    def test_links_lead_somewhere(self):
        checked = 0
        for document in DOCUMENTS:
            for target in LINK.findall(re.sub(FENCE, "", document.read_text())):
                if re.match(r"[a-z]+:", target):
                    continue
                path, _, anchor = target.partition("#")
                file = (document.parent / path).resolve() if path else document
                with self.subTest(f"{document.relative_to(ROOT)}: {target}"):
                    self.assertTrue(file.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(file.read_text()))
                checked += 1
        self.assertGreater(checked, 30)

    def test_files_that_are_named_exist(self):
        checked = 0
        for document in DOCUMENTS:
            if document.name == "bundle.md":
                continue  # names members of a bundle
            for path in re.findall(r"`((?:Sources|Tests|Docs|policies|dashboards|\.ci)/[A-Za-z0-9_./+-]*)`", document.read_text()):
                with self.subTest(f"{document.relative_to(ROOT)}: {path}"):
                    self.assertTrue((ROOT / path).exists())
                checked += 1
        self.assertGreater(checked, 15)

    def test_json_blocks_parse_and_quoted_files_say_so(self):
        parsed = quoted = 0
        for document in DOCUMENTS:
            for language, rest, body, line in blocks(document):
                with self.subTest(f"{document.relative_to(ROOT)}:{line}"):
                    if language == "json" and rest in ("", "leaf"):
                        json.loads(body)
                        parsed += 1
                    elif rest and (rest.startswith("policies/") or "/" in rest and language != "sh"):
                        text = (ROOT / rest).read_text()
                        self.assertTrue(any(indent(body, " " * depth) in text for depth in (0, 2, 4)), f"not in {rest}")
                        quoted += 1
        self.assertGreater(parsed, 3)
        self.assertGreater(quoted, 5)

    def test_shell_blocks_are_marked(self):
        for document in DOCUMENTS:
            for language, rest, _, line in blocks(document):
                with self.subTest(f"{document.relative_to(ROOT)}:{line}"):
                    self.assertNotIn(language, ("bash", "shell", "console"), "use sh, sh no-run or text")
                    if language == "sh":
                        self.assertIn(rest, ("", "no-run"))


class Swift(unittest.TestCase):
    def test_all_swift_is_quoted(self):
        quoted = 0
        for document in DOCUMENTS:
            for language, rest, _, line in blocks(document):
                if language == "swift":
                    with self.subTest(f"{document.relative_to(ROOT)}:{line}"):
                        self.assertTrue(rest == "manifest" or rest.startswith("Tests/"), "name the test that it stands in")
                    quoted += 1
        self.assertGreater(quoted, 10)

    def test_a_package_can_depend_on_this_one(self):
        manifests = [body for language, rest, body, _ in blocks(ROOT / "Docs/cedar.md") if (language, rest) == ("swift", "manifest")]
        self.assertEqual(len(manifests), 1)
        products = re.findall(r'\.product\(name: "(\w+)", package: "countersign"\)', manifests[0])
        self.assertEqual(products, ["Cedar"])
        self.assertIn('.library(name: "Cedar", targets: ["Cedar"])', (ROOT / "Package.swift").read_text())
        if shutil.which("swift") is None:
            self.skipTest("no Swift toolchain")
        with tempfile.TemporaryDirectory(prefix="countersign-package-") as folder:
            (pathlib.Path(folder) / "countersign").symlink_to(ROOT)
            package = pathlib.Path(folder) / "app"
            package.mkdir()
            (package / "Package.swift").write_text(manifests[0])
            result = subprocess.run(
                ["swift", "package", "show-dependencies", "--format", "json"], cwd=package, capture_output=True, text=True, timeout=120)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual([each["name"] for each in json.loads(result.stdout)["dependencies"]], ["countersign"])


def constants(folder):
    """`Type.name` and value of every integer constant of the module: `static let name = 4 * other`."""
    found = {}
    texts = {}
    for file in sorted((ROOT / folder).rglob("*.swift")):
        kind = None
        for line in file.read_text().splitlines():
            if match := re.match(r"(?:\w+ )*(?:enum|struct|class|extension) (\w+)", line):
                kind = match.group(1)
            elif match := re.match(r"  (?:(?:public|package|private) )?static let (\w+)(?:: \w+)? = ([\w.* ]+?)(?:  //.*)?$", line):
                texts[f"{kind}.{match.group(1)}"] = match.group(2)
    while True:
        known = len(found)
        for name, value in texts.items():
            words = re.sub(r"[A-Za-z]\w*(?:\.\w+)?", lambda word: str(found.get(
                word[0] if "." in word[0] else f"{name.split('.')[0]}.{word[0]}", "?")), value)
            if re.fullmatch(r"[\d_* ]+", words):
                found[name] = eval(words)
        if len(found) == known:
            return found


class CedarLimits(unittest.TestCase):
    def test_the_table_is_that_of_the_sources(self):
        sources = constants("Sources/Cedar") | constants("Sources/JSON")
        rows = {name.strip("`"): int(value) for name, value in table(ROOT / "Docs/cedar.md", "limit", 2)}
        for name, value in rows.items():
            with self.subTest(name):
                self.assertEqual(sources.get(name), value)
        named = {name for name in sources if name.split(".")[0] in ("Limits", "ValidationLimits")}
        self.assertGreater(len(named), 15)
        self.assertEqual(named - set(rows), set(), "limits that the table lacks")


class Commands(unittest.TestCase):
    def test_blocks_run(self):
        ran = 0
        for document in DOCUMENTS:
            script = [body for language, rest, body, _ in blocks(document) if language == "sh" and not rest]
            if script:
                with self.subTest(str(document.relative_to(ROOT))):
                    self.run_script("\n".join(script))
                ran += len(script)
        self.assertGreater(ran, 5)

    def run_script(self, script):
        server = Server().start()
        folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-docs-"))
        try:
            shutil.copytree(ROOT / "policies", folder / "policies")
            tools = folder / ".tools"
            tools.mkdir()
            (tools / "countersign").symlink_to(BINARY)
            environment = {k: v for k, v in os.environ.items() if not k.startswith("COUNTERSIGN")}
            environment |= {
                "COUNTERSIGN_URL": server.url, "COUNTERSIGN_API_KEY": server.admin, "PATH": f"{tools}:{os.environ['PATH']}",
                "DATA": str(server.data)}
            result = subprocess.run(
                ["bash", "-eu", "-o", "pipefail", "-c", "set -x\n" + script], cwd=folder, env=environment, capture_output=True, text=True,
                timeout=120)
            self.assertEqual(result.returncode, 0, f"{result.stderr[-3000:]}\n--- stdout\n{result.stdout[-2000:]}")
        finally:
            server.remove()
            shutil.rmtree(folder, ignore_errors=True)

    def test_commands_that_are_named_exist(self):
        listed = run("--help").stdout
        known = set(re.findall(r"^  ((?:[a-z-]+)(?: [a-z-]+)?)", listed, re.MULTILINE))
        self.assertGreater(len(known), 15)
        checked = 0
        for document in DOCUMENTS:
            for words in re.findall(r"`countersign ((?:[a-z-]+)(?: [a-z-]+)?)", document.read_text()):
                pair = words.split()
                with self.subTest(f"{document.relative_to(ROOT)}: {words}"):
                    self.assertTrue(words in known or pair[0] in {name.split()[0] for name in known}, f"{words} is no command")
                    if pair[0] in {"key", "approval", "run", "decision", "budget", "workflow", "log", "policy", "demo"} and len(pair) > 1:
                        self.assertIn(words, known)
                checked += 1
        self.assertGreater(checked, 10)

    def test_the_settings_table_is_what_serve_prints(self):
        result = run("serve", "--print-config", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        printed = json.loads(result.stdout)
        rows = table(ROOT / "Docs/operations.md", "setting", 2)
        documented = {name.strip("`"): "" if default == "none" else default.strip("`") for name, default in rows}
        self.assertEqual(documented, printed)


def endpoints():
    """(operation, method, path, roles, body limit) of every row of the table in Endpoint.swift."""
    text = (ROOT / "Sources/API/Endpoint.swift").read_text()
    limits = {name: eval(value) for name, value in re.findall(r"static let (\w+BytesMax) = ([0-9 <]+)", text)}
    roles_source = (ROOT / "Sources/API/AccessRole.swift").read_text()
    order = re.findall(r"^  case (\w+)$", roles_source, re.MULTILINE)
    readers = re.search(r"readers: AccessRoles = \[(.*?)\]", roles_source).group(1)
    rows = []
    for operation, method, path, access, body in re.findall(
            r'Endpoint\(\.(\w+), "(\w+)", "([^"]+)", (\.anyone|\.key\([^)]*\))(?:, body: (\w+))?\)', text):
        names = readers if ".readers" in access else access.removeprefix(".key")
        roles = [] if access == ".anyone" else [role for role in order if re.search(rf"\.{role}\b", names)]
        rows.append((operation, method, path, roles, limits[body] if body else 0))
    return rows


class Interface(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.document = openapi.Document((ROOT / "Docs/openapi.yaml").read_text())
        cls.endpoints = endpoints()

    def test_the_table_was_read_whole(self):
        cases = re.search(r"enum Operation.*?\{(.*?)\n\}", (ROOT / "Sources/API/Endpoint.swift").read_text(), re.DOTALL).group(1)
        self.assertEqual(sorted(row[0] for row in self.endpoints), sorted(re.findall(r"case (\w+)", cases)))

    def test_openapi_has_exactly_these_operations(self):
        described = {
            operation["operationId"]: (method, path, operation["x-roles"], operation.get("x-body-bytes-max", 0))
            for path, method, operation in self.document.operations()}
        for operation, method, path, roles, limit in self.endpoints:
            with self.subTest(operation):
                if operation.startswith("ingest"):
                    # Telemetry has limits of its own.
                    limit = 20 * 1024 * 1024
                    self.assertIn("bodyBytesMax = 20 * 1024 * 1024", (ROOT / "Sources/Telemetry/IntakeRules.swift").read_text())
                found = described.pop(operation)
                self.assertEqual((found[0], found[1], sorted(found[2]), found[3]), (method, path, sorted(roles), limit))
        self.assertEqual(described, {}, "described and not there")

    def test_open_operations_ask_for_no_key_and_others_do(self):
        for _, _, operation in self.document.operations():
            with self.subTest(operation["operationId"]):
                self.assertEqual(operation.get("security") == [], operation["x-roles"] == [])

    def test_the_table_in_api_md(self):
        rows = table(ROOT / "Docs/api.md", "method", 3)
        documented = {(method, path.strip("`")): sorted(roles.split(", ")) for method, path, roles in rows}
        self.assertEqual(
            documented, {(method, path): sorted(roles) or ["anyone"] for _, method, path, roles, _ in self.endpoints})

    def test_references_resolve(self):
        references = list(self.document.references())
        self.assertGreater(len(references), 100)
        for reference in references:
            with self.subTest(reference):
                self.document.resolve({"$ref": reference})

    def test_reason_codes(self):
        source = (ROOT / "Sources/API/ReasonCode.swift").read_text()
        string = r'"((?:[^"\\]|\\.)*)"'
        codes = re.findall(rf"ReasonCode\(\s*{string},\s*{string}(?:,\s*{string})?", source)
        self.assertEqual(len(codes), len(re.findall(r"\bReasonCode\(\s*\"", source)))
        self.assertEqual(table(ROOT / "Docs/api.md", "code", 3), [(f"`{code}`", meaning, remedy) for code, meaning, remedy in codes])

    def test_telemetry_attributes(self):
        source = (ROOT / "Sources/Telemetry/GenAIConventions.swift").read_text()
        ours = set(re.findall(r'"(countersign\.[a-z_]+)"', source))
        documented = {name.strip("`") for (name,) in table(ROOT / "Docs/api.md", "attribute", 1)}
        self.assertEqual(documented, ours)

    def test_leaf_types(self):
        source = (ROOT / "Sources/Governance/Machine/EntryDecoding.swift").read_text()
        cases = re.findall(r'^ *case ("[a-z.", ]+"):', source, re.MULTILINE)
        types = {name.strip(' "') for case in cases for name in case.split(",")}
        self.assertGreater(len(types), 10)
        documented = {name.strip("`") for (name,) in table(ROOT / "Docs/formats/entry.md", "type", 1)}
        self.assertEqual(documented, types)


class Answers(unittest.TestCase):
    """Answers of a running server fit the schemas."""

    @classmethod
    def setUpClass(cls):
        cls.document = openapi.Document((ROOT / "Docs/openapi.yaml").read_text())
        cls.server = Server().start()
        cls.admin = cls.server.client()

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()

    def fits(self, operation, value, status=200):
        self.assertEqual(self.document.faults(value, self.document.answer_schema(operation, status)), [], operation)
        return value

    def ask(self, body):
        request = self.document.operation("evaluate")["requestBody"]["content"]["application/json"]["schema"]
        self.assertEqual(self.document.faults(body, request), [])
        return self.fits("evaluate", self.runtime.evaluate(body))

    def test_everything(self):
        created = self.fits("createKey", self.admin.json("POST", "/v1/keys", {"role": "runtime", "label": "x"}, expect=201), 201)
        self.runtime = self.server.client(created["key"])
        self.fits("getHealth", self.admin.json("GET", "/healthz"))
        self.fits("getReadiness", self.admin.json("GET", "/readyz"))
        self.fits("getDiscovery", self.admin.json("GET", "/.well-known/authzen-configuration"))
        permit = self.ask(step(run="r-1", attempt=1))
        self.assertEqual(permit["context"]["outcome"], "permit")
        model = self.ask(step(run="r-1", step="draft", resource=("model", "mid"), action="model.call", point="before_model"))
        self.assertIn("obligations", model["context"])
        denied = self.ask(step(run="r-1", estimate={"tool_calls": 1_000_000}))
        self.assertIn("budget", denied["context"]["reasons"][-1])
        escalated = self.ask(step(
            run="r-1", step="issue-refund", resource=("tool", "payments.refund"), arguments={"order": "o-1", "amount_cents": 12_000}))
        approval = escalated["context"]["access_request"]["id"]
        self.fits("searchResources", self.runtime.json("POST", "/access/v1/search/resource", {
            "subject": {"type": "agent", "id": "refund-agent"}, "action": {"name": "tool.call"}, "resource": {"type": "tool"},
            "context": {"workflow": "refund", "run": "r-1"}, "page": {"limit": 1}}))
        self.fits("evaluateBatch", self.runtime.json("POST", "/access/v1/evaluations", {"evaluations": [step(run="r-1"), {"subject": 1}]}))
        decision = permit["context"]["id"]
        self.fits("settleReservation", self.runtime.json(
            "POST", f"/v1/reservations/{decision}/settle", {"actual": {"steps": 1, "tool_calls": 2}}))
        waiting = self.ask(step(run="r-1", auto_start=False))["context"]["id"]
        self.fits("startReservation", self.runtime.json("POST", f"/v1/reservations/{waiting}/start", {}))
        waiting = self.ask(step(run="r-1", auto_start=False))["context"]["id"]
        self.fits("releaseReservation", self.runtime.json("POST", f"/v1/reservations/{waiting}/release", {}))
        span = otlp.span("chat mid", {
            "gen_ai.operation.name": "chat", "gen_ai.request.model": "claude-sonnet-4-5", "gen_ai.provider.name": "anthropic",
            "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 20, "countersign.run": "r-1", "countersign.workflow": "refund",
            "countersign.decision_id": model["context"]["id"]})
        self.runtime.json("POST", "/v1/traces", otlp.request(span))
        run_detail = eventually(lambda: (lambda answer: answer if answer["steps"] else None)(self.admin.json("GET", "/v1/runs/r-1")))
        self.fits("getRun", run_detail)
        table = {
            "listRuns": "/v1/runs", "listDecisions": "/v1/decisions?run=r-1", "getDecision": f"/v1/decisions/{decision}",
            "listBudgets": "/v1/budgets", "listWorkflows": "/v1/workflows", "getWorkflow": "/v1/workflows/refund",
            "listApprovals": "/v1/approvals", "getApproval": f"/v1/approvals/{approval}", "getActivePolicies": "/v1/policies/active",
            "listKeys": "/v1/keys", "getOverview": "/v1/overview",
        }
        for operation, path in table.items():
            with self.subTest(operation):
                answer = self.fits(operation, self.admin.json("GET", path))
                if "items" in answer:
                    self.assertTrue(answer["items"], "an empty list shows nothing")
        self.fits("approve", self.admin.json("POST", f"/v1/approvals/{approval}/approve", {"reason": "seen"}))
        self.fits("haltWorkflow", self.admin.json("POST", "/v1/workflows/refund/halt", {"reason": "test"}))
        self.fits("resumeWorkflow", self.admin.json("POST", "/v1/workflows/refund/resume"))
        files = [{"path": "countersign.yaml", "text": "organisation: ["}]
        self.fits("checkPolicies", self.admin.json("POST", "/v1/policies/check", {"files": files}))
        self.fits("applyPolicies", self.admin.json("POST", "/v1/policies", {"files": files}, expect=422), 422)
        folder = [
            {"path": str(path.relative_to(ROOT / "policies")), "text": path.read_text()}
            for path in sorted((ROOT / "policies").rglob("*")) if path.is_file()]
        self.fits("applyPolicies", self.admin.json("POST", "/v1/policies", {"files": folder, "note": "same"}))
        self.fits("revokeKey", self.admin.json("DELETE", f"/v1/keys/{created['id']}"))

    def test_refusals_are_problems_with_documented_codes(self):
        codes = {code.strip("`") for (code,) in table(ROOT / "Docs/api.md", "code", 1)}
        viewer = self.server.client(self.server.key("viewer"))
        nobody = self.server.client("cs_nobody_x")
        cases = [
            (viewer, "POST", "/v1/halt", {}, 403), (nobody, "GET", "/v1/runs", None, 401), (viewer, "GET", "/nowhere", None, 404),
            (viewer, "PUT", "/v1/runs", None, 405), (viewer, "GET", "/v1/decisions/d-99999", None, 404),
            (viewer, "GET", "/v1/runs?limit=0", None, 400), (self.admin, "POST", "/v1/keys", {"role": "king"}, 400),
            (self.admin, "POST", "/v1/keys", {"role": "viewer", "more": 1}, 400),
            (self.admin, "POST", "/v1/reservations/d-99999/settle", {"actual": {}}, 404),
            (self.admin, "POST", "/access/v1/evaluation", {"subject": {}}, 400),
            (self.admin, "POST", "/v1/policies", {"files": [{"path": "countersign.yaml", "text": "a: ["}]}, 422),
        ]
        for client, method, path, body, expected in cases:
            with self.subTest(f"{method} {path}"):
                status, headers, data = client.request(method, path, body)
                self.assertEqual(status, expected, data)
                self.assertEqual(headers["content-type"], "application/problem+json")
                problem = json.loads(data)
                self.assertEqual(self.document.faults(problem, {"$ref": "#/components/schemas/Problem"}), [])
                self.assertIn(problem["code"], codes)
                self.assertEqual(problem["status"], expected)

    def test_metrics_are_the_documented_ones(self):
        _, _, data = self.admin.request("GET", "/metrics")
        names = set(re.findall(r"^# TYPE (\S+)", data.decode(), re.MULTILINE))
        documented = {re.sub(r"\{.*", "", name.strip("`")) for (name,) in table(ROOT / "Docs/operations.md", "metric", 1)}
        self.assertEqual(documented, names)


class Formats(unittest.TestCase):
    """A reader made from Docs/formats alone agrees with the server."""

    def fold(self, leaves):
        """Docs/formats/entry.md, Folding: {account: {currency: [settled, held]}}"""
        accounts, holds = {}, {}

        def book(names, amounts, column, sign=1):
            for name in names:
                for currency, amount in amounts.items():
                    accounts.setdefault(name, {}).setdefault(currency, [0, 0])[column] += sign * amount

        for leaf in leaves:
            if leaf["type"] == "decision" and "reservation" in leaf:
                hold = leaf["reservation"]
                holds[leaf["seq"]] = {**hold, "state": "open", "charged": {}}
                book(hold["accounts"], hold["amounts"], 1)
            if not leaf["type"].startswith("reservation."):
                continue
            hold = holds[leaf["reservation"]]
            if leaf["type"] == "reservation.start":
                hold["started"] = True
                continue
            if hold["state"] == "open":
                book(hold["accounts"], hold["amounts"], 1, -1)
            charged = {"reservation.settle": leaf.get("actual"), "reservation.release": {}}.get(
                leaf["type"], hold["amounts"] if hold["started"] else {})
            book(hold["accounts"], hold["charged"], 0, -1)
            book(hold["accounts"], charged, 0)
            hold |= {"state": "ended", "charged": charged}
        return accounts

    def root(self, hashes):
        if len(hashes) < 2:
            return hashes[0] if hashes else sha256(b"").digest()
        split = 1 << (len(hashes) - 1).bit_length() - 1
        return sha256(b"\1" + self.root(hashes[:split]) + self.root(hashes[split:])).digest()

    def test_leaves_of_an_export(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-docs-"))
        shutil.copytree(ROOT / "policies", folder / "policies")
        settings = folder / "policies/countersign.yaml"
        settings.write_text(settings.read_text().replace("reservation_ttl: 10m", "reservation_ttl: 1s"))
        server = Server(policies=folder / "policies").start()
        try:
            for scenario in ("refund", "client-health"):
                server.cli("demo", scenario)
            runtime = server.client(server.key("runtime"))
            runtime.evaluate(step(run="expires-started"))
            runtime.evaluate(step(run="expires-waiting", auto_start=False))
            waiting = runtime.evaluate(step(run="given-back", auto_start=False))["context"]["id"]
            runtime.json("POST", f"/v1/reservations/{waiting}/release", {})
            settled = runtime.evaluate(step(run="corrected"))["context"]["id"]
            for calls in (1, 3):
                runtime.json("POST", f"/v1/reservations/{settled}/settle", {"actual": {"steps": 1, "tool_calls": calls}})
            waits = lambda: not any(row["held"] for row in server.client().json("GET", "/v1/budgets")["items"])
            self.assertTrue(eventually(waits), "holds of one second did not expire")
            late = runtime.evaluate(step(run="open"))["context"]["id"]
            budgets = server.client().json("GET", "/v1/budgets")["items"]
            server.cli("export", "--out", str(folder / "bundle.zip"))
            with zipfile.ZipFile(folder / "bundle.zip") as bundle:
                lines = bundle.read("log/leaves.jsonl").splitlines()
                checkpoint = bundle.read("log/checkpoint").decode().split("\n")
        finally:
            server.remove()
            shutil.rmtree(folder, ignore_errors=True)
        leaves = [json.loads(line) for line in lines]
        self.assertIn(late, [f"d-{leaf['seq']}" for leaf in leaves])
        self.assertIn("reservation.expire", [leaf["type"] for leaf in leaves])
        for leaf, line in zip(leaves, lines):
            canonical = json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
            self.assertEqual(canonical, line)
        self.assertEqual(checkpoint[:2], [leaves[0]["log"], str(len(leaves))])
        self.assertEqual(checkpoint[2], b64encode(self.root([sha256(b"\0" + line).digest() for line in lines])).decode())
        accounts = self.fold(leaves)
        self.assertGreater(len(budgets), 20)
        for row in budgets:
            with self.subTest(f"{row['account']} {row['currency']}"):
                folded = accounts.get(row["account"], {}).get(row["currency"], [0, 0])
                self.assertEqual(folded, [row["settled"], row["held"]])

    def test_the_members_of_every_leaf_are_described(self):
        text = (ROOT / "Docs/formats/entry.md").read_text()
        source = (ROOT / "Sources/Governance/Machine/EntryEncoding.swift").read_text()
        members = set(re.findall(r'(?:key|member)\("([a-z_0-9]+)"', source))
        self.assertGreater(len(members), 30)
        for member in members:
            with self.subTest(member):
                self.assertRegex(text, rf'[`"]{member}[`"]')


if __name__ == "__main__":
    unittest.main()
