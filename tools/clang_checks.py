"""Checks by clang's tools, version 14: other versions format and warn differently."""

import concurrent.futures
import hashlib
import json
import os
import shlex
import shutil
import subprocess

FORMAT = "clang-format-14"
TIDY = "clang-tidy-14"
CLANG = "clang++-14"
# The build is made for g++, which knows warnings that clang does not.
TOLERANCE = "-Wno-unknown-warning-option"


def layout(tree):
    """clang-format has nothing to change. Fix: clang-format-14 -i FILES."""
    if not shutil.which(FORMAT):
        return None
    files = tree.code()
    result = subprocess.run([FORMAT, "--dry-run", "-Werror", *files], cwd=tree.root,
                            capture_output=True, text=True, check=False)
    bad = {line.split(":")[0] for line in result.stderr.splitlines() if ": error:" in line}
    return [f"{name}: run {FORMAT} -i on it" for name in sorted(bad)]


def tidy(tree, build):
    """clang-tidy and clang's warnings, on what the build compiles.

    src/ gets clang-tidy (.clang-tidy says which checks), which reports warnings too; tests get the
    compiler's warnings alone. A file that was found clean is not looked at again until its
    preprocessed text or the settings change."""
    if not shutil.which(TIDY) or not shutil.which(CLANG):
        return None
    commands = json.loads((build / "compile_commands.json").read_text())
    cache = build / "tidy-cache"
    cache.mkdir(exist_ok=True)
    settings = (tree.root / ".clang-tidy").read_bytes()
    names = {str(tree.root / f): f for f in tree.code("src", "tests")}
    jobs = [(names[c["file"]], c) for c in commands if c["file"] in names]

    def check(job):
        name, command = job
        arguments = clang_arguments(command)
        text = subprocess.run([CLANG, *arguments, "-E"], cwd=command["directory"],
                              capture_output=True, check=False).stdout
        clean = cache / hashlib.sha256(settings + name.encode() + text).hexdigest()
        if clean.exists():
            return []
        found = [text.replace(f"{tree.root}/", "") for text in run(name, command, arguments, build)]
        if not found:
            clean.touch()
        return found

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        # A header's finding appears with every file that includes it; one is enough.
        return sorted({finding for found in pool.map(check, jobs) for finding in found})


def clang_arguments(command):
    """The arguments of a compile command, without the compiler, what says where output goes, and
    g++'s precompiled header: so each file shows that it includes what it uses."""
    words = shlex.split(command["command"])
    launchers = sum(word.endswith("ccache") for word in words[:2])
    rest = words[launchers + 1:]
    if "-o" in rest:
        del rest[rest.index("-o"):rest.index("-o") + 2]
    if "-include" in rest:
        del rest[rest.index("-include"):rest.index("-include") + 2]
    return [word for word in rest if word not in ("-c", "-Winvalid-pch")]


def run(name, command, arguments, build):
    if name.startswith("src/"):
        line = [TIDY, "--quiet", f"--extra-arg={TOLERANCE}", "-p", str(build), command["file"]]
    else:
        line = [CLANG, *arguments, TOLERANCE, "-fsyntax-only"]
    result = subprocess.run(line, cwd=command["directory"], capture_output=True, text=True,
                            check=False)
    output = (result.stdout + result.stderr).splitlines()
    found = [text for text in output if ": error:" in text or ": warning:" in text]
    if result.returncode != 0 and not found:
        found = [f"{name}: {line[0]} failed: {' '.join(output[-3:])}"]
    return found
