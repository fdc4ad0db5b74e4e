#!/bin/sh
# Entry point of the image: accepts what redis's image accepts. Options alone, or a configuration file, mean redstart-server;
# anything else is run as it is. As root, the data folder is handed to the user `redis`, and the server runs as that user.
set -e
case "${1:-}" in
  -* | *.conf | '') set -- redstart-server "$@" ;;
  redis-server) shift; set -- redstart-server "$@" ;;
esac
if [ "$1" = redstart-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis:redis '{}' +
  exec setpriv --reuid=redis --regid=redis --clear-groups "$@"
fi
exec "$@"
