#!/usr/bin/env python3
"""The numbers of Docs/benchmarks.md: Cedar in process, durable decisions, spans, restart, memory. Server and load share this machine."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from harness import Server, shared  # noqa: E402

import cedar  # noqa: E402

SECONDS = int(os.environ.get("BENCH_SECONDS", "6"))
ENTRIES = int(os.environ.get("BENCH_ENTRIES", "1000000"))
SPAN_BATCHES = int(os.environ.get("BENCH_SPAN_BATCHES", "400"))

MANIFEST = """id: bench
version: "1"
purpose: Measures decisions
owner: {person: bench, team: bench-team}
risk_tier: T1
lifecycle: scale
data_classes: [none]
agents: [bench-agent]
budgets:
  - {window: month, limit: {tool_calls: 1000000000, tokens_in: 1000000000000}}
run_budget: {steps: 100000000, tool_calls: 100000000}
steps:
  - {id: call, kind: tool, tool: bench.tool, estimate: {tool_calls: 1}}
"""


def policy_folder():
    """The shipped policies, a workflow with budgets on all four levels, and policies up to a hundred."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-bench-")) / "policies"
    shutil.copytree(ROOT / "policies", folder)
    (folder / "schema.cedarschema").unlink()  # the generated policies read facts that it does not declare
    (folder / "workflows/bench.yaml").write_text(MANIFEST)
    (folder / "budgets.yaml").write_text(
        (folder / "budgets.yaml").read_text().rstrip() + "\n  bench-team: [{window: day, limit: {tool_calls: 1000000000}}]\n")
    shipped = sum(path.read_text().count("@id(") for path in folder.glob("access/*.cedar"))
    lines = ['@id("bench-permit") permit (principal is Agent, action == Action::"tool.call", resource == Tool::"bench.tool")\n'
             'when { principal.trust >= 45 && context.arguments.amount_cents < 5000 };']
    for number in range(100 - shipped - 1):
        lines.append(f'@id("bench-{number}") permit (principal == Agent::"agent-{number}", action == Action::"tool.call", resource == '
                     f'Tool::"tool-{number}")\nwhen {{ context.arguments.amount_cents < {number * 10} }};')
    (folder / "access/bench.cedar").write_text("\n".join(lines) + "\n")
    return folder


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid):
    return int(next(line.split()[1] for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS"))) / 1024


def decisions(server, key, connections, seconds):
    before = cpu_seconds(server.process.pid)
    result = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(ROOT / "Tests/Benchmarks/decisions.lua"), server.url],
        capture_output=True, text=True, env={**os.environ, "TOKEN": key})
    line = next((line for line in result.stdout.splitlines() if line.startswith("JSON ")), None)
    if line is None:
        raise SystemExit(result.stdout + result.stderr)
    figures = json.loads(line[5:])
    figures["cpu_us"] = round((cpu_seconds(server.process.pid) - before) / max(1, figures["requests"]) * 1e6, 1)
    return figures


def measure_decisions():
    rows = []
    for connections in (1, 16, 64, 512):
        server = Server(policies=policy_folder()).start()
        key = server.key("runtime")
        decisions(server, key, connections, 1)
        figures = decisions(server, key, connections, SECONDS)
        rows.append((connections, figures))
        print(f"decisions, {connections:4} connections: {figures['per_second']:7.0f}/s  p50 {figures['p50_ms']:.2f} ms  p99 "
              f"{figures['p99_ms']:.2f} ms  server CPU {figures['cpu_us']} us each  errors {figures['errors']}", flush=True)
        server.remove()
    return rows


def measure_restart():
    server = Server(policies=policy_folder()).start()
    key = server.key("runtime")
    total = 0
    while total < ENTRIES:
        total += decisions(server, key, 64, 5)["requests"]
    memory = memory_mib(server.process.pid)
    server.kill()
    size = sum(path.stat().st_size for path in server.data.glob("journal.db*")) / total
    again = Server(data=server.data, policies=None)
    begun = time.monotonic()
    again.start()
    seconds = time.monotonic() - begun
    print(f"restart after kill -9 with {total} decisions, all of their holds open: {seconds:.2f} s; memory before {memory:.0f} MiB, "
          f"after {memory_mib(again.process.pid):.0f} MiB; journal {size:.0f} bytes a decision", flush=True)
    again.remove()


def measure_idle():
    server = Server()
    begun = time.monotonic()
    server.start()
    print(f"cold start to ready on an empty folder, policies applied: {(time.monotonic() - begun) * 1000:.0f} ms; "
          f"idle memory {memory_mib(server.process.pid):.1f} MiB", flush=True)
    server.remove()


def measure_spans():
    bench = shared("bench")
    if not bench:
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-spans-"))
    subprocess.run([sys.executable, str(bench / "otlpgen.py"), "--out", str(folder), "--batches", str(SPAN_BATCHES), "--spans", "250",
                    "--seed", "77"], check=True, capture_output=True)
    spans = json.loads((folder / "manifest.json").read_text())
    count = spans.get("spans") or spans["totals"]["spans"]
    server = Server().start()
    key = server.key("telemetry")
    begun = time.monotonic()
    sent = subprocess.run([sys.executable, str(bench / "otlpsend.py"), "--url", server.url + "/v1/traces", "--dir", str(folder), "--conns", "4",
                           "--header", f"Authorization: Bearer {key}"], capture_output=True, text=True)
    seconds = time.monotonic() - begun
    client = server.client()
    while client.json("GET", "/v1/overview")["telemetry"]["waiting_batches"]:
        time.sleep(0.2)
    settled = time.monotonic() - begun
    print(f"spans: {count} in {seconds:.1f} s durably acknowledged = {count / seconds:.0f}/s; in runs and rollups after {settled:.1f} s "
          f"= {count / settled:.0f}/s; memory {memory_mib(server.process.pid):.0f} MiB\n  sender: {sent.stdout.strip()[-300:]}{sent.stderr[-200:]}", flush=True)
    server.remove()


def main():
    chosen = sys.argv[1:] or ["cedar", "idle", "decisions", "spans", "restart"]
    print(f"machine: {os.cpu_count()} cores, {open('/proc/cpuinfo').read().split('model name')[1].split(':', 1)[1].splitlines()[0].strip()}")
    for name in chosen:
        {"cedar": cedar.measure, "idle": measure_idle, "decisions": measure_decisions, "spans": measure_spans, "restart": measure_restart}[name]()


main()
