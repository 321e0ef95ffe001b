"""The labelled Cedar cases, run by the built `countersign-conformance`; and proof that it can fail."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from harness import BINARY, shared

# Beside the binary that is tested.
CONFORMANCE = str(pathlib.Path(BINARY).with_name("countersign-conformance"))
FILE_LINE = re.compile(r"^(\S+\.jsonl): (\d+) cases, (\d+) passed, (\d+) failed$", re.MULTILINE)


def conform(*arguments):
    return subprocess.run([CONFORMANCE, *map(str, arguments)], capture_output=True, text=True, timeout=600)


class Material(unittest.TestCase):
    def test_every_labelled_case_passes(self):
        folder = shared("cedar-conformance")
        if folder is None:
            self.skipTest("no conformance material")
        result = conform("cedar", folder)
        files = {name: tuple(map(int, counts)) for name, *counts in FILE_LINE.findall(result.stdout)}
        print("\n" + result.stdout.strip())
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout[-4000:])
        self.assertGreaterEqual(len(files), 10)
        for name, (cases, passed, failed) in files.items():
            self.assertGreater(cases, 0, name)
            self.assertEqual((passed, failed), (cases, 0), name)
        self.assertEqual(result.stdout.splitlines()[-1], f"{sum(counts[0] for counts in files.values())} passed, 0 failed")
        self.assertEqual(files["corpus.jsonl"][0], 4271)


class OwnCases(unittest.TestCase):
    """Small folders written here; nothing beside the checkout is needed."""

    FIXTURES = {"eval": {"entities": [], "request": {
        "principal": {"type": "User", "id": "a"}, "action": {"type": "Action", "id": "v"}, "resource": {"type": "Doc", "id": "d"},
        "context": {}}}}

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="countersign-conformance-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, folder, **files):
        folder.mkdir(exist_ok=True)
        (folder / "fixtures.json").write_text(json.dumps(self.FIXTURES))
        for name, cases in files.items():
            (folder / f"{name}.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))

    CASES = [
        {"id": "good", "expr": "1 + 1 == 2", "result": "true"},
        {"id": "other-class", "expr": "1 + true == 2", "result": "error:overflow"},
    ]

    def test_a_wrong_label_fails_with_its_id(self):
        wrong = {"id": "wrong-label", "expr": "1 + 1 == 3", "result": "true"}
        self.write(self.folder, eval=[*self.CASES, wrong])
        result = conform("cedar", self.folder)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("eval.jsonl: 3 cases, 2 passed, 1 failed\n  wrong-label: found false, label true\n", result.stdout)
        self.assertEqual(result.stdout.splitlines()[-1], "2 passed, 1 failed")
        found = json.loads(conform("cedar", self.folder, "--json").stdout)
        self.assertEqual((found["passed"], found["failed"]), (2, 1))
        self.assertEqual([failure["id"] for failure in found["files"][0]["failures"]], ["wrong-label"])

    def test_missing_and_unknown_files_are_named(self):
        self.write(self.folder / "inner", eval=self.CASES, novelty=[{"id": "x"}])
        result = conform("cedar", self.folder)
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("corpus.jsonl: missing, not run\n", result.stdout)
        self.assertIn("novelty.jsonl: no suite reads it, not run\n", result.stdout)
        self.assertEqual(result.stdout.splitlines()[-1], "2 passed, 0 failed")

    def test_an_archive_is_read_in_place(self):
        self.write(self.folder / "packed", eval=self.CASES)
        subprocess.run(["tar", "czf", self.folder / "cases.tar.gz", "-C", self.folder, "packed"], check=True)
        for file in (self.folder / "packed").iterdir():
            file.unlink()
        result = conform("cedar", self.folder, "--file", "eval")
        self.assertEqual((result.returncode, result.stdout.splitlines()[-1]), (0, "2 passed, 0 failed"), result)
        self.assertNotIn("missing", result.stdout)

    def test_nothing_run_and_lines_that_are_no_cases_fail(self):
        self.assertEqual(conform("cedar", self.folder).returncode, 1)
        self.write(self.folder, novelty=[{"id": "x"}])
        nothing = conform("cedar", self.folder)
        self.assertEqual((nothing.returncode, nothing.stdout.splitlines()[-1]), (1, "0 passed, 0 failed"))
        (self.folder / "eval.jsonl").write_text("")
        self.assertEqual(conform("cedar", self.folder).returncode, 1)
        (self.folder / "eval.jsonl").write_text('{"id":"ok","expr":"true","result":"true"}\n{"id":\n{"id":"bare"}\n')
        broken = conform("cedar", self.folder)
        self.assertEqual((broken.returncode, broken.stdout.splitlines()[-1]), (1, "1 passed, 2 failed"))
        self.assertRegex(broken.stdout, r"(?m)^  line 2: .*\n  bare: the case has no `result`$")

    def test_bad_usage_and_help(self):
        for arguments in [], ["cedar"], ["ash", "x"], ["cedar", "x", "y"], ["cedar", "x", "--frob"], ["cedar", "x", "--file"], ["cedar", "x", "--file", "y"]:
            result = conform(*arguments)
            self.assertEqual((result.returncode, result.stdout), (2, ""), arguments)
            self.assertRegex(result.stderr, r"\nusage: countersign-conformance cedar DIR")
        result = conform("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertTrue(result.stdout.startswith("usage: countersign-conformance cedar DIR"))


if __name__ == "__main__":
    unittest.main()
