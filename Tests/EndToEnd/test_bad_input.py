"""Bad configuration, bad folders, bad disks: a clear message that names what and where, and nothing half done."""

import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

from harness import BINARY, ROOT, Server, run, step


def serve(*arguments, environment=None, timeout=20):
    return run("serve", *arguments, environment=environment, timeout=timeout)


class BadStarts(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-bad-"))

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def refused(self, result, *words, status=None):
        self.assertNotEqual(result.returncode, 0)
        if status is not None:
            self.assertEqual(result.returncode, status, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_configuration(self):
        file = self.folder / "c.yaml"
        table = [
            (["--unknown", "1"], "", "--unknown"), (["--threads", "0"], "", "threads"), (["--threads", "many"], "", "threads"),
            (["--listen", "nowhere"], "", "listen"), (["--log-level", "loud"], "", "log_level"),
            (["--public-url", "http://x"], "", "https://"), (["--threads", "1", "--threads", "2"], "", "twice"),
            (["--config", str(file)], "thread: 2\n", "c.yaml:1:1"), (["--config", str(file)], "data: [a]\n", "c.yaml:1"),
            (["--config", str(file)], "a: &x 1\n", "c.yaml"), (["--config", str(self.folder / "absent.yaml")], "", "absent.yaml"),
        ]
        for arguments, text, word in table:
            with self.subTest(f"{arguments} {text}"):
                file.write_text(text)
                self.refused(serve("--data", str(self.folder / "d"), *arguments), word, status=2)
        self.refused(serve(environment={"COUNTERSIGN_THREAD": "2"}), "COUNTERSIGN_THREAD", status=2)

    def test_print_config_shows_what_holds_and_from_where(self):
        file = self.folder / "c.yaml"
        file.write_text("threads: 3\nlog_level: warning\n")
        result = serve("--config", str(file), "--log-level", "error", "--print-config", environment={"COUNTERSIGN_TENANT": "north"})
        self.assertEqual(result.returncode, 0, result.stderr)
        for line in ("threads: 3", "log_level: error", "tenant: north", "flag", "environment COUNTERSIGN_TENANT"):
            self.assertIn(line, result.stdout)

    def test_a_second_server_on_the_same_folder(self):
        server = Server(data=self.folder / "data").start()
        try:
            self.refused(serve("--data", str(server.data), "--listen", "127.0.0.1:0"), str(server.data))
            self.assertTrue(server.client().json("GET", "/healthz")["alive"])
        finally:
            server.kill()

    def test_a_port_that_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.refused(serve("--data", str(self.folder / "d"), "--listen", f"127.0.0.1:{port}"), str(port))

    def test_a_folder_that_cannot_be_written(self):
        if os.geteuid() == 0:
            self.refused(serve("--data", "/proc/countersign"), "/proc/countersign")
        else:
            self.folder.chmod(0o500)
            self.refused(serve("--data", str(self.folder / "d")), str(self.folder))

    def stopped(self):
        server = Server(data=self.folder / "data").start()
        server.client(server.key("runtime")).evaluate(step())
        self.assertEqual(server.stop(), 0)
        return server

    def test_a_corrupt_database(self):
        server = self.stopped()
        path = server.data / "journal.db"
        data = bytearray(path.read_bytes())
        data[:100] = b"x" * 100
        path.write_bytes(data)
        self.refused(serve("--data", str(server.data), "--listen", "127.0.0.1:0"), "journal.db")

    def test_an_entry_that_was_changed(self):
        server = self.stopped()
        path = server.data / "journal.db"
        data = path.read_bytes()
        self.assertIn(b'"outcome":"permit"', data)
        path.write_bytes(data.replace(b'"outcome":"permit"', b'"outcome":"purmit"'))
        result = serve("--data", str(server.data), "--listen", "127.0.0.1:0")
        self.refused(result)
        self.assertRegex(result.stderr, "entry|root|journal")

    def test_a_missing_signing_key(self):
        server = self.stopped()
        (server.data / "keys/log.key").unlink()
        self.refused(serve("--data", str(server.data), "--listen", "127.0.0.1:0"), "log.key")

    def test_a_missing_journal(self):
        server = self.stopped()
        (server.data / "journal.db").unlink()
        self.refused(serve("--data", str(server.data), "--listen", "127.0.0.1:0"), "journal.db", "missing")

    def test_policies_with_mistakes_do_not_start_and_name_every_place(self):
        broken = self.folder / "policies"
        shutil.copytree(ROOT / "policies", broken)
        (broken / "workflows/refund.yaml").write_text("id: refund\nrisk_tier: T9\nunknown_key: 1\n")
        (broken / "access/broken.cedar").write_text("permit (principal, action, resource) when { 1 +++ };\n")
        result = serve("--data", str(self.folder / "d"), "--policies", str(broken), "--listen", "127.0.0.1:0")
        self.refused(result, "workflows/refund.yaml:2", "workflows/refund.yaml:3", "access/broken.cedar:1", status=2)
        checked = run("policy", "check", str(broken))
        self.assertEqual(checked.returncode, 1)
        self.assertIn("workflows/refund.yaml:2", checked.stdout)

    def test_apply_activates_all_or_nothing(self):
        server = Server(data=self.folder / "data").start()
        try:
            before = server.client().json("GET", "/v1/policies/active")
            broken = self.folder / "policies"
            shutil.copytree(ROOT / "policies", broken)
            (broken / "models.yaml").write_text("models: 7\n")
            server.cli("apply", str(broken), expect=1)
            files = [{"path": "countersign.yaml", "text": "organisation: ["}]
            self.assertEqual(server.client().request("POST", "/v1/policies", {"files": files})[0], 422)
            self.assertEqual(server.client().json("GET", "/v1/policies/active"), before)
            shutil.rmtree(broken)
            shutil.copytree(ROOT / "policies", broken)
            (broken / "access/extra.cedar").write_text('@id("extra") forbid (principal == Agent::"nobody", action, resource);\n')
            applied = server.cli("apply", str(broken), "--note", "test", "--json", parse=True)
            self.assertEqual(applied["version"], before["version"] + 1)
            again = server.cli("apply", str(broken), "--json", parse=True)
            self.assertEqual(again["version"], applied["version"], "the same folder is no new version")
        finally:
            server.kill()

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("mount"), "needs a small file system")
    def test_a_full_disk_denies_and_loses_nothing(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(disk)], capture_output=True).returncode != 0:
            self.skipTest("no small file system can be mounted here")
        server = Server(data=disk / "data", arguments=["--free-bytes-min", "0"]).start()
        try:
            client = server.client(server.key("runtime"))
            (disk / "filler").write_bytes(b"\0" * 100_000)
            answered, refused = [], 0
            for number in range(20_000):
                status, _, data = client.request("POST", "/access/v1/evaluation", step(run=f"r{number}", note="x" * 2000))
                if status == 200:
                    answered.append(f"r{number}")
                else:
                    self.assertEqual(status, 503, data)
                    refused += 1
                    if refused > 3:
                        break
            self.assertGreater(refused, 3, "the disk did not fill")
            ready, _, data = server.client().request("GET", "/readyz")
            self.assertEqual(ready, 503, data)
            (disk / "filler").unlink()
            server.kill()
            again = Server(data=server.data, policies=None, arguments=["--free-bytes-min", "0"])
            again.admin = server.admin
            again.start()
            rows = again.client().json("GET", f"/v1/decisions?limit=5&run={answered[-1]}")["items"]
            self.assertEqual(len(rows), 1, "the last answered decision is there")
            again.kill()
        finally:
            server.kill()
            subprocess.run(["umount", "-l", str(disk)], capture_output=True)


class BadRequests(unittest.TestCase):
    def test_raw_bytes(self):
        server = Server().start()
        try:
            table = [
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"\r\n\r\n\r\n\r\n",
                b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                b"GET " + b"/a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 500 + b"\r\n",
            ]
            for raw in table:
                with self.subTest(raw[:40]):
                    with socket.create_connection(("127.0.0.1", server.port), timeout=15) as connection:
                        connection.sendall(raw)
                        answer = connection.recv(4096)
                        self.assertFalse(answer.startswith(b"HTTP/1.1 200"), answer[:60])
            self.assertTrue(server.client().json("GET", "/healthz")["alive"])
        finally:
            server.remove()


if __name__ == "__main__":
    unittest.main()
