"""Every command as its user meets it: help, mistakes, tables, JSON, exit statuses, and what holds afterwards."""

import json
import os
import pathlib
import re
import shutil
import tempfile
import unittest

from harness import ROOT, ServerCase, run, step

# Every command with the options that are its own, and the arguments that it cannot do without.
COMMANDS = {
    "serve": (["data", "listen", "policies", "config", "print-config"], []),
    "key create": (["role", "label"], []),
    "key list": ([], []),
    "key revoke": ([], ["k1"]),
    "policy check": (["schema", "entities", "mode", "level"], ["policies"]),
    "policy format": (["check", "write", "width", "indent"], ["a.cedar"]),
    "policy lint": (["schema", "entities", "requests", "fail-on"], ["a.cedar"]),
    "policy translate": (["to", "kind"], ["a.cedar"]),
    "policy test": (["verbose", "coverage-min"], ["policies"]),
    "policy schema-from-mcp": (["namespace", "principal", "resource", "group", "strict"], ["tools.json"]),
    "policy explain": (
        ["policies", "schema", "entities", "request", "principal", "action", "resource", "context", "all"],
        ["policies", "--principal", 'A::"a"', "--action", 'Action::"a"', "--resource", 'A::"a"']),
    "apply": (["author", "note"], ["policies"]),
    "halt": (["reason", "all"], ["refund"]),
    "resume": (["reason", "all"], ["refund"]),
    "approval list": ([], []),
    "approval show": ([], ["a-1"]),
    "approval approve": (["reason"], ["a-1"]),
    "approval reject": (["reason"], ["a-1"]),
    "workflow list": ([], []),
    "workflow show": ([], ["refund"]),
    "budget list": (["all"], []),
    "run list": (["workflow", "limit"], []),
    "run show": ([], ["r-1"]),
    "decision list": (["workflow", "run", "outcome", "limit"], []),
    "decision show": ([], ["d-1"]),
    "overview": ([], []),
    "log checkpoint": ([], []),
    "export": (["from", "to", "workflow", "receiver", "purpose", "out"], []),
    "verify": (["key"], ["bundle.zip"]),
    "demo client-health": ([], []),
    "demo refund": ([], []),
    "version": ([], []),
}
LOCAL = {"serve", "verify", "version", *(command for command in COMMANDS if command.startswith("policy "))}
# Commands that take any number of files.
FILES = {"policy check", "policy format", "policy lint", "policy explain"}
FLAGS = {"all", "check", "print-config", "strict", "verbose", "write"}


def words(command, *more):
    return [*command.split(), *more]


class CommandLine(unittest.TestCase):
    """What needs no server."""

    def assert_usage(self, result, hint):
        self.assertEqual(result.returncode, 2, result)
        self.assertTrue(result.stderr.splitlines()[-1].startswith("countersign: "), result.stderr)
        self.assertRegex(result.stderr, hint)
        self.assertNotIn("countersign: ", result.stdout.replace("countersign: a step", ""))

    def test_the_overview_names_every_command_and_no_other(self):
        result = run("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        named = re.findall(r"^  ([a-z]+(?: [a-z][a-z-]*)?) ", result.stdout, re.MULTILINE)
        self.assertEqual(sorted(named), sorted(COMMANDS))
        self.assertEqual(run("help").stdout, result.stdout)
        empty = run()
        self.assertEqual((empty.returncode, empty.stdout), (2, result.stdout))

    def test_every_command_has_help_that_names_its_options(self):
        for command, (options, _) in COMMANDS.items():
            with self.subTest(command):
                result = run(*words(command, "--help"))
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertTrue(result.stdout.startswith(f"usage: countersign {command}"), result.stdout)
                connection = [] if command in LOCAL else ["url", "api-key"]
                named = re.findall(r"^  --([a-z-]+)", result.stdout, re.MULTILINE)
                self.assertEqual(len(named), len(set(named)))
                wanted = {*options, *connection, "json", "help"}
                self.assertTrue(wanted <= set(named) if command == "serve" else wanted == set(named), (wanted, named))

    def test_unknown_commands_are_refused_with_the_nearest_one(self):
        self.assert_usage(run("overveiw"), "unknown command `overveiw`, did you mean `overview`\\?")
        self.assert_usage(run("frobnicate"), "unknown command `frobnicate`; see --help")
        for group, expected in [("key", "create, list, revoke"), ("run", "list, show"), ("demo", "client-health, refund")]:
            self.assert_usage(run(group), f"`{group}` needs one of: {expected}")
            self.assert_usage(run(group, "lst"), f"`{group}` needs one of: {expected}")

    def test_unknown_options_extra_arguments_and_missing_values_are_refused_by_every_command(self):
        for command, (options, arguments) in COMMANDS.items():
            with self.subTest(command):
                self.assert_usage(run(*words(command, *arguments, "--frobnicate")), "unknown option --frobnicate")
                self.assert_usage(run(*words(command, *arguments, "--jsn")), "did you mean --json\\?")
                if command not in FILES:
                    self.assert_usage(run(*words(command, *arguments, "one-too-many")), "unexpected argument `one-too-many`")
                self.assert_usage(run(*words(command, *arguments, "--json=yes")), "--json takes no value")
                plain = [word for word in arguments if not word.startswith("--")]
                for name in set(options) - FLAGS:
                    self.assert_usage(run(*words(command, *plain, "--" + name)), f"--{name} needs a value")
                    self.assert_usage(run(*words(command, *plain, f"--{name}=a", f"--{name}=b")), f"--{name} stands twice")
                if arguments:
                    self.assert_usage(run(*words(command)), "is missing")

    def test_without_a_key_every_client_command_says_what_to_set(self):
        for command in sorted(set(COMMANDS) - LOCAL):
            with self.subTest(command):
                more = {"key create": ["--role", "viewer"], "export": ["--out", "/tmp/never.zip"]}.get(command, [])
                self.assert_usage(run(*words(command, *COMMANDS[command][1], *more)), "no API key: set COUNTERSIGN_API_KEY")
        self.assertFalse(os.path.exists("/tmp/never.zip"))

    def test_without_a_server_every_client_command_ends_with_3_and_says_what_to_do(self):
        nowhere = {"COUNTERSIGN_URL": "http://127.0.0.1:1", "COUNTERSIGN_API_KEY": "cs_k_x"}
        for command in sorted(set(COMMANDS) - LOCAL):
            with self.subTest(command):
                more = {"key create": ["--role", "viewer"], "export": ["--out", "/tmp/never.zip"]}.get(command, [])
                result = run(*words(command, *COMMANDS[command][1], *more), environment=nowhere)
                self.assertEqual((result.returncode, result.stdout), (3, ""), result)
                self.assertRegex(result.stderr, "^countersign: the server at http://127.0.0.1:1 cannot be reached .*countersign serve")
        self.assert_usage(run("run", "list", "--url", "nonsense", "--api-key", "x"), "write http://HOST:PORT")

    def test_version_and_print_config(self):
        self.assertRegex(run("version").stdout, r"^countersign \d+\.\d+\.\d+\n$")
        self.assertEqual(run("--version").stdout, run("version").stdout)
        self.assertEqual("countersign " + json.loads(run("version", "--json").stdout)["version"] + "\n", run("version").stdout)
        settings = json.loads(run("serve", "--print-config", "--json", "--threads", "3").stdout)
        self.assertEqual((settings["threads"], settings["listen"]), ("3", "127.0.0.1:8470"))
        self.assertRegex(run("serve", "--print-config", "--threads", "3").stdout, r"(?m)^threads: 3 +# flag$")

    def test_verify_tells_a_missing_file_from_a_bad_one(self):
        self.assert_usage(run("verify", "/nonexistent.zip"), "there is no file `/nonexistent.zip`")
        bad = run("verify", ROOT / "README.md")
        self.assertEqual(bad.returncode, 1)
        lines = bad.stdout.splitlines()
        self.assertTrue(lines[0].startswith("FAIL zip "), bad.stdout)
        self.assertTrue(all(line.startswith("skip ") and line.endswith(": not checked") for line in lines[1:-1]), bad.stdout)
        self.assertEqual(lines[-1], "NOT verified")
        self.assertEqual(json.loads(run("verify", ROOT / "README.md", "--json").stdout)["good"], False)


class PolicyFolders(unittest.TestCase):
    """`policy check`, which needs no server."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-policies-"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(ROOT / "policies", self.folder, dirs_exist_ok=True)

    def test_a_good_folder_is_counted_and_has_a_digest(self):
        result = run("policy", "check", self.folder)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertRegex(result.stdout, r"^ok: \d+ workflows, \d+ policies, \d+ models, digest [0-9a-f]{64}\n$")
        self.assertEqual(json.loads(run("policy", "check", self.folder, "--json").stdout), {"ok": True, "problems": []})

    def test_every_mistake_is_reported_with_its_place(self):
        with open(self.folder / "access/refund.cedar", "a") as file:
            file.write("\npermit (principal, action, resource) when { context.nothing == };\n")
        workflow = self.folder / "workflows/refund.yaml"
        workflow.write_text(workflow.read_text().replace("risk_tier: T2", "risk_tier: T9", 1))
        result = run("policy", "check", self.folder)
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stdout, r"(?m)^access/refund\.cedar:\d+:\d+: error: .+")
        self.assertRegex(result.stdout, r"(?m)^workflows/refund\.yaml:\d+:\d+: error: .+")
        self.assertRegex(result.stderr, r"^\d+ mistakes: nothing would be activated\n$")
        answer = json.loads(run("policy", "check", self.folder, "--json").stdout)
        self.assertFalse(answer["ok"])
        self.assertEqual({p["file"] for p in answer["problems"] if p["severity"] == "error"},
                         {"access/refund.cedar", "workflows/refund.yaml"})
        self.assertTrue(all(p["line"] > 0 and p["column"] > 0 and p["message"] for p in answer["problems"]))

    def test_something_that_is_no_folder_is_a_mistake_of_the_caller(self):
        for path, message in [("/nonexistent", "is no Cedar file by its name"), (ROOT / "README.md", "is no Cedar file by its name"),
                              ("/nonexistent.cedar", "cannot be read")]:
            result = run("policy", "check", path)
            self.assertEqual((result.returncode, result.stdout), (2, ""))
            self.assertRegex(result.stderr, f"^countersign: `{path}` {message}")


class AgainstAServer(ServerCase):
    """Commands against one server with some decisions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = cls.server.key("viewer")
        cls.approver = cls.server.key("approver")
        cls.runtime = cls.server.key("runtime")
        client = cls.server.client(cls.runtime)
        cls.permitted = client.evaluate(step(run="cli-1"))["context"]["id"]
        cls.denied = client.evaluate(step(run="cli-1", step="issue-refund", resource=("tool", "payments.refund"),
                                          arguments={"amount_cents": 200_000}))["context"]["id"]
        cls.escalated = [cls.escalate(client, name) for name in ("cli-2", "cli-3")]

    @staticmethod
    def escalate(client, name):
        answer = client.evaluate(step(run=name, step="issue-refund", resource=("tool", "payments.refund"),
                                      arguments={"amount_cents": 12_000}))
        return answer["context"]["access_request"]["id"]

    def refused(self, *arguments, key=None, message):
        result = self.server.cli(*arguments, key=key, expect=4)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, "^countersign: the server refused \\(4\\d\\d\\): .*" + message)
        return result

    def assert_aligned(self, text):
        """As many columns as the heading has names stand apart by two blanks in all rows."""
        lines = text.rstrip("\n").split("\n")
        width = max(map(len, lines))
        used = "".join("x" if any(line.ljust(width)[at] != " " for line in lines) else " " for at in range(width))
        self.assertEqual(len(re.split("  +", used)), len(re.split("  +", lines[0].strip())), text)

    def test_every_list_and_show_command_gives_json_and_a_table(self):
        for command in ["key list", "approval list", "workflow list", "budget list", "run list", "decision list"]:
            with self.subTest(command):
                answer = self.server.cli(*words(command, "--json"), parse=True)
                self.assertIsInstance(answer["items"], list)
                table = self.server.cli(*words(command)).stdout
                self.assertRegex(table, r"^ *[A-Z][A-Z ()0-9]+\n")
                self.assert_aligned(table)
                self.assertNotRegex(table, r"\dT\d\d:|nanousd|/1[67]\d{11}", "raw times, costs or windows")
        for command in ["workflow show refund", f"decision show {self.denied}", f"approval show {self.escalated[0]}", "overview"]:
            with self.subTest(command):
                self.assertIsInstance(self.server.cli(*words(command, "--json"), parse=True), dict)
                text = self.server.cli(*words(command)).stdout
                self.assertNotIn("nanousd", text)
                self.assertNotRegex(text, r"(?m)^\s*-$|\{|\"")

    def test_lists_say_when_they_are_empty(self):
        result = self.server.cli("run", "list", "--workflow", "usage-digest")
        self.assertEqual((result.stdout.count("\n"), result.stderr), (1, "there are none yet\n"))

    def test_decisions_are_filtered_and_shown_with_their_reasons(self):
        listed = self.server.cli("decision", "list", "--outcome", "deny", "--run", "cli-1", "--json", parse=True)["items"]
        self.assertEqual([item["id"] for item in listed], [self.denied])
        self.assertIn("refunds above 1000 dollars", self.server.cli("decision", "show", self.denied).stdout)
        self.assertEqual(len(self.server.cli("decision", "list", "--limit", "1", "--json", parse=True)["items"]), 1)
        self.refused("decision", "list", "--outcome", "maybe", message="`outcome` must be")
        self.refused("decision", "list", "--limit", "0", message="`limit` must be from 1 to 1000")

    def test_unknown_ids_are_refused_by_name(self):
        for command, name in [("run show r-none", "run `r-none`"), ("decision show d-99999", "decision `d-99999`"),
                              ("approval show a-99999", "approval `a-99999`"), ("workflow show none", "workflow `none`"),
                              ("approval approve a-99999", "approval `a-99999`"), ("key revoke knone", "key `knone`"),
                              ("halt none", "workflow `none`"),
                              ("run show a/../b%20c", "run `a/../b%20c`")]:
            with self.subTest(command):
                self.refused(*words(command), message=f"there is no {re.escape(name)}")

    def test_a_wrong_key_is_refused_and_a_viewer_reads_but_does_not_act(self):
        self.refused("run", "list", key="cs_k1_wrong", message="set COUNTERSIGN_API_KEY to a key of this server")
        for command in ["run list", "decision list", "budget list", "workflow list", "overview"]:
            self.server.cli(*words(command), key=self.viewer)
        for command in ["key list", "key create --role admin", "halt refund", "resume --all", "apply policies",
                        f"approval approve {self.escalated[0]}", "demo refund"]:
            with self.subTest(command):
                self.refused(*words(command), key=self.viewer, message="may not call this: use one of ")
        self.assertEqual(self.server.cli("approval", "show", self.escalated[0], "--json", parse=True)["status"], "pending")

    def test_a_revoked_key_stops_working_at_once(self):
        made = self.server.cli("key", "create", "--role", "viewer", "--label", "for a while", "--json", parse=True)
        self.server.cli("run", "list", key=made["key"])
        self.assertEqual(self.server.cli("key", "revoke", made["id"]).stdout, f"key {made['id']} is revoked\n")
        self.refused("run", "list", key=made["key"], message="no valid API key")
        row = next(line for line in self.server.cli("key", "list").stdout.splitlines() if line.startswith(made["id"]))
        self.assertRegex(row, r"viewer +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +revoked +for a while$")

    def test_a_key_is_printed_alone_so_that_scripts_can_take_it(self):
        result = self.server.cli("key", "create", "--role", "auditor")
        self.assertRegex(result.stdout, r"^cs_k[0-9a-z]+_[A-Za-z0-9_-]{43}\n$")
        self.assertIn("role auditor: shown this once", result.stderr)
        self.assertNotIn(result.stdout.strip(), self.server.cli("key", "list").stdout)
        self.refused("key", "create", "--role", "king", message="`role` must be one of")

    def test_the_last_admin_key_cannot_be_revoked(self):
        admins = [k for k in self.server.cli("key", "list", "--json", parse=True)["items"]
                  if k["role"] == "admin" and not k.get("revoked")]
        self.assertEqual(len(admins), 1)
        self.refused("key", "revoke", admins[0]["id"], message="last")
        self.server.cli("key", "list")

    def test_applying_tells_an_unchanged_folder_from_a_changed_and_a_broken_one(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-policies-"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copytree(ROOT / "policies", folder, dirs_exist_ok=True)
        before = self.server.cli("apply", folder, "--json", parse=True)
        self.assertEqual(before.get("changes", []), [])
        workflow = folder / "workflows/usage-digest.yaml"
        workflow.write_text(re.sub(r"(?m)^version: .*", 'version: "77"', workflow.read_text()))
        changed = self.server.cli("apply", folder, "--author", "ines", "--note", "a test")
        self.assertRegex(changed.stdout, rf"(?s)usage-digest.*\nversion {before['version'] + 1} is active, digest [0-9a-f]{{64}}\n$")
        self.assertEqual(self.server.cli("workflow", "show", "usage-digest", "--json", parse=True)["version"], "77")
        workflow.write_text("id: usage-digest\n")
        broken = self.server.cli("apply", folder, expect=1)
        self.assertRegex(broken.stderr, r"(?m)^workflows/usage-digest\.yaml:\d+:\d+: error: ")
        self.assertRegex(broken.stderr, r"(?m)^countersign: the folder has mistakes: nothing was activated$")
        self.assertEqual(self.server.cli("workflow", "show", "usage-digest", "--json", parse=True)["version"], "77")

    def test_a_halt_stops_steps_until_it_is_resumed(self):
        client = self.server.client(self.runtime)
        for scope, before in [(["support-triage"], "workflow support-triage"), (["--all"], "the organisation")]:
            with self.subTest(scope):
                self.assertEqual(self.server.cli("halt", *scope, "--reason", "a test").stdout, f"{before} is halted\n")
                self.assertIn("already", self.server.cli("halt", *scope).stdout)
                overview = self.server.cli("overview").stdout
                self.assertRegex(overview, r"(?m)^halted: +" + ("everything" if scope == ["--all"] else scope[0]) + "$")
                answer = client.evaluate(step(workflow="support-triage", run=f"halt-{before[-3:]}", agent="triage-agent"))
                self.assertFalse(answer["decision"])
                code = "halt.organisation" if scope == ["--all"] else "halt.workflow"
                self.assertIn(code, [reason["code"] for reason in answer["context"]["reasons"]])
                self.assertTrue(self.server.cli("resume", *scope, "--json", parse=True)["halted"] is False)
        self.assertRegex(self.server.cli("overview").stdout, r"(?m)^halted: +nothing$")
        self.assertEqual(self.server.cli("halt", "refund", "--all", expect=2).stdout, "")
        # A halt outlives its workflow's manifest, so ending one asks for no manifest.
        self.assertIn("was not halted", self.server.cli("resume", "none").stdout)

    def test_approvals_are_decided_once_and_by_another_than_the_asker(self):
        first, second = self.escalated
        self.assertRegex(self.server.cli("approval", "list").stdout, rf"(?m)^{first} +pending +refund +cli-2 ")
        text = self.server.cli("approval", "show", first).stdout
        self.assertIn("amount_cents: 12000", text)
        self.assertEqual(
            self.server.cli("approval", "approve", first, "--reason", "checked", key=self.approver).stdout, f"{first} is approved\n")
        self.refused("approval", "reject", first, key=self.approver, message="already")
        self.assertEqual(self.server.cli("approval", "reject", second, key=self.approver).stdout, f"{second} is rejected\n")
        statuses = {a["id"]: a["status"] for a in self.server.cli("approval", "list", "--json", parse=True)["items"]}
        self.assertEqual((statuses[first], statuses[second]), ("approved", "rejected"))

    def test_budgets_show_limits_as_dollars_and_windows_as_dates(self):
        table = self.server.cli("budget", "list").stdout
        self.assertRegex(table, r"(?m)^organisation:acme +month \d{4}-\d\d +cost +\$5,000\.00 ")
        self.assertRegex(table, r"(?m)^run:refund/cli-1 +run +tool_calls +8 ")
        self.assertGreater(self.server.cli("budget", "list", "--all").stdout.count("\n"), table.count("\n"))

    def test_a_checkpoint_is_a_signed_note_that_covers_what_is_durable(self):
        note = self.server.cli("log", "checkpoint").stdout
        self.assertRegex(note, r"^countersign\.local/audit\n\d+\n[A-Za-z0-9+/]{43}=\n\n— countersign\.local/audit [A-Za-z0-9+/]+={0,2}\n$")
        self.assertGreater(int(note.split("\n")[1]), 4)
        answer = self.server.cli("log", "checkpoint", "--json", parse=True)
        self.assertRegex(answer["checkpoint"], "^countersign.local/audit\n")

    def test_an_export_is_written_verified_and_private_or_not_at_all(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-export-"))
        self.addCleanup(shutil.rmtree, folder)
        path = folder / "audit.zip"
        self.assertIn("countersign verify", self.server.cli("export", "--out", path, "--receiver", "an auditor").stdout)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        verdict = run("verify", path)
        self.assertEqual((verdict.returncode, verdict.stdout.splitlines()[-1]), (0, "verified"))
        self.assertIn("give --key", verdict.stderr)
        self.assertEqual(self.server.cli("export", "--out", path, "--json", parse=True)["bytes"], path.stat().st_size)
        unwritable = self.server.cli("export", "--out", folder / "missing" / "audit.zip", expect=70)
        self.assertRegex(unwritable.stderr, "^countersign: the bundle cannot be written: .*No such file.*; give --out")
        for arguments, message in [(["--from", "yesterday"], "--from must be a time"), (["--to", "2026-13-01"], "--to must be a time")]:
            bad = self.server.cli("export", "--out", folder / "b.zip", *arguments, expect=2)
            self.assertIn(message, bad.stderr)
        self.assertIn("--out is missing", self.server.cli("export", expect=2).stderr)
        self.assertEqual(sorted(os.listdir(folder)), ["audit.zip"])


if __name__ == "__main__":
    unittest.main()
