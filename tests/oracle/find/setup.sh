#!/usr/bin/env bash
# Makes the Python environment of the second judge, unless it is there.
set -euo pipefail
cd "$(dirname "$0")"
if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    apt-get update -qq && apt-get install -qq -y python3-venv
fi
if ! cmp -s requirements.txt venv/installed.txt; then
    rm -rf venv
    python3 -m venv venv
    venv/bin/pip install -q --disable-pip-version-check -r requirements.txt
    cp requirements.txt venv/installed.txt
fi
