#!/usr/bin/env python3
"""The image's entry point: which arguments mean the server, as in redis's image, and who it runs as.

usage: entrypoint_test.py conf/docker-entrypoint.sh

The programs that it starts are stand-ins that print how they were called.
"""
import os, subprocess, sys, tempfile

ENTRYPOINT = os.path.abspath(sys.argv[1])
FAKE = '#!/bin/sh\nprintf "%s" "$(basename "$0")"; for a; do printf " [%s]" "$a"; done; printf " mask=%s password=%s\\n" "$(umask)" "$REDSTART_PASSWORD"\n'
# A user that exists everywhere takes the place of `redis`; `deny` stands for a root without capabilities.
SETPRIV = '#!/bin/sh\n[ -z "$DENY" ] || exit 1\nwhile [ "${1#--}" != "$1" ]; do options="$options $1"; shift; done\n[ "$1" = true ] || printf "setpriv%s: " "$options"\nexec "$@"\n'


def install(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, 0o755)


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        programs, data = os.path.join(folder, "bin"), os.path.join(folder, "data")
        os.mkdir(programs)
        os.mkdir(data)
        for name in ("redstart-server", "redis-cli", "sh-like"):
            install(programs, name, FAKE)
        install(programs, "setpriv", SETPRIV)
        install(programs, "find", "#!/bin/sh\nexit 0\n")
        secret = os.path.join(folder, "secret")
        with open(secret, "w") as f:
            f.write("pass word\nmore\n")

        def check(what, wanted, *arguments, uid="1000", **variables):
            nonlocal failed
            install(programs, "id", f"#!/bin/sh\necho {uid}\n")
            environment = {"PATH": programs + ":/usr/bin:/bin", **variables}
            run = subprocess.run(["sh", ENTRYPOINT, *arguments], cwd=data, env=environment, capture_output=True, text=True, umask=0o022)
            got = (run.stdout + run.stderr).strip()
            if got != wanted:
                failed += 1
                print(f"{what}:\n  wanted {wanted!r}\n  got    {got!r}")

        end = " mask=0077 password="
        check("nothing", "redstart-server" + end)
        check("the image's CMD", "redstart-server" + end, "redstart-server")
        check("options alone", "redstart-server [--port] [7000] [--save] []" + end, "--port", "7000", "--save", "")
        check("a configuration file", "redstart-server [/etc/my.conf] [--port] [1]" + end, "/etc/my.conf", "--port", "1")
        check("redis-server", "redstart-server [/etc/my.conf] [--appendonly] [no]" + end, "redis-server", "/etc/my.conf", "--appendonly", "no")
        check("redis-cli", "redis-cli [-h] [redstart] [PING]" + end, "redis-cli", "-h", "redstart", "PING")
        check("another program", "sh-like [-c] [a b]" + end, "sh-like", "-c", "a b")
        as_redis = "setpriv --reuid=redis --regid=redis --clear-groups: "
        check("root becomes redis", as_redis + "redstart-server [--port] [1]" + end, "--port", "1", uid="0")
        check("root runs another program as root", "redis-cli" + end, "redis-cli", uid="0")
        check("root without capabilities", "redstart-server" + end, uid="0", DENY="1")
        check("a secret for root alone", as_redis + "redstart-server" + end + "pass word", uid="0", REDSTART_PASSWORD_FILE=secret)
        check("a secret for any user", "redstart-server" + end, REDSTART_PASSWORD_FILE=secret)
        check("an empty secret", "REDSTART_PASSWORD_FILE: there is no password in '/dev/null'", uid="0", REDSTART_PASSWORD_FILE="/dev/null")
    print("entry point:", "failed" if failed else "as it should be")
    sys.exit(1 if failed else 0)


main()
