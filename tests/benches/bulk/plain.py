"""What somebody would write in an afternoon: the standard library, one row after the other."""

import base64
import csv
import hashlib
import json
import sys

kind, source, target = sys.argv[1:]


def letters(text):
    digest = hashlib.sha256(text.encode() + b"salt").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


if kind == "csv":
    with open(source, newline="", encoding="utf-8") as rows, open(target, "w", newline="", encoding="utf-8") as out:
        reader, writer = csv.reader(rows), csv.writer(out, lineterminator="\n")
        writer.writerow(next(reader))
        for row in reader:
            row[2] = '{"hash":"' + letters(row[2]) + '"}'
            row[3] = '{"domain":"' + row[3].split("@")[1] + '","hash":"' + letters(row[3]) + '"}'
            writer.writerow(row)
else:
    with open(source, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for line in lines:
            record = json.loads(line)
            actor = record["actor"]
            actor["id"] = "t~" + letters(actor["id"])
            actor["email"] = "t~" + letters(actor["email"]) + "@" + actor["email"].split("@")[1]
            record["title"] = None
            out.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
