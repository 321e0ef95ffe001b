"""Exports: complete, verifiable offline by us and by a stock Python, and every flipped byte is found."""

import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest
import zipfile

from harness import ServerCase, run, step


class Export(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        runtime = cls.server.client(cls.server.key("runtime"))
        for number in range(30):
            runtime.evaluate(step(run=f"run-{number % 3}"))
        runtime.evaluate(step(workflow="client-health", agent="health-agent", run="h-1"))
        cls.bundle = cls.folder / "bundle.zip"
        cls.server.cli("export", "--out", str(cls.bundle), "--purpose", "audit", "--receiver", "auditor", key=cls.server.key("auditor"))

    def verify(self, path, *arguments, expect=0):
        result = run("verify", str(path), *arguments)
        self.assertEqual(result.returncode, expect, result.stdout + result.stderr)
        return result

    def test_it_verifies_with_our_verifier_and_with_a_stock_python(self):
        self.verify(self.bundle)
        with zipfile.ZipFile(self.bundle) as bundle:
            script = self.folder / "verify.py"
            script.write_bytes(bundle.read("verify/verify.py"))
        result = subprocess.run([sys.executable, str(script), str(self.bundle)], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def test_it_verifies_against_a_key_from_outside_and_not_against_another(self):
        with zipfile.ZipFile(self.bundle) as bundle:
            vkey = bundle.read("keys/log.vkey").decode().strip()
        self.verify(self.bundle, "--key", vkey)
        other = vkey[:-4] + ("AAA=" if not vkey.endswith("AAA=") else "BBB=")
        self.assertNotEqual(run("verify", str(self.bundle), "--key", other).returncode, 0)

    def test_it_holds_what_the_layout_promises(self):
        with zipfile.ZipFile(self.bundle) as bundle:
            names = set(bundle.namelist())
            for name in ("MANIFEST.json", "MANIFEST.note", "log/leaves.jsonl", "log/checkpoint", "keys/log.vkey",
                         "records/decisions.csv", "inventory/workflows.json", "policies/index.json", "verify/verify.py"):
                self.assertIn(name, names)
            manifest = json.loads(bundle.read("MANIFEST.json"))
            self.assertEqual(manifest["completeness"], "proved")
            leaves = bundle.read("log/leaves.jsonl").decode().splitlines()
            decisions = sum(json.loads(line)["type"] == "decision" for line in leaves)
            self.assertEqual(decisions, 31)
            self.assertEqual(len(bundle.read("records/decisions.csv").decode().strip().splitlines()), 32)
            self.assertTrue(any(name.startswith("policies/") and name.endswith("refund.yaml") for name in names), names)

    def test_a_workflow_and_a_period_restrict_the_records_and_still_verify(self):
        path = self.folder / "refund.zip"
        self.server.cli("export", "--out", str(path), "--workflow", "client-health", "--from", "2020-01-01")
        self.verify(path)
        with zipfile.ZipFile(path) as bundle:
            self.assertEqual(len(bundle.read("records/decisions.csv").decode().strip().splitlines()), 2)
        self.server.cli("export", "--out", str(path), "--from", "2020-01-01", "--to", "2020-01-02", expect=None)
        self.server.cli("export", "--out", str(path), "--from", "yesterday", expect=2)

    def test_every_flipped_byte_is_found(self):
        seed = random.randrange(1 << 30)
        print(f"flipped bytes, seed {seed}")
        dice = random.Random(seed)
        data = self.bundle.read_bytes()
        positions = {0, 1, len(data) - 1, len(data) // 2} | {dice.randrange(len(data)) for _ in range(60)}
        with zipfile.ZipFile(self.bundle) as bundle:
            positions |= {info.header_offset + 30 + len(info.filename) for info in bundle.infolist() if info.file_size}
        mutated = self.folder / "mutated.zip"
        for position in sorted(positions):
            changed = bytearray(data)
            changed[position] ^= 1 << dice.randrange(8)
            mutated.write_bytes(changed)
            result = run("verify", str(mutated))
            self.assertEqual(result.returncode, 1, f"byte {position} flipped, seed {seed}: {result.stdout}{result.stderr}")
        for length in (0, 10, len(data) - 1):
            mutated.write_bytes(data[:length])
            self.assertEqual(run("verify", str(mutated)).returncode, 1)
        mutated.write_bytes(data + b"x")
        self.assertEqual(run("verify", str(mutated)).returncode, 1)

    def test_the_export_itself_is_an_entry(self):
        self.server.cli("export", "--out", str(self.folder / "second.zip"))
        with zipfile.ZipFile(self.folder / "second.zip") as bundle:
            leaves = [json.loads(line) for line in bundle.read("log/leaves.jsonl").decode().splitlines()]
        exports = [leaf for leaf in leaves if leaf["type"] == "export.create"]
        self.assertGreaterEqual(len(exports), 1)


if __name__ == "__main__":
    unittest.main()
