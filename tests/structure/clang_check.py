#!/usr/bin/env python3
"""Compiles every source of protocol/, storage/ and server/ with Clang for its thread-safety analysis, which knows which lock
guards what (ABSL_GUARDED_BY and its like). Nothing is written; each source must also be complete without the precompiled
headers of the build.

usage: clang_check.py PROJECT_DIR BUILD_DIR [--clang clang++-16] [--jobs 2] [--only PART_OF_A_PATH ...]
"""
import argparse, concurrent.futures, json, os, shlex, subprocess, sys

# What only g++ knows, or what belongs to writing an object file.
DROPPED = {"-fpch-preprocess", "-Winvalid-pch", "-c", "-MD"}
DROPPED_WITH_WORD = {"-o", "-include", "-MT", "-MF"}


def flags_of(command):
    words = iter(shlex.split(command))
    for word in words:
        if os.path.basename(word) in ("g++", "c++", "clang++"):
            break  # Before it stand ccache and its like.
    for word in words:
        if word in DROPPED_WITH_WORD:
            next(words)
        elif word not in DROPPED:
            yield word


def check(clang, entry):
    words = [clang, "-fsyntax-only", "-Wthread-safety", "-Werror", "-Wno-unknown-warning-option", *flags_of(entry["command"])]
    return subprocess.run(words, cwd=entry["directory"], capture_output=True, text=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project")
    parser.add_argument("build")
    parser.add_argument("--clang", default="clang++-16")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", nargs="*", default=[""])
    args = parser.parse_args()
    with open(os.path.join(args.build, "compile_commands.json")) as commands:
        entries = json.load(commands)
    boxes = tuple(os.path.join(os.path.abspath(args.project), box, "") for box in ("protocol", "storage", "server"))
    entries = {entry["file"]: entry for entry in entries if entry["file"].startswith(boxes) and any(part in entry["file"] for part in args.only)}
    if not entries:
        sys.exit(f"{args.build} names no sources of {args.project}")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for file, run in zip(entries, pool.map(lambda entry: check(args.clang, entry), entries.values())):
            if run.returncode != 0:
                failed += 1
                print(f"{file}:\n{run.stderr}")
    print(f"{len(entries)} sources, {failed} with warnings")
    sys.exit(1 if failed else 0)


main()
