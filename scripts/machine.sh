# What therapymail needs from the machine, brought in where that can be done, named where it cannot.
# Sourced by scripts/demo, scripts/test and .ci/run; leaves $root and $venv behind. Exit 3: something is missing.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
readonly root venv
readonly oldest_python='(3, 11)'

say() { printf '%s\n' "$*" >&2; }

# The first Python that is new enough; empty if there is none.
find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null &&
            "$name" -c "import sys; sys.exit(sys.version_info < $oldest_python)" 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

can_install() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }

# Run a command that is only worth reading when it fails.
quietly() {
    local log status=0
    log=$(mktemp)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    [ "$status" -eq 0 ] || cat "$log" >&2
    rm -f "$log"
    return "$status"
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -y -qq install --no-install-recommends "$@"
}

# Install packages as root; the package lists are fetched only if the first try fails.
install_packages() {
    say "Installing $* ..."
    apt_install "$@" >/dev/null 2>&1 </dev/null && return
    quietly apt-get -o DPkg::Lock::Timeout=120 -qq update || true
    quietly apt_install "$@"
}

# Install Dovecot for the tests, and keep its own service from running now or at the next start of the machine.
install_dovecot() {
    local policy=/usr/sbin/policy-rc.d status=0 made_policy=
    if [ ! -e "$policy" ]; then
        made_policy=yes
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    install_packages "$@" || status=$?
    if [ -n "$made_policy" ]; then
        rm -f "$policy"
        trap - EXIT
    fi
    if command -v systemctl >/dev/null; then
        systemctl --quiet disable dovecot.service dovecot.socket >/dev/null 2>&1 || true
    fi
    return "$status"
}

has_dovecot() {
    local part
    for part in /usr/sbin/dovecot /usr/lib/dovecot/imap /usr/lib/dovecot/lmtp /usr/lib/dovecot/submission-login; do
        [ -x "$part" ] || return 1
    done
    command -v openssl >/dev/null
}

has_gnupg() { command -v gpg >/dev/null && command -v gpgconf >/dev/null && command -v gpg-agent >/dev/null; }

has_virtualenv() { command -v virtualenv >/dev/null || "$1" -c 'import virtualenv' 2>/dev/null; }

# Bring in GnuPG and the means to make a virtual environment, or name all that is missing at once.
provide_system() {
    local python missing=()
    has_gnupg || missing+=(gnupg)
    python=$(find_python)
    if [ -z "$python" ]; then
        missing+=(python3 python3-venv)
    elif ! venv_works && ! "$python" -c 'import ensurepip, venv' 2>/dev/null && ! has_virtualenv "$python"; then
        missing+=(python3-venv)
    fi
    [ ${#missing[@]} -eq 0 ] && return
    if can_install && install_packages "${missing[@]}"; then
        [ -n "$(find_python)" ] && return
        say "This machine's python3 is too old: therapymail needs Python 3.11 or later."
        exit 3
    fi
    say "Missing on this machine: ${missing[*]}"
    if command -v apt-get >/dev/null; then
        say "Install them as root, then run this again:"
        say "    apt-get install --no-install-recommends ${missing[*]}"
    else
        say "Install GnuPG 2.2 or later and Python 3.11 or later with its venv module, then run this again."
    fi
    exit 3
}

# Whether the virtual environment is whole: a run broken off halfway leaves one without pip, or without itself.
venv_works() {
    [ -x "$venv/bin/python" ] && "$venv/bin/python" - "$venv" 2>/dev/null <<END
import os, sys
import pip
sys.exit(sys.version_info < $oldest_python or os.path.realpath(sys.prefix) != os.path.realpath(sys.argv[1]))
END
}

make_venv() {
    local python
    venv_works && return
    python=$(find_python)
    say "Making the virtual environment .venv ..."
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        quietly "$python" -m venv --clear "$venv"
    elif command -v virtualenv >/dev/null; then
        quietly virtualenv --clear --python "$python" "$venv"
    else
        quietly "$python" -m virtualenv --clear "$venv"
    fi
}

# Install the project with the extra $1, unless that was done for this very pyproject.toml in this very place.
install_project() {
    local extra=$1 state stamp="$venv/.installed-$1"
    state=$({ printf '%s\n' "$root"; "$venv/bin/python" --version; cat "$root/pyproject.toml"; } | cksum)
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && return
    say "Installing therapymail and the libraries it needs (extra: $extra) ..."
    rm -f "$stamp"
    if ! quietly "$venv/bin/python" -m pip --disable-pip-version-check --no-input install --quiet \
        --editable "${root}[$extra]"; then
        say "The libraries could not be installed; pip says above why. Nothing else was changed."
        exit 3
    fi
    printf '%s\n' "$state" >"$stamp"
}

# All of it, one run at a time: the lock is on the checkout's directory itself.
provide() {
    local extra=$1
    if [ ! -w "$root" ] && ! venv_works; then
        say "$root cannot be written: make a checkout of your own and run this there."
        exit 3
    fi
    exec 9<"$root"
    ! command -v flock >/dev/null || flock 9
    provide_system
    make_venv || { say "The virtual environment could not be made; the lines above say why."; exit 3; }
    install_project "$extra"
    exec 9<&-
}

# Two generations of OpenPGP.js, and axe-core, which finds what keeps people from reading a page: in the virtual
# environment, where there is node and the registry npm is set up for.
provide_from_npm() {
    local kept="$venv/node" packages=(openpgp5@npm:openpgp@5.11.3 openpgp6@npm:openpgp@6.3.2 axe-core@4.11.0)
    command -v node >/dev/null && command -v npm >/dev/null || return 1
    [ -f "$kept/.installed" ] && [ "$(cat "$kept/.installed")" = "${packages[*]}" ] && return
    say "Installing OpenPGP.js and axe-core ..."
    mkdir -p "$kept"
    # a registry that does not answer must not hold the tests up
    quietly timeout 60 npm install --prefix "$kept" --no-package-lock --no-fund --no-audit --silent \
        --fetch-retries 1 --fetch-retry-mintimeout 1000 --fetch-timeout 20000 "${packages[@]}" || return 1
    printf '%s\n' "${packages[*]}" >"$kept/.installed"
}
