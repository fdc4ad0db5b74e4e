#!/usr/bin/env python3
"""Checks the house: which layer includes which, file and function lengths, header comments and guards, formatting.

usage: structure_test.py PROJECT_DIR [--clang-format PROGRAM]
Prints every violation with file and line, and fails if there is one.
"""
import argparse, os, re, subprocess, sys

MAX_FILE_LINES = 600
MAX_FUNCTION_LINES = 100

# Each box, and the boxes it may include (itself always). A file belongs to the longest matching folder.
LAYERS = {
    "protocol": set(),
    "storage/base": set(),
    "storage/types": {"storage/base"},
    "storage": {"storage/types", "storage/base"},
    "storage/disk": {"storage", "storage/types", "storage/base"},
    "server/config": {"storage/base"},
    "server/observe": {"server/config", "storage/base"},
    "server/process": {"server/config", "server/observe", "storage/base"},
    "server/exec": {"server/config", "server/observe", "storage/disk", "storage", "storage/types", "storage/base", "protocol"},
    "server/persistence": {"server/exec", "server/config", "server/observe", "storage/disk", "storage", "storage/types", "storage/base", "protocol"},
    "server/pubsub": {"server/exec", "server/config", "server/observe", "storage/disk", "storage", "storage/types", "storage/base", "protocol"},
    "server/migration": {"server/exec", "server/config", "server/observe", "storage/disk", "storage", "storage/types", "storage/base", "protocol"},
    "server/scripting": {"server/exec", "server/config", "server/observe", "storage/disk", "storage", "storage/types", "storage/base", "protocol"},
    "server/commands": {"server/scripting", "server/migration", "server/persistence", "server/pubsub", "server/exec", "server/config", "server/observe", "storage/disk", "storage", "storage/types", "storage/base", "protocol"},
    "server/net": {"server/exec", "server/config", "server/observe", "storage/disk", "storage", "storage/types", "storage/base", "protocol"},
    "server": {"server/net", "server/commands", "server/scripting", "server/process", "server/migration", "server/persistence", "server/pubsub", "server/exec", "server/config", "server/observe", "storage/disk", "storage", "storage/types",
               "storage/base", "protocol"},
}


def box_of(path):
    folders = [folder for folder in LAYERS if path.startswith(folder + "/")]
    return max(folders, key=len) if folders else None


def check_includes(path, lines, complain):
    box = box_of(path)
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
        if not match:
            continue
        target = match.group(2)
        if match.group(1) == '"':
            other = box_of(target)
            if other and other != box and other not in LAYERS[box]:
                complain(path, number, f"{box} must not include {target}")
            if target == "server/server.h" and path not in ("server/main.cc", "server/server.cc"):
                complain(path, number, "only main.cc may include server.h: commands get what they need through Services")
        elif target.startswith("boost/") and box != "server/net":
            complain(path, number, "Asio belongs to server/net alone")


def check_header(path, text, complain):
    guard = "REDSTART_" + re.sub(r"[^A-Z0-9]", "_", path.upper()) + "_"
    if f"#ifndef {guard}\n#define {guard}\n" not in text:
        complain(path, 1, f"the include guard should be {guard}")
    body = text.split("\n")
    opening = [line for line in body[2:8] if line.strip()]
    if not opening or not opening[0].startswith("//"):
        complain(path, 3, "a header opens with a comment: what it is for, who owns it, which lock")


def check_functions(path, lines, complain):
    """Google style puts the closing brace of a function at the column where its first line began."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and re.match(r"[A-Za-z].*\)( const| noexcept| override|[A-Z_ ])*( ABSL_[A-Z_]+(\(.*\))?)* \{$", line) and not line.startswith(("namespace", "struct", "class", "enum")):
            start = number
        elif start is not None and line == "}":
            if number - start + 1 > MAX_FUNCTION_LINES:
                complain(path, start, f"a function of {number - start + 1} lines; {MAX_FUNCTION_LINES} are allowed")
            start = None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project")
    parser.add_argument("--clang-format", default="clang-format-14")
    args = parser.parse_args()
    os.chdir(args.project)
    found = []
    for top in ("protocol", "storage", "server", "tests"):
        for folder, _, names in os.walk(top):
            found += [os.path.join(folder, name) for name in names if name.endswith((".h", ".cc"))]
    problems = []
    complain = lambda path, number, text: problems.append(f"{path}:{number}: {text}")
    for path in sorted(found):
        with open(path) as f:
            text = f.read()
        lines = text.split("\n")
        if len(lines) > MAX_FILE_LINES + 1:
            complain(path, len(lines), f"{len(lines) - 1} lines; {MAX_FILE_LINES} are allowed: one job per file")
        if path.endswith(".h"):
            check_header(path, text, complain)
        if not path.startswith("tests/"):
            check_includes(path, lines, complain)
            check_functions(path, lines, complain)
    formatted = subprocess.run([args.clang_format, "--dry-run", "--Werror", *sorted(found)], capture_output=True, text=True)
    if formatted.returncode != 0:
        problems += sorted({line.split(" error:")[0] + " is not formatted: run clang-format -i" for line in formatted.stderr.splitlines() if " error:" in line})[:20]
    print("\n".join(problems) or f"{len(found)} files in order")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
