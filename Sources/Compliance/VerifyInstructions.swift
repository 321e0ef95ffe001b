/// `verify/VERIFY.txt`: how to check a bundle with what every system has.
enum VerifyInstructions {
  static let text = #"""
    HOW TO CHECK THIS BUNDLE

    1. With the script beside this file (Python 3.8 or later, its standard library only):

         python3 verify/verify.py BUNDLE.zip --key 'LOG-KEY' --key 'EXPORT-KEY'

       The keys are the texts of keys/log.vkey and keys/export.vkey AS YOU GOT THEM FROM ELSEWHERE: from the
       operator in person, from a contract, from an earlier bundle. Without them the script can only say
       that the bundle agrees with itself. Read the script first: it is short. Get it from elsewhere, too, if you
       do not trust whoever gave you the bundle. `countersign verify BUNDLE.zip --key KEY` checks more.

    2. With sha256sum and openssl, by hand. In an empty folder:

         unzip -q BUNDLE.zip

       a. Every file is the one that the manifest lists. This prints OK for each:

            tr '{' '\n' < MANIFEST.json |
              sed -n 's/.*"path":"\([^"]*\)".*"sha256":"\([0-9a-f]*\)".*/\2  \1/p' | sha256sum -c

       b. The manifest is the one that was signed. The last line of the note's text is its digest:

            sed -n 3p MANIFEST.note
            sha256sum MANIFEST.json

       c. A signature. NOTE is MANIFEST.note with KEY keys/export.vkey, or log/checkpoint with KEY keys/log.vkey.
          It prints: Signature Verified Successfully

            sed -e '/^$/,$d' NOTE > text
            sed -n 's/^— [^ ]* //p' NOTE | head -n 1 | base64 -d | tail -c 64 > signature
            ( printf '\060\052\060\005\006\003\053\145\160\003\041\000'
              cut -d + -f 3- KEY | base64 -d | tail -c 32 ) > key.der
            openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in text -sigfile signature

       d. The hash of one entry, here the first. log/*.jsonl has one entry a line; the line feed is not hashed:

            ( printf '\0'; head -n 1 log/leaves.jsonl | tr -d '\n' ) | sha256sum

          The root in log/checkpoint is made of these hashes as RFC 6962, section 2.1 says; a part of a log has
          in log/subset.proofs.jsonl for each line of log/subset.jsonl the hashes that lead to the root.

    WHAT IT PROVES AND WHAT NOT

    The entries are those that the log's key signed, none changed, none removed, none added. A period is complete:
    the entry before it and the entry behind it are in the bundle. The files below records/, populations.json and
    redactions.json are derived from the entries. The policy texts have the digests that entries name.
    inventory/workflows.json, receiver and purpose are statements of the exporter, signed with the export key.
    Not proved: that everything that happened was written to the log, that its clock was right, and that there is
    no second log under the same name. For the last, keep log/checkpoint: a later one must contain it.

    """#
}
