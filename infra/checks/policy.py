"""Runs checkov over the modules and compares what it finds with the exceptions that the modules state.

An exception is a comment `checkov:skip=ID:reason` inside a resource. Every finding needs one, and every one needs its
finding: an exception that nothing needs any more would hide the next mistake. So checkov sees a copy without them.

    policy.py CHECKOV INFRA WORKPLACE
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

RESOURCE = re.compile(r'^resource "(\w+)" "(\w+)"')
SKIP = re.compile(r"# checkov:skip=(\w+):\S")


def main(checkov, infra, workplace):
    copy = pathlib.Path(workplace)
    shutil.rmtree(copy, ignore_errors=True)
    stated = set()
    for path in sorted(pathlib.Path(infra).rglob("*.tf")):
        name, resource, lines = path.relative_to(infra), None, []
        for line in path.read_text().splitlines(keepends=True):
            begins = RESOURCE.match(line)
            resource = f"{begins[1]}.{begins[2]}" if begins else resource
            skip = SKIP.search(line)
            if skip:
                stated.add((str(name), resource, skip[1]))
            elif "checkov:skip" in line:
                sys.exit(f"{name}: an exception without a reason: {line.strip()}")
            lines.append("\n" if skip else line)  # line numbers stay
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_text("".join(lines))

    command = [checkov, "--directory", str(copy), "--framework", "terraform", "--skip-download", "--output", "json"]
    # Without the last, checkov asks its maker's service for titles.
    ran = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"BC_SKIP_MAPPING": "TRUE"})
    try:
        report = json.loads(ran.stdout)
    except ValueError:
        sys.exit(f"checkov printed no report: {ran.stdout[-500:]}{ran.stderr[-2000:]}")
    summary = report["summary"]
    if summary["parsing_errors"] or summary["resource_count"] < 40:
        sys.exit(f"checkov did not read everything: {summary}")

    findings = {}
    for it in report["results"]["failed_checks"]:
        resource = ".".join(re.sub(r"\[[^\]]*\]", "", it["resource"]).split(".")[-2:])
        key = (it["file_path"].lstrip("/"), resource, it["check_id"])
        findings[key] = f"{it['check_name']} (line {it['file_line_range'][0]})"
    problems = [f"{file}: {resource}: {check}: {what}" for (file, resource, check), what in findings.items() if (file, resource, check) not in stated]
    problems += [f"{file}: {resource}: {check} is excepted and not found" for file, resource, check in stated - set(findings)]
    if problems:
        sys.exit("\n".join(sorted(problems)))
    print(f"{summary['passed']} checks passed, {len(stated)} exceptions stated and needed")


if __name__ == "__main__":
    main(*sys.argv[1:])
