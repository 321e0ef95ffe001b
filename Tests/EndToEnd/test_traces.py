"""Telemetry in: status codes, durability before 200, runs, and settlement of reservations."""

import base64
import gzip
import json
import unittest
import uuid
import zlib

import otlp
from harness import ServerCase, eventually, shared, step


class Traces(ServerCase):
    def setUp(self):
        self.telemetry = self.server.client(self.server.key("telemetry"))
        self.admin = self.server.client()

    def send(self, body, headers=None, kind="application/json"):
        return self.telemetry.request("POST", "/v1/traces", body, {"Content-Type": kind, **(headers or {})})

    def run_of(self, identifier, spans=1):
        def look():
            status, _, data = self.admin.request("GET", f"/v1/runs/{identifier}")
            run = json.loads(data) if status == 200 else None
            return run if run and len(run["steps"]) >= spans else None

        run = eventually(look)
        self.assertTrue(run, f"run {identifier} did not appear")
        return run

    def test_encodings_and_compressions(self):
        for compress, encoding in ((lambda b: b, None), (gzip.compress, "gzip"), (zlib.compress, "deflate"), (lambda b: b, "identity")):
            with self.subTest(encoding):
                span = otlp.span("chat mid", {
                    "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.provider.name": "openai",
                    "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 20})
                body = compress(json.dumps(otlp.request(span)).encode())
                status, headers, answer = self.send(body, {"Content-Encoding": encoding} if encoding else {})
                self.assertEqual((status, answer), (200, b"{}"), headers)
                run = self.run_of(span["traceId"])
                self.assertEqual((run["tokens_in"], run["tokens_out"]), (100, 20))

    def test_a_span_that_comes_three_times_counts_once(self):
        span = otlp.span("chat", {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini",
                                  "gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 7, "gen_ai.usage.output_tokens": 3})
        for _ in range(3):
            self.assertEqual(self.send(json.dumps(otlp.request(span)))[0], 200)
        last = otlp.span("invoke_agent a", {"gen_ai.operation.name": "invoke_agent"}, trace=span["traceId"])
        self.send(json.dumps(otlp.request(last)))
        run = self.run_of(span["traceId"], spans=2)
        self.assertEqual((run["tokens_in"], run["tokens_out"], len(run["steps"])), (7, 3, 2))

    def test_bad_bodies_are_400_with_a_status_and_a_bomb_is_413(self):
        bomb = gzip.compress(b"\0" * (64 << 20))
        table = [
            (b"{", {}, "application/json", 400), (b"\xff\xff\xff", {}, "application/x-protobuf", 400),
            (b"not gzip", {"Content-Encoding": "gzip"}, "application/json", 400),
            (gzip.compress(b"{}")[:-4], {"Content-Encoding": "gzip"}, "application/json", 400),
            (b"{}", {}, "text/plain", 415), (bomb, {"Content-Encoding": "gzip"}, "application/json", 413),
            (b"{}", {"Content-Encoding": "snappy"}, "application/json", 400),
            (b"[" * 1000, {}, "application/json", 400),
        ]
        for body, headers, kind, expected in table:
            with self.subTest(f"{body[:12]} {headers} {kind}"):
                self.assertEqual(self.send(body, headers, kind)[0], expected)
        self.assertEqual(self.telemetry.request("GET", "/v1/traces")[0], 405)

    def test_settlement_by_decision_id_and_by_run_step_and_attempt(self):
        runtime = self.server.client(self.server.key("runtime"))
        for by_id in (True, False):
            with self.subTest(by_id=by_id):
                run = "run-" + uuid.uuid4().hex[:8]
                decision = runtime.evaluate(step(
                    run=run, step="draft", resource=("model", "mid"), action="model.call", point="before_model", attempt=1,
                    estimate={"tokens_in": 1000, "tokens_out": 300}))["context"]["id"]
                place = {"countersign.decision_id": decision} if by_id else {}
                span = otlp.span("chat", {
                    "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.provider.name": "openai",
                    "gen_ai.usage.input_tokens": 800, "gen_ai.usage.output_tokens": 250, "countersign.workflow": "refund",
                    "countersign.run": run, "countersign.step": "draft", "countersign.attempt": 1, **place})
                self.assertEqual(self.send(json.dumps(otlp.request(span)))[0], 200)

                def settled():
                    rows = {row["currency"]: row for row in self.admin.json("GET", "/v1/budgets")["items"]
                            if row["account"].startswith(f"run:refund/{run}@")}
                    return rows if rows and rows["tokens_in"]["held"] == 0 else None

                rows = eventually(settled)
                self.assertTrue(rows, "the span did not settle the reservation")
                self.assertEqual((rows["tokens_in"]["settled"], rows["tokens_out"]["settled"]), (800, 250))
                self.assertGreater(rows["cost_nanousd"]["settled"], 0)
                shown = self.run_of(run)
                self.assertEqual((shown["workflow"], shown["tokens_in"]), ("refund", 800))
                self.assertEqual(shown["decisions"][0]["id"], decision)

    def test_captured_requests_reach_their_manifests(self):
        if not (captures := shared("otlp-captures")):
            return
        ran = 0
        for manifest in sorted(captures.glob("*/manifest.json")):
            folder, expected = manifest.parent, json.loads(manifest.read_text())
            for entry in expected["requests"]:
                request = json.loads((folder / entry["request"]).read_text())
                headers = {k: v for k, v in request["headers"] if k.lower() not in ("host", "content-length", "authorization")}
                status, _, data = self.telemetry.request(request["method"], request["path"], (folder / entry["file"]).read_bytes(), headers)
                self.assertEqual(status, 200, (folder.name, data))
            traces = {item["trace_id"] for item in expected["steps"]}
            total_in = total_out = steps = 0
            for trace in traces:
                spans = sum(item["trace_id"] == trace for item in expected["steps"])
                run = self.run_of(trace, spans)
                total_in, total_out, steps = total_in + run["tokens_in"], total_out + run["tokens_out"], steps + len(run["steps"])
            wanted = expected["expected"]
            with self.subTest(folder.name):
                self.assertEqual(steps, wanted["span_count"])
                self.assertEqual((total_in, total_out), (wanted["token_totals"]["input_tokens"], wanted["token_totals"]["output_tokens"]))
            ran += 1
        print(f"OTLP captures: {ran}")
        self.assertEqual(ran, 7)

    def test_http_cases(self):
        if not (file := shared("otlp-captures/http-cases.json")):
            return
        suite, ran = json.loads(file.read_text()), 0
        for case in suite["cases"]:
            request, expect = case["request"], case["expect"]
            headers = dict(request.get("headers", {}))
            if "body_base64" in request:
                body = base64.b64decode(request["body_base64"])
            elif "generate" in request:
                body = gzip.compress(b"\0" * request["generate"]["bytes"])
            else:
                body = request.get("body_text", "").encode()
            status, answered, data = self.telemetry.request(request["method"], request["path"], body, headers)
            wanted = expect["status"] if isinstance(expect["status"], list) else [expect["status"]]
            with self.subTest(case["id"]):
                self.assertIn(status, wanted, data[:200])
                if "content_type" in expect:
                    self.assertEqual(answered.get("content-type", "").split(";")[0], expect["content_type"])
                if expect.get("rejected") and answered.get("content-type") == "application/json":
                    self.assertEqual(int(json.loads(data)["partialSuccess"]["rejectedSpans"]), expect["rejected"])
            ran += 1
        print(f"OTLP HTTP cases: {ran}")
        self.assertEqual(ran, len(suite["cases"]))


if __name__ == "__main__":
    unittest.main()
