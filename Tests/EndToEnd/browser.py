"""Drives a headless Chromium over the DevTools protocol, with nothing but the standard library."""

import base64
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import urllib.parse

START_SECONDS = 30
ANSWER_SECONDS = 30


def binary():
    """Chromium's path, or None when it is not installed."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


class WebSocket:
    """A client of one WebSocket (RFC 6455): text messages, whole or in fragments."""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=ANSWER_SECONDS)
        self.buffer = b""
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.socket.sendall((
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        while b"\r\n\r\n" not in self.buffer:
            self._receive()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(head.decode(errors="replace"))

    def send(self, text, opcode=1):
        data = text.encode() if isinstance(text, str) else text
        length = len(data)
        if length < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | length)
        elif length < 65_536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, length)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, length)
        mask = secrets.token_bytes(4)
        self.socket.sendall(head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(data)))

    def message(self, timeout):
        """The next text message; raises TimeoutError when none comes."""
        self.socket.settimeout(timeout)
        whole = b""
        while True:
            opcode, is_last, data = self._frame()
            if opcode == 9:
                self.send(data, opcode=10)
            elif opcode == 8:
                raise ConnectionError("the browser closed the connection")
            elif opcode in (0, 1):
                whole += data
                if is_last:
                    return whole.decode()

    def _frame(self):
        first, second = self._look(2)
        length, start = second & 0x7F, 2
        if length == 126:
            length, start = struct.unpack("!H", self._look(4)[2:])[0], 4
        elif length == 127:
            length, start = struct.unpack("!Q", self._look(10)[2:])[0], 10
        frame = self._look(start + length)
        self.buffer = self.buffer[start + length:]
        return first & 0x0F, bool(first & 0x80), frame[start:]

    def _look(self, count):
        while len(self.buffer) < count:
            self._receive()
        return self.buffer[:count]

    def _receive(self):
        data = self.socket.recv(65_536)
        if not data:
            raise ConnectionError("the browser ended")
        self.buffer += data

    def close(self):
        self.socket.close()


class Browser:
    """One headless Chromium with a profile of its own and one page; keeps what the page complains about."""

    def __init__(self):
        self.profile = pathlib.Path(tempfile.mkdtemp(prefix="countersign-browser-"))
        self.process = subprocess.Popen(
            [binary(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
             "--password-store=basic", "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.number = 0
        self.session = None
        self.complaints = []
        self.requests = []
        self.socket = None
        try:
            self.socket = WebSocket(self._address())
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(domain + ".enable")
        except BaseException:
            self.close()
            raise

    def _address(self):
        # Chromium writes its port and path here once it listens.
        file = self.profile / "DevToolsActivePort"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            lines = file.read_text().split("\n") if file.exists() else []
            if len(lines) >= 2 and lines[1]:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.05)
        raise AssertionError(f"chromium did not open its debugging port (exit {self.process.poll()})")

    def call(self, method, **parameters):
        """Sends one command and gives its result; what the page says meanwhile is kept."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            answer = json.loads(self.socket.message(max(0.01, deadline - time.monotonic())))
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]
            self._hear(answer.get("method"), answer.get("params", {}))
        raise AssertionError(f"{method}: no answer")

    def _hear(self, method, event):
        if method == "Runtime.exceptionThrown":
            details = event["exceptionDetails"]
            self.complaints.append("exception: " + details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and event["type"] in ("error", "warning", "assert"):
            self.complaints.append("console: " + " ".join(str(item.get("value", item.get("description"))) for item in event["args"]))
        elif method == "Log.entryAdded" and event["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{event['entry']['source']}: {event['entry']['text']} {event['entry'].get('url', '')}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(event["request"]["url"])

    def open(self, url):
        self.call("Page.navigate", url=url)

    def evaluate(self, expression):
        """The value of a JavaScript expression in the page; promises are awaited."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, expression, seconds=20):
        """Polls until the expression is truthy, and gives its value; fails with what the page shows."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            value = self.evaluate(f"(() => {{ try {{ return {expression}; }} catch {{ return null; }} }})()")
            if value:
                return value
            time.sleep(0.05)
        shown = self.evaluate("document.body.innerText.slice(0, 2000)")
        raise AssertionError(f"never true: {expression}\ncomplaints: {self.complaints}\nthe page shows:\n{shown}")

    def type(self, selector, text):
        """Types into a field as a keyboard would."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).focus()")
        self.call("Input.insertText", text=text)

    def press_enter(self):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r" if kind == "keyDown" else "")

    def resize(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def dark(self, on=True):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if on else "light"}])

    def screenshot(self, path):
        """The whole page as PNG."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def close(self):
        if self.socket:
            self.socket.close()
        if self.process.poll() is None:
            # The group is the browser's own: its helpers go with it.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)
