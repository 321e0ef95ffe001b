"""The dashboard page in a real browser, on data that came through the API."""

import decimal
import json
import pathlib
import re
import shutil
import tempfile
import unittest
import uuid

import browser
import otlp
from harness import ROOT, Client, Server, ServerCase, eventually, step

WEB = ROOT / "dashboards" / "web"
HOSTILE = """<img src=x onerror="document.title='owned'"> & <b>bold</b>"""
JAVASCRIPT_BYTES_MAX = 40_000
STYLE_BYTES_MAX = 15_000

needs_chromium = unittest.skipUnless(browser.binary(), "chromium is not installed; the dashboard's page was not opened")


def grouped(value):
    return f"{int(value):,}"


def dollars(nanos):
    """What the page prints for nano-USD, by decimal arithmetic: cents from one dollar up, else three significant digits."""
    amount = decimal.Decimal(abs(int(nanos))) / 10**9
    if amount >= 1:
        place = decimal.Decimal("0.01")
    else:
        place = decimal.Decimal(1).scaleb(max(-9, min(-2, amount.adjusted() - 2 if amount else -2)))
    amount = amount.quantize(place, decimal.ROUND_HALF_UP)
    whole, _, fraction = f"{amount:,f}".partition(".")
    fraction = fraction.rstrip("0").ljust(2, "0")
    return ("−" if int(nanos) < 0 else "") + f"${whole}.{fraction}"


def exact_dollars(nanos):
    whole, fraction = divmod(int(nanos), 10**9)
    return f"${whole:,}." + f"{fraction:09}".rstrip("0").ljust(2, "0")


def amount(currency, value):
    return dollars(value) if currency == "cost_nanousd" else grouped(value)


class Files(unittest.TestCase):
    def test_the_page_is_small_and_holds_no_inline_code(self):
        sizes = {kind: sum(file.stat().st_size for file in WEB.glob("*." + kind)) for kind in ("js", "css")}
        self.assertTrue(0 < sizes["js"] <= JAVASCRIPT_BYTES_MAX and 0 < sizes["css"] <= STYLE_BYTES_MAX, sizes)
        page = (WEB / "index.html").read_text()
        self.assertEqual(re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|https?://", page), [])
        for file in WEB.glob("*.js"):
            found = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage", file.read_text())
            self.assertEqual(found, [], file.name)


def open_page(page, server, key):
    """Loads the page in a tab that has no key yet, and types one."""
    page.open(server.url + "/")
    page.until("!document.getElementById('connect').hidden")
    page.type("#key", key)
    page.press_enter()


def texts(page, selector):
    return page.evaluate(f"[...document.querySelectorAll({json.dumps(selector)})].map((cell) => cell.innerText.replace(/\\s+/g, ' ').trim())")


@needs_chromium
class Dashboard(ServerCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="countersign-policies-"))
        cls.policies = cls.folder / "policies"
        shutil.copytree(ROOT / "policies", cls.policies)
        digest = cls.policies / "workflows" / "usage-digest.yaml"
        changed = re.sub(r"(?m)^purpose:.*$", lambda _: "purpose: '" + HOSTILE.replace("'", "''") + "'", digest.read_text())
        digest.write_text(changed)
        super().setUpClass()
        try:
            cls.fill()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def fill(cls):
        """Decisions of every outcome, an approval that waits, spending beside what is held, and runs in every state."""
        runtime = cls.server.client(cls.server.key("runtime"))
        for number in range(3):
            runtime.evaluate(step(run=f"load-{number}"))
        refund = {"resource": ("tool", "payments.refund"), "step": "issue-refund"}
        runtime.evaluate(step(run="large", arguments={"order": "o-1", "amount_cents": 12_000}, **refund))
        runtime.evaluate(step(workflow="nobody"))
        draft = {"step": "draft", "resource": ("model", "mid"), "action": "model.call", "point": "before_model",
                 "estimate": {"tokens_in": 1000, "tokens_out": 200}}
        spent = runtime.evaluate(step(run="spent", **draft))["context"]["id"]
        runtime.json("POST", f"/v1/reservations/{spent}/settle", {"actual": {"tokens_in": 900, "tokens_out": 260, "steps": 1}})
        runtime.evaluate(step(run="held", **draft))
        telemetry = cls.server.client(cls.server.key("telemetry"))
        for workflow, count in (("refund", 7), ("client-health", 2)):
            for number in range(count):
                telemetry.json("POST", "/v1/traces", otlp.request(cls.span(f"{workflow}-{number}", workflow, number)))
        # This run's root has not come.
        telemetry.json("POST", "/v1/traces", otlp.request(cls.span("refund-open", "refund", 9, parent="00f067aa0ba902b7")))
        cls.admin = cls.server.client()
        settled = eventually(lambda: cls.overview()["runs"]["count"] == 9 and cls.overview()["telemetry"]["waiting_batches"] == 0)
        if not settled:
            raise AssertionError(f"the runs did not appear: {cls.overview()['runs']}")

    @staticmethod
    def span(run, workflow, number, parent=""):
        return otlp.span("chat", {
            "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o-mini", "gen_ai.provider.name": "openai",
            "gen_ai.usage.input_tokens": 1_000 + 111 * number, "gen_ai.usage.output_tokens": 50 + number,
            "countersign.workflow": workflow, "countersign.run": run,
        }, milliseconds=700 + 400 * number, error=number == 3, parent=parent)

    @classmethod
    def overview(cls):
        return cls.admin.json("GET", "/v1/overview")

    def setUp(self):
        self.page = browser.Browser()
        self.addCleanup(self.page.close)

    def connect(self, key=None):
        open_page(self.page, self.server, key or self.server.admin)
        self.page.until("!document.getElementById('data').hidden")
        return self.overview()

    def quantile(self, group, measure, rank):
        value = group[measure][rank]
        if not value["enough"]:
            return f"—, n={group['count']}"
        if measure == "duration_ms":
            return f"{value['value']} ms" if value["value"] < 1_000 else f"{value['value'] // 100 / 10:.1f} s"
        return amount(measure, value["value"])

    def test_the_page_shows_what_the_api_answers(self):
        data = self.connect()
        for outcome in ("permit", "escalate", "deny"):
            self.assertGreater(data["decisions"][outcome], 0)
            self.assertEqual(texts(self.page, f"[data-outcome={outcome}] strong"), [grouped(data["decisions"][outcome])])
        drawn = self.page.evaluate("document.querySelectorAll('#hours-chart .column > rect:not(.catch)').length")
        self.assertEqual(drawn, sum(hour[outcome] > 0 for hour in data["decisions"]["by_hour"] for outcome in ("permit", "escalate", "deny")))
        cells = self.page.evaluate("[...document.querySelectorAll('#hours-rows td')].reduce((sum, cell) => sum + Number(cell.textContent), 0)")
        self.assertEqual(cells, sum(data["decisions"][outcome] for outcome in ("permit", "escalate", "deny")))
        self.assertEqual(texts(self.page, "[data-fact=approvals]"), ["▲ 1"])
        self.assertEqual(texts(self.page, "[data-fact=policy]"), [grouped(data["policy_version"])])
        self.assertEqual(texts(self.page, "[data-fact=entries]"), [grouped(data["journal"]["entries"])])
        self.assertRegex(texts(self.page, "[data-fact=received]")[0], r"^\d+ (s|min) ago$")
        self.assertRegex(self.page.until("document.getElementById('live').innerText"), r"updated \d+ s ago")
        self.assertEqual(self.page.complaints, [])

    def test_runs_have_their_percentiles_and_too_few_runs_say_so(self):
        runs = self.connect()["runs"]
        self.assertEqual((runs["count"], runs["failed"], runs["open"]), (9, 1, 1))
        self.assertEqual(texts(self.page, "[data-runs] strong"), ["9", "1", "0"])
        self.assertIn("1 open", texts(self.page, "[data-runs=count]")[0])
        ranks = ("p50", "p90", "p99")
        for measure in ("tokens", "cost_nanousd", "duration_ms"):
            shown = texts(self.page, f"tr[data-measure={measure}] td")
            self.assertEqual(shown, [self.quantile(runs, measure, rank) for rank in ranks], measure)
            self.assertEqual(shown[1:], ["—, n=9"] * 2)
        p99 = runs["cost_nanousd"]["p99"]["value"]
        self.assertIn(exact_dollars(p99), self.page.evaluate("document.querySelector('tr[data-measure=cost_nanousd] td:last-child').title"))
        groups = {group["workflow"]: group for group in runs["by_workflow"]}
        self.assertEqual(set(groups), {"refund", "client-health"})
        for workflow, group in groups.items():
            expected = [grouped(group["count"]), ("✕ " if group["failed"] else "") + grouped(group["failed"])]
            expected += [self.quantile(group, measure, rank) for measure in ("tokens", "cost_nanousd", "duration_ms") for rank in ranks]
            self.assertEqual(texts(self.page, f"#workflow-rows tr[data-workflow='{workflow}'] td"), expected)
        self.assertEqual(texts(self.page, "#latest-rows th"), [run["run"] for run in runs["latest"]])
        words = {"success": "● success", "error": "✕ failed", "open": "◌ open"}
        for run in runs["latest"]:
            cells = texts(self.page, f"#latest-rows tr[data-run='{run['run']}'] td")
            self.assertEqual((cells[0], cells[1]), (run["workflow"], words[run["state"]]))
            self.assertEqual((cells[4], cells[5]), (grouped(run["tokens_in"] + run["tokens_out"]), dollars(run["cost_nanousd"])))

    def test_budgets_tell_what_is_spent_from_what_is_held(self):
        rows = self.connect()["budgets"]
        self.assertTrue(any(row["held"] > 0 and row["settled"] > 0 and "limit" in row for row in rows), rows)
        self.assertTrue(any(row["overrun"] > 0 for row in rows), rows)
        self.page.evaluate("document.getElementById('unlimited').open = true")
        limited = sum("limit" in row for row in rows)
        self.assertEqual((len(texts(self.page, "#budget-rows tr")), len(texts(self.page, "#unlimited-rows tr"))), (limited, len(rows) - limited))
        for row in rows:
            place = f"{'#budget' if 'limit' in row else '#unlimited'}-rows tr[data-account='{row['account']}'][data-currency='{row['currency']}']"
            wanted = [amount(row["currency"], row["settled"]), amount(row["currency"], row["held"])]
            wanted += [amount(row["currency"], row[name]) for name in ("limit", "available") if name in row]
            self.assertEqual(texts(self.page, place + " td.number"), wanted, row)
            held = self.page.evaluate(f"document.querySelector(\"{place} rect.held[fill]\")?.getAttribute('fill') ?? ''")
            self.assertEqual(held, "url(#hatch-held)" if row["held"] > 0 and "limit" in row else "", row)
            self.assertEqual("overrun" in texts(self.page, place + " .use")[0], row["overrun"] > 0, row)

    def test_the_inventory_shows_markup_as_text(self):
        rows = self.connect()["inventory"]
        self.assertEqual(len(texts(self.page, "#inventory-rows tr")), len(rows))
        for row in rows:
            place = f"#inventory-rows tr[data-workflow='{row['id']}'] "
            self.assertEqual(texts(self.page, place + ".purpose"), [" ".join(row["purpose"].split())])
            self.assertEqual(texts(self.page, place + "td")[:4], [row["owner"]["person"], row["owner"]["team"], row["risk_tier"], row["lifecycle"]])
        self.assertIn(HOSTILE, texts(self.page, ".purpose"))
        self.assertEqual(self.page.evaluate("document.querySelectorAll('main img, main b').length"), 0)
        self.assertEqual(self.page.evaluate("document.title"), "Overview · Countersign")
        self.assertEqual(self.page.complaints, [])

    def test_a_halted_workflow_is_marked(self):
        place = "#inventory-rows tr[data-workflow='support-triage'] td:last-child"
        self.server.cli("halt", "support-triage", "--reason", "incident")
        try:
            self.connect()
            self.assertEqual(texts(self.page, place), ["✕ halted"])
        finally:
            self.server.cli("resume", "support-triage")
        self.page.until(f"document.querySelector(\"{place}\").innerText.includes('live')")

    def test_a_key_that_may_not_read_is_refused_in_words(self):
        wrong = "cs_none_" + "A" * 43
        for key, words, status in ((wrong, "not valid", 401), (self.server.key("telemetry"), "may not read", 403)):
            with self.subTest(status):
                self.page.complaints.clear()
                open_page(self.page, self.server, key)
                self.assertIn(words, self.page.until("document.getElementById('key-error').innerText"))
                self.assertTrue(self.page.evaluate("document.getElementById('data').hidden && sessionStorage.length === 0"))
                self.assertTrue(all(f"status of {status}" in complaint for complaint in self.page.complaints), self.page.complaints)
        self.page.type("#key", self.server.admin)
        self.page.press_enter()
        self.page.until("!document.getElementById('data').hidden && document.getElementById('connect').hidden")

    def test_the_key_stays_in_the_tab_and_the_page_asks_nobody_else(self):
        self.connect()
        key = self.server.admin
        kept = self.page.evaluate("[location.href, document.cookie, document.documentElement.outerHTML, document.getElementById('key').value].join()")
        self.assertNotIn(key, kept)
        self.assertEqual(self.page.evaluate("[localStorage.length, sessionStorage.length]"), [0, 1])
        own = [url for url in self.page.requests if url != "about:blank"]
        self.assertTrue(own and all(url.startswith(self.server.url + "/") and key not in url for url in own), own)
        self.page.open(self.server.url + "/")
        self.page.until("!document.getElementById('data').hidden")
        self.page.evaluate("document.getElementById('forget').click()")
        self.assertEqual(self.page.evaluate("[sessionStorage.length, document.getElementById('data').hidden]"), [0, True])

    def test_it_fits_narrow_and_wide_in_light_and_dark(self):
        self.connect()
        grounds = set()
        for width in (360, 1600):
            for dark in (False, True):
                self.page.resize(width)
                self.page.dark(dark)
                wide, ground = self.page.evaluate("[document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]")
                self.assertLessEqual(wide, width)
                grounds.add(ground)
        self.assertEqual(len(grounds), 2)
        self.assertEqual(self.page.evaluate("[...document.querySelectorAll('table')].filter((table) => !table.caption).length"), 0)
        self.assertEqual(self.page.evaluate("document.querySelectorAll('th:not([scope])').length"), 0)

    def test_every_file_is_served_as_it_stands_in_the_repository(self):
        client = Client(self.server.port, None)
        kinds = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
        files = [file for file in WEB.iterdir() if file.is_file()]
        self.assertGreater(len(files), 5)
        for file in files:
            path = "/" if file.name == "index.html" else f"/assets/{file.name}"
            status, headers, data = client.request("GET", path)
            self.assertEqual((status, headers.get("content-type", "").split(";")[0]), (200, kinds[file.suffix]), path)
            self.assertEqual(data, file.read_bytes(), path)
            again, _, nothing = client.request("GET", path, headers={"If-None-Match": headers["etag"]})
            self.assertEqual((again, nothing), (304, b""), path)
        self.assertEqual(client.request("GET", "/assets/nothing.js")[0], 404)

    def test_the_policy_of_the_page_forbids_everything_else(self):
        status, headers, _ = Client(self.server.port, None).request("GET", "/")
        self.assertEqual((status, headers["content-type"].split(";")[0]), (200, "text/html"))
        policy = headers["content-security-policy"]
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.connect()
        blocked = self.page.evaluate("""new Promise((done) => {
            document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
            const script = document.createElement("script"); script.textContent = "document.title = 'owned'"; document.head.append(script);
        })""")
        self.assertEqual((blocked, self.page.evaluate("document.title")), ("script-src-elem", "Overview · Countersign"))


@needs_chromium
class Unreachable(unittest.TestCase):
    def test_a_server_that_went_away_leaves_the_last_data_and_its_age(self):
        server = Server().start()
        self.addCleanup(server.remove)
        page = browser.Browser()
        self.addCleanup(page.close)
        open_page(page, server, server.admin)
        page.until("!document.getElementById('data').hidden")
        self.assertIn("Ask for one", texts(page, "#decisions-empty")[0])
        self.assertIn("/v1/traces", texts(page, "#runs-empty")[0])
        self.assertEqual(page.complaints, [])
        server.kill()
        self.assertIn("cannot be reached", page.until("!document.getElementById('notice').hidden && document.getElementById('notice').innerText"))
        self.assertRegex(page.evaluate("document.getElementById('live').innerText"), r"data is \d+ s old")
        self.assertFalse(page.evaluate("document.getElementById('data').hidden"))
        self.assertGreater(len(texts(page, "#inventory-rows tr")), 0)

    def test_the_page_recovers_from_every_bad_answer(self):
        server = Server().start()
        self.addCleanup(server.remove)
        page = browser.Browser()
        self.addCleanup(page.close)
        open_page(page, server, server.admin)
        span = otlp.span("chat", {"gen_ai.operation.name": "chat", "countersign.workflow": "refund", "countersign.run": "r-1"})
        server.client(server.key("telemetry")).json("POST", "/v1/traces", otlp.request(span))
        page.until("document.getElementById('received') !== null")
        page.evaluate("window.ask = window.fetch")
        table = [
            ("Promise.reject(new TypeError('lost'))", "cannot be reached"),
            ("new Response('{\"detail\": \"<b>too much waits</b>\"}', {status: 503})", "answered 503: <b>too much waits</b>"),
            ("new Response('<h1>Bad gateway</h1>', {status: 502})", "answered 502 with something that is not JSON"),
            ("new Response('{\"now\": \"2026-11-21T09:00:00.000Z\"}')", "does not understand"),
            ("new Response('[]')", "does not understand"),
        ]
        poll_now = "document.dispatchEvent(new Event('visibilitychange'))"
        for answer, words in table:
            with self.subTest(words):
                page.evaluate(f"window.fetch = async () => {answer}; {poll_now}")
                self.assertIn(words, page.until("!document.getElementById('notice').hidden && document.getElementById('notice').innerText"))
                self.assertRegex(page.evaluate("document.getElementById('live').innerText"), r"data is \d+ s old")
                page.evaluate(f"window.fetch = window.ask; {poll_now}")
                page.until("document.getElementById('notice').hidden && document.getElementById('live').innerText.includes('updated')")
        self.assertEqual(page.complaints, [])


if __name__ == "__main__":
    unittest.main()
