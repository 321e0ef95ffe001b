"""The policy commands: good and bad input, files and standard input, JSON, exit statuses. None of them needs a server."""

import json
import pathlib
import shutil
import tempfile
import unittest

from harness import ROOT, run

POLICIES = """@id("views")
permit (principal in Group::"staff", action == Action::"view", resource)
when { resource.public || context.reason == "audit" };
@id("night")
forbid (principal, action, resource)
when { context has hour && context.hour > 22 };
"""
SCHEMA = """entity Group;
entity User in [Group];
entity Doc = { public: Bool };
action view appliesTo { principal: [User], resource: [Doc], context: { reason?: String, hour?: Long } };
"""
VALID = """@id("views")
permit (principal in Group::"staff", action == Action::"view", resource)
when { resource.public || context has reason && context.reason == "audit" };
"""
ENTITIES = [
    {"uid": {"type": "User", "id": "alice"}, "attrs": {}, "parents": [{"type": "Group", "id": "staff"}]},
    {"uid": {"type": "Doc", "id": "plan"}, "attrs": {"public": False}, "parents": []},
]
TEST = """tests:
  - name: an audit may view
    principal: User::"alice"
    action: Action::"view"
    resource: Doc::"plan"
    context: {reason: audit}
    decision: allow
    reasons: [views]
"""


class PolicyCase(unittest.TestCase):
    """A plain Cedar folder for each test."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-policy-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.write("a.cedar", POLICIES)
        self.write("entities.json", json.dumps(ENTITIES))

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def policy(self, *arguments, expect=0, stdin=None):
        result = run("policy", *arguments, stdin=stdin)
        self.assertEqual(result.returncode, expect, result)
        return result

    def json(self, *arguments, expect=0, stdin=None):
        return json.loads(self.policy(*arguments, "--json", expect=expect, stdin=stdin).stdout)


class Check(PolicyCase):
    """`policy check` of plain Cedar and of policy folders with a schema"""

    def test_without_a_schema_policies_are_read_and_not_validated(self):
        result = self.policy("check", self.folder)
        self.assertEqual(result.stdout, "ok: 2 policies, 0 templates, 2 entities, no schema: not validated\n")
        self.assertEqual(self.policy("check", self.folder / "a.cedar").stdout, "ok: 2 policies, 0 templates, 0 entities, no schema: not validated\n")
        self.assertEqual(self.policy("check", "-", stdin=POLICIES).returncode, 0)
        bad = self.policy("check", "-", stdin="permit (principal, action);\nforbid (", expect=1)
        self.assertRegex(bad.stdout, r"^stdin\.cedar:1:26: error: .*expected `,`.*\n1 \| permit \(principal, action\);\n  \| {26}\^\nstdin\.cedar:2:9: error: ")
        self.assertTrue(bad.stdout.endswith("\n2 | forbid (\n  |         ^\n"), bad.stdout)
        self.assertEqual(bad.stderr, "2 mistakes: the policies are refused\n")
        self.policy("check", self.folder / "tests", expect=2)
        self.policy("check", expect=2)

    def test_with_a_schema_policies_are_validated_and_entities_conform(self):
        self.write("schema.cedarschema", SCHEMA)
        bad = self.policy("check", self.folder, expect=1)
        self.assertRegex(bad.stdout, r'(?m)^a\.cedar:3:27: error: .*`reason`.*\n3 \| when \{ resource\.public \|\| context.*\n  \| {27}\^$')
        self.write("a.cedar", VALID)
        good = self.policy("check", self.folder)
        self.assertRegex(good.stdout, r"^ok: 1 policies, 0 templates, \d entities, valid\n$")
        self.assertEqual(self.json("check", self.folder), {"ok": True, "problems": []})
        self.policy("check", self.folder / "a.cedar", "--schema", self.folder / "schema.cedarschema")
        entities = [{**ENTITIES[1], "attrs": {"public": "yes"}}]
        path = self.write("bad.json", json.dumps(entities))
        nonconforming = self.policy("check", self.folder / "a.cedar", "--schema", self.folder / "schema.cedarschema", "--entities", path, expect=1)
        self.assertRegex(nonconforming.stdout, r"bad\.json:1:\d+: error: .*public")

    def test_modes_and_levels(self):
        self.write("schema.cedarschema", SCHEMA.replace("Doc = { public", "Doc = { owner: User, public").replace("User in [Group]", "User in [Group] = { boss: User }"))
        path = self.write("b.cedar", 'permit (principal, action == Action::"view", resource) when { [principal, resource].contains(resource) };')
        schema = ["--schema", self.folder / "schema.cedarschema"]
        self.policy("check", path, *schema, expect=1)
        self.policy("check", path, *schema, "--mode", "permissive")
        path.write_text('permit (principal, action == Action::"view", resource) when { resource.owner.boss == principal };')
        self.policy("check", path, *schema, "--level", "2")
        self.policy("check", path, *schema, "--level", "1", expect=1)
        for options in [["--mode", "loose"], ["--level", "x"], ["--level", "-1"]]:
            self.policy("check", path, *schema, *options, expect=2)
        self.assertIn("no place with a policy folder", self.policy("check", ROOT / "policies", "--level", "1", expect=2).stderr)

    def test_a_schema_alone_is_checked(self):
        path = self.write("x.cedarschema", SCHEMA)
        self.assertEqual(self.policy("check", path).stdout, "ok: 0 policies, 0 templates, 1 entities, valid\n")
        path.write_text(SCHEMA + "entity A in [Nothing];\n")
        self.assertRegex(self.policy("check", path, expect=1).stdout, r"x\.cedarschema:5:\d+: error: .*`Nothing`.*\n5 \| entity A in \[Nothing\];\n  \| {14}\^\n$")

    def test_json_policies_beside_text(self):
        translated = self.policy("translate", "--to", "json", self.folder / "a.cedar").stdout
        path = self.write("more.json", translated)
        self.assertEqual(self.policy("check", path).stdout, "ok: 2 policies, 0 templates, 0 entities, no schema: not validated\n")
        clash = self.policy("check", path, self.folder / "a.cedar", expect=1)
        self.assertIn("the id `views` is in use", clash.stdout)
        path.write_text(translated.replace('"permit"', '"allow"'))
        self.assertRegex(self.policy("check", path, expect=1).stdout, r"^\S*more\.json:1:\d+: error: .*effect.*\n$")

    def test_a_policy_folder_is_held_against_its_schema(self):
        folder = self.folder / "policies"
        shutil.copytree(ROOT / "policies", folder)
        refund = folder / "access/refund.cedar"
        refund.write_text(refund.read_text().replace("context.arguments.amount_cents > 0", "context.arguments.amount > 0"))
        result = self.policy("check", folder, expect=1)
        self.assertRegex(result.stdout, r"(?m)^access/refund\.cedar:9:\d+: error: .*`amount`.*\n9 \| .*context\.arguments\.amount > 0")
        self.assertEqual(result.stderr, "1 mistakes: nothing would be activated\n")
        shutil.copy(ROOT / "policies/access/refund.cedar", refund)
        entities = folder / "entities.json"
        entities.write_text(entities.read_text().replace('"guarded": true', '"guarded": "yes"', 1))
        self.assertRegex(self.policy("check", folder, expect=1).stdout, r"(?m)^entities\.json:\d+:\d+: error: .*guarded")
        shutil.copy(ROOT / "policies/entities.json", entities)
        schema = folder / "schema.cedarschema"
        schema.write_text(schema.read_text() + "entity Team;\n")
        self.assertRegex(self.policy("check", folder, expect=1).stdout, r"(?m)^schema\.cedarschema:\d+:\d+: error: ")
        schema.unlink()
        self.assertIn("no schema: policies were not validated", self.policy("check", folder).stdout)


class Format(PolicyCase):
    """`policy format`"""

    UGLY = 'permit(principal,action,resource)when{context.a   // why\n&&context.b};'

    def test_printing_checking_and_writing(self):
        path = self.write("b.cedar", self.UGLY)
        pretty = self.policy("format", path).stdout
        self.assertIn("// why", pretty)
        self.assertEqual(self.policy("format", "-", stdin=self.UGLY).stdout, pretty)
        self.assertEqual(self.policy("format", "-", stdin=pretty).stdout, pretty)
        self.assertEqual(path.read_text(), self.UGLY)
        self.assertEqual(self.policy("format", "--check", path, expect=1).stdout, f"{path}\n")
        path.chmod(0o640)
        self.assertEqual(self.policy("format", "--write", path).stdout, f"{path}\n")
        self.assertEqual((path.read_text(), path.stat().st_mode & 0o777), (pretty, 0o640))
        self.assertEqual(self.policy("format", "--check", path).stdout, "")
        self.assertEqual(self.policy("format", "--write", self.folder).stdout, f"{self.folder}/a.cedar\n" if POLICIES != (self.folder / "a.cedar").read_text() else "")
        self.policy("format", "--check", self.folder)
        answer = self.json("format", "-", stdin=self.UGLY)
        self.assertEqual((answer["ok"], answer["files"][0]["changed"], answer["files"][0]["text"]), (True, True, pretty))

    def test_widths_and_indents(self):
        text = "permit (principal, action, resource) when { context.first && context.second && context.third };"
        wide = self.policy("format", "-", "--width", "200", stdin=text).stdout
        narrow = self.policy("format", "-", "--width", "30", "--indent", "4", stdin=text).stdout
        self.assertGreater(narrow.count("\n"), wide.count("\n"))
        self.assertRegex(narrow, "(?m)^    context")
        for options in [["--width", "0"], ["--indent", "17"], ["--width", "x"], ["--check", "--write"]]:
            self.policy("format", "-", *options, stdin=text, expect=2)

    def test_bad_input(self):
        result = self.policy("format", "-", stdin="permit", expect=1)
        self.assertRegex(result.stderr, r"^stdin\.cedar:1:7: error: .*\n1 \| permit\n  \|       \^\n$")
        self.assertEqual(result.stdout, "")
        self.assertFalse(self.json("format", "-", stdin="permit", expect=1)["ok"])
        bad = self.write("b.cedar", "permit")
        before = (self.folder / "a.cedar").read_text()
        self.policy("format", "--write", self.folder, expect=1)
        self.assertEqual((bad.read_text(), (self.folder / "a.cedar").read_text()), ("permit", before), "one bad file, and none is written")
        for arguments in [[], ["--write", "-"], [self.folder / "entities.json"], [self.folder / "a.cedar", bad], ["/nonexistent"]]:
            self.policy("format", *arguments, expect=2, stdin="")


class Translate(PolicyCase):
    """`policy translate`"""

    def test_policies_both_ways(self):
        text = self.policy("translate", "--to", "json", self.folder / "a.cedar").stdout
        document = json.loads(text)
        self.assertEqual(sorted(document["staticPolicies"]), ["night", "views"])
        back = self.policy("translate", "--to", "cedar", "-", stdin=text).stdout
        self.assertEqual(json.loads(self.policy("translate", "--to", "json", "-", stdin=back).stdout), document)
        answer = self.json("translate", "--to", "json", "-", stdin=POLICIES)
        self.assertEqual((answer["ok"], answer["kind"], json.loads(answer["text"])), (True, "policy", document))

    def test_schemas_both_ways(self):
        path = self.write("schema.cedarschema", SCHEMA)
        document = json.loads(self.policy("translate", "--to", "json", path).stdout)
        self.assertEqual(sorted(document[""]["entityTypes"]), ["Doc", "Group", "User"])
        back = self.policy("translate", "--to", "cedar", "--kind", "schema", "-", stdin=json.dumps(document)).stdout
        self.assertEqual(json.loads(self.policy("translate", "--to", "json", "--kind", "schema", "-", stdin=back).stdout), document)

    def test_bad_input(self):
        for arguments, stdin, place in [
                (["--to", "json"], "permit", r"^stdin:1:7: error: "), (["--to", "cedar"], "{}", r"^stdin:1:1: error: "),
                (["--to", "json", "--kind", "schema"], "entity", r"^stdin:1:7: error: "),
                (["--to", "cedar", "--kind", "schema"], "[", r"^stdin:1:\d: error: ")]:
            with self.subTest(arguments):
                result = self.policy("translate", "-", *arguments, stdin=stdin, expect=1)
                self.assertRegex(result.stderr, place)
                self.assertEqual(result.stdout, "")
                self.assertFalse(self.json("translate", "-", *arguments, stdin=stdin, expect=1)["ok"])
        for arguments in [["-"], ["-", "--to", "xml"], ["-", "--to", "json", "--kind", "entities"], ["--to", "json"], ["/none", "--to", "json"]]:
            self.policy("translate", *arguments, stdin="", expect=2)


class Lint(PolicyCase):
    """`policy lint`"""

    BAD = """@id("all") permit (principal, action, resource);
@id("twice") permit (principal, action == Action::"view", resource) when { true };
@id("never") permit (principal, action, resource) when { context.n > 1 && false };
"""

    def test_findings_have_codes_and_severities(self):
        path = self.write("bad.cedar", self.BAD)
        result = self.policy("lint", path, expect=1)
        self.assertRegex(result.stdout, r"(?m)^.*bad\.cedar:1:1: warning: .*\[permitsEverything\]")
        self.assertRegex(result.stdout, r"(?m)^.*bad\.cedar:3:1: warning: .*\[neverApplies\]")
        self.assertRegex(result.stdout, r"(?m)^3 policies, \d findings$")
        answer = self.json("lint", "-", stdin=self.BAD, expect=1)
        self.assertEqual((answer["ok"], answer["complete"]), (False, True))
        self.assertTrue({"permitsEverything", "neverApplies"} <= {finding["code"] for finding in answer["findings"]})
        self.assertEqual({finding["severity"] for finding in answer["findings"]} - {"error", "warning", "note"}, set())
        self.policy("lint", path, "--fail-on", "error")
        self.policy("lint", path, "--fail-on", "all", expect=2)

    def test_good_policies_have_none_and_the_shipped_ones_are_good(self):
        self.assertEqual(self.policy("lint", self.folder).stdout, "2 policies, 0 findings\n")
        shipped = self.json("lint", ROOT / "policies")
        self.assertTrue(shipped["ok"], shipped)

    def test_policies_that_no_request_matched_are_named(self):
        request = {"principal": 'User::"alice"', "action": 'Action::"view"', "resource": 'Doc::"plan"', "context": {"reason": "audit"}}
        lines = self.write("requests.jsonl", json.dumps(request) + "\n\n" + json.dumps(request) + "\n")
        answer = self.json("lint", self.folder, "--requests", lines)
        self.assertEqual([(finding["policy"], finding["code"]) for finding in answer["findings"]], [("night", "neverMatched")])
        self.policy("lint", self.folder, "--requests", lines, "--fail-on", "note", expect=1)
        lines.write_text(json.dumps(request) + "\n{}\n")
        self.assertRegex(self.policy("lint", self.folder, "--requests", lines, expect=2).stderr, r"requests\.jsonl:2: ")

    def test_bad_policies_are_no_findings(self):
        result = self.policy("lint", "-", stdin="permit", expect=1)
        self.assertRegex(result.stderr, r"^stdin\.cedar:1:7: error: ")
        self.assertFalse(self.json("lint", "-", stdin="permit", expect=1)["ok"])


class Tests(PolicyCase):
    """`policy test`"""

    def test_the_shipped_policies_are_covered_whole(self):
        result = self.policy("test", ROOT / "policies", "--coverage-min", "100")
        self.assertRegex(result.stdout, r"(?m)^coverage: policies 11/11 \(100 %\), outcomes of conditions 28/28 \(100 %\)$")
        self.assertRegex(result.stdout, r"(?m)^\d+ tests, 0 failed$")
        self.assertNotIn("FAIL", result.stdout)
        verbose = self.policy("test", ROOT / "policies", "--verbose").stdout
        self.assertRegex(verbose, r"(?m)^ok   tests/refund\.yaml:3 a small refund is made at once$")
        answer = self.json("test", ROOT / "policies")
        self.assertEqual((answer["ok"], answer["failed"]), (True, 0))
        self.assertEqual(answer["coverage"]["policies"], {"covered": 11, "total": 11, "percent": 100})
        self.assertGreater(answer["tests"], 25)

    def test_a_folder_of_plain_cedar_is_tested_and_its_gaps_are_named(self):
        self.write("tests/a.yaml", TEST)
        result = self.policy("test", self.folder)
        self.assertRegex(result.stdout, r"(?m)^views +1 +1 +1/2 +when in line 3 never false$")
        self.assertRegex(result.stdout, r"(?m)^night +1 +0 +1/2 +never satisfied; when in line 6 never true$")
        self.assertRegex(result.stdout, r"(?m)^coverage: policies 1/2 \(50 %\), outcomes of conditions 2/4 \(50 %\)$")
        self.policy("test", self.folder, "--coverage-min", "50")
        low = self.policy("test", self.folder, "--coverage-min=51", expect=1)
        self.assertEqual(low.stderr, "countersign: coverage is below 51 %\n")
        self.assertFalse(self.json("test", self.folder, "--coverage-min=51", expect=1)["ok"])
        for bad in ["x", "101", "-1", ""]:
            self.policy("test", self.folder, f"--coverage-min={bad}", expect=2)

    def test_a_failure_is_explained(self):
        self.write("tests/a.yaml", TEST.replace("reason: audit", "reason: fun, hour: 23"))
        result = self.policy("test", self.folder, expect=1)
        self.assertTrue(result.stdout.startswith("""FAIL tests/a.yaml:2 an audit may view
     expected: allow by views
     found:    deny by night
     permit views (a.cedar:1): not satisfied
       holds  principal in Group::"staff"
       holds  action == Action::"view"
       holds  resource
       when, line 3: false
         false  resource.public
         false  context.reason == "audit"
     forbid night (a.cedar:4): satisfied
       holds  principal
       holds  action
       holds  resource
       when, line 6: true
         true   context has hour
         true   context.hour > 22
"""), result.stdout)
        answer = self.json("test", self.folder, expect=1)
        failed = answer["results"][0]
        self.assertEqual(failed["expected"], {"decision": "allow", "reasons": ["views"], "errors": []})
        self.assertEqual(failed["found"], {"decision": "deny", "reasons": ["night"], "errors": []})
        self.assertEqual([policy["outcome"] for policy in failed["policies"]], ["not_satisfied", "satisfied"])

    def test_a_check_that_ran_nothing_is_red(self):
        for text in [None, "tests: []\n", "# nothing\n"]:
            if text is not None:
                self.write("tests/a.yaml", text)
            result = self.policy("test", self.folder, expect=1)
            self.assertRegex(result.stderr, "has no tests: state some in|the tests have mistakes")
            self.assertFalse(self.json("test", self.folder, expect=1)["ok"])

    def test_mistakes_stand_in_the_way(self):
        self.write("tests/a.yaml", TEST.replace("reasons: [views]", "reasons: [veiws]"))
        result = self.policy("test", self.folder, expect=1)
        self.assertIn("tests/a.yaml:8:15: error: there is no policy `veiws` (did you mean `views`?)", result.stdout)
        self.assertEqual(result.stderr, "countersign: the tests have mistakes: none was run\n")
        self.assertEqual(self.json("test", self.folder, expect=1)["problems"][0]["line"], 8)
        self.write("a.cedar", POLICIES + "permit (principal);")
        result = self.policy("test", self.folder, expect=1)
        self.assertRegex(result.stdout, r"(?m)^a\.cedar:7:18: error: unexpected `\)`; expected `,`")
        self.assertEqual(result.stderr, "countersign: the folder has mistakes: no test was run\n")
        self.policy("test", "/nonexistent", expect=2)


class Explain(PolicyCase):
    """`policy explain`"""

    REQUEST = {"principal": 'User::"alice"', "action": {"type": "Action", "id": "view"}, "resource": 'Doc::"plan"'}

    def test_a_request_from_a_file_from_standard_input_and_from_options(self):
        request = {**self.REQUEST, "context": {"reason": "audit"}}
        path = self.write("request.txt", json.dumps(request))
        files = ["--policies", self.folder / "a.cedar", "--entities", self.folder / "entities.json"]
        first = self.policy("explain", *files, "--request", path)
        self.assertTrue(first.stdout.startswith("allow: by views\n\npermit views ("), first.stdout)
        self.assertEqual(self.policy("explain", *files, "--request", "-", stdin=json.dumps(request)).stdout, first.stdout)
        parts = ["--principal", 'User::"alice"', "--action", 'Action::"view"', "--resource", 'Doc::"plan"']
        options = self.policy("explain", *files, *parts, "--context", '{"reason": "audit"}')
        self.assertEqual(options.stdout, first.stdout)
        folder = self.json("explain", self.folder, *parts, "--context", '{"reason": "audit"}')
        self.assertEqual((folder["decision"], folder["reasons"], folder["errors"]), ("allow", ["views"], []))
        piped = self.policy("explain", "-", "--entities", self.folder / "entities.json", "--request", path, stdin=POLICIES)
        self.assertIn("stdin.cedar:1", piped.stdout)

    def test_the_exit_status_is_the_decision_and_errors_are_told(self):
        request = self.write("request.txt", json.dumps({**self.REQUEST, "context": {"hour": "x"}}))
        result = self.policy("explain", self.folder, "--request", request, expect=1)
        self.assertTrue(result.stdout.startswith("deny: no policy permits it\nin error: views: a.cedar:3:27: the record has no attribute"),
                        result.stdout)
        answer = self.json("explain", self.folder, "--request", request, expect=1)
        self.assertEqual([error["policy"] for error in answer["errors"]], ["views", "night"])
        clause = answer["policies"][0]["conditions"][0]
        self.assertEqual([operand["result"] for operand in clause["operands"]], ["false", "error"])
        self.assertEqual((clause["operands"][1]["error"]["kind"], clause["line"]), ("missingAttribute", 3))

    def test_a_policy_folder_brings_its_inventory(self):
        context = {"workflow": {"__entity": {"type": "Workflow", "id": "refund"}}}
        arguments = ["explain", ROOT / "policies", "--principal", 'Agent::"refund-agent"', "--action", 'Action::"tool.call"',
                     "--resource", 'Tool::"orders.get"', "--context", json.dumps(context)]
        short = self.policy(*arguments).stdout
        self.assertIn("allow: by own-tools", short)
        self.assertRegex(short, r"\n\d+ further policies do not apply; --all shows them\n$")
        self.assertGreater(len(self.policy(*arguments, "--all").stdout), len(short))
        refused = self.policy(*arguments, "--entities", self.folder / "entities.json", expect=2)
        self.assertIn("--entities has no place with a policy folder", refused.stderr)

    def test_bad_input_is_the_callers(self):
        request = json.dumps(self.REQUEST)
        for text, message in [
                ("", "unexpected end|empty"), ("[]", "a request is an object"), (request.replace("principal", "princpal"), "has no member `princpal`"),
                (request.replace('"resource"', '"context"').replace('"Doc::\\"plan\\""', "{}"), "`resource` is missing"),
                (request.replace("User::", "User:"), "names no entity"), (request[:-1] + ', "context": [1]}', "a context is a record"),
                (request[:-1] + ', "context": {"a": 1.5}}', "no 64-bit integer"), (request[:-1] + ', "action": 1}', "twice|duplicate")]:
            with self.subTest(text):
                result = self.policy("explain", self.folder, "--request", "-", stdin=text, expect=2)
                self.assertRegex(result.stderr, message)
                self.assertEqual(result.stdout, "")
        self.assertIn("--action is missing", self.policy("explain", self.folder, "--principal", 'A::"a"', expect=2).stderr)
        self.assertIn("exclude each other", self.policy(
            "explain", self.folder, "--request", "-", "--principal", 'A::"a"', stdin=request, expect=2).stderr)
        self.assertIn("no Cedar file by its name", self.policy("explain", ROOT / "README.md", "--request", "-", stdin=request, expect=2).stderr)
        self.write("a.cedar", "permit")
        self.assertRegex(self.policy("explain", self.folder, "--request", "-", stdin=request, expect=1).stderr, r"a\.cedar:1:7: error: ")


class SchemaFromTools(PolicyCase):
    """`policy schema-from-mcp`"""

    TOOLS = {"jsonrpc": "2.0", "id": 1, "result": {"tools": [
        {"name": "create_issue", "description": "Opens an issue", "inputSchema": {
            "type": "object", "required": ["title"],
            "properties": {"title": {"type": "string"}, "priority": {"enum": ["low", "high"]}, "labels": {"type": "array", "items": {"type": "string"}}}}},
        {"name": "ping", "inputSchema": {"type": "object"}}]}}

    def test_a_schema_is_made_from_a_file_and_from_standard_input(self):
        path = self.write("tools.json", json.dumps(self.TOOLS))
        result = self.policy("schema-from-mcp", path)
        self.assertEqual(result.stderr, "")
        for line in ["entity Agent, User, Workload, Tool;", 'entity CreateIssuePriority enum ["low", "high"];', "      labels?: Set<String>,",
                     "      title: String,", '@description("Opens an issue")']:
            self.assertIn(line + "\n", result.stdout)
        self.assertEqual(self.policy("schema-from-mcp", "-", stdin=json.dumps(self.TOOLS)).stdout, result.stdout)
        options = ["--namespace", "Git", "--principal", "User,Bot", "--resource", "Server", "--group", "tools"]
        answer = self.json("schema-from-mcp", path, *options)
        self.assertEqual((answer["ok"], answer["tools"], answer["notes"]), (True, 2, []))
        self.assertTrue(answer["schema"].startswith("namespace Git {\n  entity User, Bot, Server;\n\n  action \"tools\";\n"))

    def test_what_has_no_cedar_type_is_noted_and_refused_when_strict(self):
        tools = json.dumps([{"name": "t", "inputSchema": {"type": "object", "properties": {"x": {}}}}])
        note = "`t`, `x`: any value is allowed, which is no Cedar type: it is left out\n"
        result = self.policy("schema-from-mcp", "-", stdin=tools)
        self.assertEqual(result.stderr, "note: " + note)
        self.assertTrue(result.stdout.startswith("// " + note))
        strict = self.policy("schema-from-mcp", "-", "--strict", stdin=tools, expect=1)
        self.assertEqual((strict.stdout, strict.stderr), ("", "error: " + note))
        answer = self.json("schema-from-mcp", "-", "--strict", stdin=tools, expect=1)
        self.assertEqual((answer["ok"], answer["schema"], answer["notes"][0]["path"]), (False, None, "x"))

    def test_bad_input_is_the_callers(self):
        for text, message in [("", "-: "), ("{}", "no array `tools`"), ('{"error": {}}', "it is an error"), ("[]", "there are no tools"),
                              ('[{"name": "a"}, {"name": "a"}]', "stands twice")]:
            with self.subTest(text):
                result = self.policy("schema-from-mcp", "-", stdin=text, expect=2)
                self.assertIn(message, result.stderr)
                self.assertEqual(result.stdout, "")
        for option, value in [("namespace", "a b"), ("principal", "A,,B"), ("principal", ""), ("resource", "Action"), ("group", "a")]:
            self.policy("schema-from-mcp", "-", f"--{option}", value, stdin='[{"name": "a"}]', expect=2)
        self.assertIn("cannot be read", self.policy("schema-from-mcp", "/nonexistent", expect=2).stderr)


if __name__ == "__main__":
    unittest.main()
