#!/bin/sh
# Entry point of the image, with the contract of redis's image: options alone, or a configuration file, mean redstart-server;
# redis-server is another name for it; anything else is run as it is. As root, the data folder is handed to the user `redis`,
# and the server runs as that user. Options may also come as variables: REDSTART_PASSWORD, REDSTART_PASSWORD_FILE,
# REDSTART_MAXCLIENTS, and so on.
set -e

case "${1:-}" in
  -* | *.conf | '') set -- redstart-server "$@" ;;
  redis-server) shift; set -- redstart-server "$@" ;;
esac

# The data may hold secrets; a mask that somebody chose stays.
[ "$(umask)" != 0022 ] || umask 0077

if [ "$1" = redstart-server ] && [ "$(id -u)" = 0 ]; then
  # Without these capabilities (cap_drop) root has to stay what it is; a read-only folder keeps its owner.
  if setpriv --reuid=redis --regid=redis --clear-groups true 2>/dev/null; then
    # A file that only root may read, such as a Docker secret, is read before root is given up.
    if [ -n "${REDSTART_PASSWORD_FILE:-}" ]; then
      REDSTART_PASSWORD=$(head -n 1 "$REDSTART_PASSWORD_FILE")
      if [ -z "$REDSTART_PASSWORD" ]; then
        echo "REDSTART_PASSWORD_FILE: there is no password in '$REDSTART_PASSWORD_FILE'" >&2
        exit 1
      fi
      export REDSTART_PASSWORD
      unset REDSTART_PASSWORD_FILE
    fi
    find . \! -user redis -exec chown redis:redis '{}' + 2>/dev/null ||
      echo "The owner of $(pwd) cannot be changed; the user redis may be unable to save there" >&2
    exec setpriv --reuid=redis --regid=redis --clear-groups "$@"
  fi
fi
exec "$@"
