/// `verify/verify.py`: a second verifier in another language that shares no code with this one.
enum VerifyScript {
  static let text = #"""
    #!/usr/bin/env python3
    """Checks an evidence bundle offline. Python's standard library only.

    usage: verify.py BUNDLE.zip [--key VKEY]...      exit status: 0 good, 1 not good, 2 usage
    """
    from base64 import b64decode
    from csv import DictReader
    from hashlib import sha256, sha512
    from io import TextIOWrapper
    from json import loads
    from sys import argv, exit, stderr
    from zipfile import ZipFile

    # Ed25519 (RFC 8032): points are (x, y, z, t) with x = X/Z, y = Y/Z, xy = T/Z.
    P = 2**255 - 19
    ORDER = 2**252 + 27742317777372353535851937790883648493
    D = -121665 * pow(121666, P - 2, P) % P
    ROOT = pow(2, (P - 1) // 4, P)


    def add(a, b):
        m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
        c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
        e, f, g, h = n - m, d - c, d + c, n + m
        return e * f % P, g * h % P, f * g % P, e * h % P


    def times(k, point):
        result = (0, 1, 1, 0)
        while k:
            if k & 1:
                result = add(result, point)
            point, k = add(point, point), k >> 1
        return result


    def decompress(data):
        y = int.from_bytes(data, "little")
        sign, y = y >> 255, y & (2**255 - 1)
        square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
        x = pow(square, (P + 3) // 8, P)
        if (x * x - square) % P:
            x = x * ROOT % P
        if y >= P or (x * x - square) % P or (x == 0 and sign):
            return None
        x = P - x if x & 1 != sign else x
        return x, y, 1, x * y % P


    BASE = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


    def ed25519(key, signature, message):
        a, s = decompress(key), int.from_bytes(signature[32:], "little")
        if len(signature) != 64 or a is None or s >= ORDER:
            return False
        h = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
        x, y, z, _ = add(times(s, BASE), times(h, (P - a[0], a[1], 1, P - a[3])))
        inverse = pow(z, P - 2, P)
        x, y = x * inverse % P, y * inverse % P
        return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


    class Bad(Exception):
        pass


    def need(condition, message):
        if not condition:
            raise Bad(message)


    def key_of(vkey):
        """name+hash+base64(algorithm and key) -> name, key id, key"""
        name, number, data = vkey.split("+", 2)
        data = b64decode(data, validate=True)
        need(len(data) == 33 and data[0] == 1, "key of another kind: " + vkey)
        need(sha256(name.encode() + b"\n" + data).hexdigest()[:8] == number, "key with another hash: " + vkey)
        return name, bytes.fromhex(number), data[1:]


    def open_note(note, vkey):
        """The text of a signed note that this key has signed."""
        name, number, key = key_of(vkey)
        text, _, block = note.rpartition(b"\n\n")
        text += b"\n"
        signed = 0
        for line in block.decode().splitlines():
            dash, who, data = line.split(" ")
            data = b64decode(data, validate=True)
            need(dash == "\u2014", "malformed signature line")
            if who == name and data[:4] == number:
                need(ed25519(key, data[4:], text), "the signature of %s does not verify" % name)
                signed += 1
        need(signed > 0, name + " has not signed")
        return text.decode()


    def digest_of(*parts):
        return sha256(b"".join(parts)).digest()


    def tree_root(hashes):
        stack = []
        for count, value in enumerate(hashes):
            while count & 1:
                value, count = digest_of(b"\1", stack.pop(), value), count >> 1
            stack.append(value)
        value = stack.pop() if stack else digest_of()
        while stack:
            value = digest_of(b"\1", stack.pop(), value)
        return value


    def proof_root(index, size, value, proof):
        """RFC 9162, section 2.1.3.2"""
        need(index < size, "index outside the tree")
        last = size - 1
        for other in proof:
            need(last, "proof too long")
            if index & 1 or index == last:
                value = digest_of(b"\1", other, value)
                while not index & 1 and index:
                    index, last = index >> 1, last >> 1
            else:
                value = digest_of(b"\1", value, other)
            index, last = index >> 1, last >> 1
        need(last == 0, "proof too short")
        return value


    def unique(pairs):
        need(len({key for key, _ in pairs}) == len(pairs), "an object has a key twice")
        return dict(pairs)


    def parse(data):
        return loads(data.decode(), object_pairs_hook=unique)


    def lines_of(bundle, path):
        with bundle.open(path) as stream:
            for line in stream:
                need(line.endswith(b"\n") and len(line) > 1, path + ": a line without its end")
                yield line[:-1]


    def check_files(bundle, manifest):
        names = bundle.namelist()
        files = {item["path"]: item for item in manifest["files"]}
        need(len(set(names)) == len(names), "a member occurs twice")
        need(set(names) == set(files) | {"MANIFEST.json", "MANIFEST.note"}, "the manifest lists other files")
        for path, item in files.items():
            digest, size = sha256(), 0
            with bundle.open(path) as stream:
                for piece in iter(lambda: stream.read(1 << 16), b""):
                    digest.update(piece)
                    size += len(piece)
            need((digest.hexdigest(), size) == (item["sha256"], item["size"]), path + " is not the file that was listed")
        return files


    def check_entries(bundle, manifest):
        """Yields the entries of the scope; the entry before and behind it are checked alike."""
        log, scope = manifest["log"], manifest["scope"]
        size, root = log["size"], b64decode(log["root"])
        first, end = scope["index_from"], scope["index_to"]
        full = first == 0 and end == size
        start, stop = (first, end) if full else (max(0, first - 1), min(size, end + 1))
        hashes, proofs, before = [], iter(()), None
        if not full:
            proofs = lines_of(bundle, "log/subset.proofs.jsonl")
        index = start
        for line in lines_of(bundle, "log/leaves.jsonl" if full else "log/subset.jsonl"):
            entry, value = parse(line), digest_of(b"\0", line)
            need(entry["seq"] == index and entry["log"] == log["origin"], "entry %d: not in its place" % index)
            need(entry["tenant"] == scope["tenant"], "entry %d: of another tenant" % index)
            need(before is None or before <= entry["time"], "entry %d: time goes back" % index)
            before, inside = entry["time"], first <= index < end
            period = scope.get("from_ms", before) <= before < scope.get("to_ms", before + 1)
            need(inside == period, "entry %d: the period begins or ends elsewhere" % index)
            if full:
                hashes.append(value)
            else:
                proof = parse(next(proofs, b"{}"))
                need(proof.get("index") == index, "entry %d: no proof" % index)
                path = [b64decode(item, validate=True) for item in proof["proof"]]
                need(proof_root(index, size, value, path) == root, "entry %d: not in the tree" % index)
            index += 1
            if inside:
                yield entry
        need(index == stop, "entries are missing or too many")
        need(next(proofs, None) is None, "proofs without entries")
        need(not full or tree_root(hashes) == root, "the entries do not hash to the checkpoint's root")


    def check(path, trusted):
        bundle = ZipFile(path)
        raw = bundle.read("MANIFEST.json")
        manifest = parse(raw)
        need(manifest["format"] == "govbundle/1", "another format")
        files = check_files(bundle, manifest)
        origin = manifest["log"]["origin"]
        keys = {}
        for kind, name in (("export", origin + "/export"), ("log", origin)):
            keys[kind] = bundle.read("keys/%s.vkey" % kind).decode().rstrip("\n")
            need(key_of(keys[kind])[0] == name, "keys/%s.vkey is not a key of %s" % (kind, name))
        text = open_note(bundle.read("MANIFEST.note"), keys["export"])
        digest = sha256(raw).hexdigest()
        need(text == "govbundle/1\n%s\nsha256:%s\n" % (manifest["bundle_id"], digest), "signed for another manifest")
        head = open_note(bundle.read("log/checkpoint"), keys["log"]).split("\n")
        log = [origin, str(manifest["log"]["size"]), manifest["log"]["root"]]
        need(head[:3] == log, "the checkpoint is another than the manifest says")
        workflow = manifest["scope"].get("workflow")
        entries, decisions = 0, []
        for entry in check_entries(bundle, manifest):
            entries += 1
            if entry["type"] == "decision" and workflow in (None, entry.get("workflow")):
                decisions.append((str(entry["seq"]), entry["outcome"]))
        with TextIOWrapper(bundle.open("records/decisions.csv"), encoding="utf-8", newline="") as stream:
            rows = [(row["seq"], row["outcome"]) for row in DictReader(stream)]
        need(rows == decisions, "records/decisions.csv has other decisions than the entries")
        need(files["records/decisions.csv"]["rows"] == len(rows), "the manifest counts other decisions")
        for key in trusted:
            need(key in keys.values(), "this trusted key has signed nothing here: " + key)
        print("bundle %s of log %s: %d entries, %d decisions" % (manifest["bundle_id"], origin, entries, len(rows)))
        for kind, what in (("log", "entries"), ("export", "inventory and labels")):
            source = "that you gave" if keys[kind] in trusted else "INSIDE THE BUNDLE ONLY"
            print("trust: the %s rest on the key %s" % (what, source))


    def main(arguments):
        trusted = [arguments[i + 1] for i in range(1, len(arguments) - 1) if arguments[i] == "--key"]
        if len(arguments) != 1 + 2 * len(trusted) or arguments[0].startswith("-"):
            print(__doc__, file=stderr)
            return 2
        try:
            check(arguments[0], trusted)
        except Exception as error:  # whatever a damaged file leads to
            print("NOT GOOD: %s: %s" % (type(error).__name__, error))
            return 1
        print("verdict: good")
        return 0


    if __name__ == "__main__":
        exit(main(argv[1:]))

    """#
}
