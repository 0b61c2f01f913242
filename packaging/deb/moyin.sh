#!/bin/sh
exec /usr/lib/moyin/bin/python3 -P -m ime "$@"
