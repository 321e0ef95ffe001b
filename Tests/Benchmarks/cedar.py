"""Cedar in process beside the reference engine: one row a policy set, both engines reading the same texts.

Ours: `cedar-bench`, one call of `Authorizer.authorize` timed by the monotonic clock, over 256 requests in turn. Theirs: `cedarpy`,
policies and entities parsed beforehand into its handles, the same requests in turn. Each p50 and p99 is the smallest of five
rounds. "engine" is the duration that the reference engine states of its own authorization, without Python, in whole microseconds;
"call" is the whole call from Python, which also turns the request from Python values and the answer back. "load" is the processor
time of parsing, linking and indexing the policies; "MB" what the allocator holds for them. "scan" is ours with the index off.
"""

import importlib.util
import json
import os
import pathlib
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = os.environ.get("CEDAR_BENCH", str(ROOT / ".build/release/cedar-bench"))
SIZES = (10, 100, 1_000, 10_000, 100_000)
SECONDS = float(os.environ.get("CEDAR_BENCH_SECONDS", "1"))
ROUNDS = 5

SETS = {
    "policies, five matching by scope; 1 000 entities": [f"equality:{count}:1000" for count in SIZES],
    "entities; 1 000 policies": [f"equality:1000:{count}" for count in SIZES],
    "other kinds of set; 10 000 entities": [
        f"{kind}:{count}:10000"
        for kind in ("groups", "types", "actions", "links", "conditions", "pairs", "unscoped") for count in (10, 1_000, 10_000, 100_000)],
}


def text(uid):
    return f'{uid["type"]}::"{uid["id"]}"'


def load_reference(folder):
    """The set parsed into cedarpy's handles, its requests, and the milliseconds that parsing the policies took."""
    import cedarpy
    requests = json.loads((folder / "requests.json").read_text())
    for request in requests:
        for part in ("principal", "action", "resource"):
            request[part] = text(request[part])
    links = json.loads((folder / "links.json").read_text())
    policy_text = (folder / "policies.cedar").read_text()
    begun = time.process_time()
    policies = cedarpy.PolicySet.from_str(policy_text)
    if links:
        policies = policies.with_linked_batch([
            {"template_id": link["template_id"], "new_id": link["link_id"],
             "values": {"?principal": text(link["principal"]), "?resource": text(link["resource"])}} for link in links])
    milliseconds = (time.process_time() - begun) * 1000
    return policies, cedarpy.Entities.from_json_str((folder / "entities.json").read_text()), requests, milliseconds


def quantiles(times):
    times.sort()
    return times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]


def measure_reference(folder, reasons):
    import cedarpy
    policies, entities, requests, load = load_reference(folder)
    rounds = []
    number = 0
    for _ in range(ROUNDS):
        calls, engine = [], []
        until = time.perf_counter() + SECONDS / ROUNDS
        while time.perf_counter() < until or len(calls) < 10:
            request = requests[number % len(requests)]
            number += 1
            begun = time.perf_counter_ns()
            answer = cedarpy.is_authorized(request, policies, entities)
            calls.append((time.perf_counter_ns() - begun) / 1000)
            engine.append(answer.metrics["authz_duration_micros"])
            if not answer.allowed or len(answer.diagnostics.reasons) != reasons:
                raise SystemExit(f"{folder.name}: cedarpy answers otherwise: {answer.decision} {answer.diagnostics.reasons}")
        rounds.append(quantiles(engine) + quantiles(calls))
    best = [min(values) for values in zip(*rounds)]
    return dict(zip(("engine_p50_us", "engine_p99_us", "call_p50_us", "call_p99_us"), best), load_ms=load)


def figure(value):
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}".replace(",", " ")


HEADER = ("set", "p50 µs", "p99 µs", "per s", "2 threads", "allocs", "load ms", "MB", "scan p50", "scan p99")
REFERENCE = ("engine p50", "engine p99", "call p50", "call p99", "load ms", "engine / ours, p50")


def row(values, mark="|"):
    return f"{mark} " + f" {mark} ".join(values) + f" {mark}"


def measure(chosen=None):
    reference = importlib.util.find_spec("cedarpy") is not None
    print(__doc__.split("\n", 2)[2].strip(), flush=True)
    if reference:
        from importlib.metadata import version
        print(f"cedarpy {version('cedarpy')}: the columns behind `scan p99` are its own, microseconds but for `load ms`.", flush=True)
    else:
        print("cedarpy is not installed: its columns are missing (`pip install cedarpy` brings them).", flush=True)
    for title, sets in SETS.items():
        sets = [name for name in sets if not chosen or name.startswith(tuple(chosen))]
        if not sets:
            continue
        header = HEADER + (REFERENCE if reference else ())
        print(f"\n{title}\n{row(header)}\n{row(['---'] * len(header))}", flush=True)
        for name in sets:
            print(row(one(name, reference)), flush=True)


def one(name, reference):
    with tempfile.TemporaryDirectory(prefix="countersign-cedar-") as folder:
        result = subprocess.run([BENCH, "--write", folder, name], check=True, capture_output=True, text=True)
        ours = json.loads(result.stdout)
        cells = [name, figure(ours["p50_us"]), figure(ours["p99_us"]), figure(ours["per_second"]), figure(ours["per_second_2"]),
                 f"{ours['allocations']:g}", figure(ours["load_ms"]), figure(ours["policies_mb"]), figure(ours["scan_p50_us"]),
                 figure(ours["scan_p99_us"])]
        if reference:
            theirs = measure_reference(pathlib.Path(folder) / name.replace(":", "-"), int(ours["reasons"]))
            cells += [figure(theirs["engine_p50_us"]), figure(theirs["engine_p99_us"]), figure(theirs["call_p50_us"]),
                      figure(theirs["call_p99_us"]), figure(theirs["load_ms"]), f"{theirs['engine_p50_us'] / ours['p50_us']:.1f}"]
        return cells
