# shellcheck shell=bash
# Sourced by start and check from the project's root: finds Python, makes .venv, adds what Qt needs.
# Written for the bash 3.2 of macOS, too. Everything is skipped that is already there.

venv=.venv
bin=$venv/bin
case "$(uname)" in MINGW* | MSYS* | CYGWIN*) bin=$venv/Scripts ;; esac
quiet=""
[ -t 2 ] || quiet=--quiet # no progress bars in a log

say() { printf 'moyin: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }
}

apt_install() {
    say "installing $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -q --no-install-recommends "$@" >&2
}

install_list() { # install_list "a b c": false where that cannot be done
    # shellcheck disable=SC2086  # a list of words
    can_install && apt_install $1
}

is_usable() { # Python 3.11 or newer that can make an environment with pip in it
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if is_usable "$name"; then
            echo "$name"
            return 0
        fi
    done
    return 1
}

need_python() {
    python=$(find_python) && return 0
    if can_install; then
        apt_install python3 python3-venv || true
        python=$(find_python) && return 0
        apt_install python3.11 python3.11-venv || true # Ubuntu 22.04
        python=$(find_python) && return 0
    fi
    die "Python 3.11 or newer with its venv module is needed. Install it, then run this again."
}

is_ours() { # an environment that works; the programs in one that was moved with its folder do not
    [ "$(cat "$venv/moyin-folder" 2>/dev/null)" = "$PWD" ] && "$bin/python" -c '' 2>/dev/null
}

# need_environment NAME REQUIREMENT: install the project once for each state of pyproject.toml.
need_environment() {
    local stamp
    stamp="$venv/moyin-$1-$(cksum <pyproject.toml | tr ' ' '-')"
    if ! is_ours; then
        need_python
        say "making $venv with $("$python" --version)"
        rm -rf "$venv"
        "$python" -m venv "$venv"
        pwd >"$venv/moyin-folder"
    fi
    if [ -e "$stamp" ]; then
        return 0
    fi
    say "downloading and installing what is missing; the first time this takes some minutes"
    # torch first and alone: it is by far the largest, and pyproject.toml pins it to this version.
    "$bin/python" -m pip install $quiet "$(torch_requirement)" >&2
    "$bin/python" -m pip install $quiet --editable "$2" >&2
    touch "$stamp"
}

torch_requirement() { # the line of pyproject.toml, so that there is one place to change
    sed -n 's/^ *"\(torch==[^"]*\)",*$/\1/p' pyproject.toml
}

window_packages="libegl1 libgl1 libglib2.0-0 libxkbcommon-x11-0 libdbus-1-3 libxcb-cursor0 \
libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xinerama0 libfontconfig1"

missing_libraries() { # sonames that Qt's X11 and Wayland windows need and the system lacks
    local qt
    qt=$("$bin/python" -c 'import importlib.util as u
print(u.find_spec("PySide6").submodule_search_locations[0])')/Qt
    ldd "$qt"/plugins/platforms/libqxcb.so "$qt"/lib/libQt6Widgets.so.6 2>/dev/null |
        sed -n 's/^[[:space:]]*\([^ ]*\) => not found.*/\1/p' | sort -u | tr '\n' ' ' || true
}

has_chinese_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn)" ]; }

need_window() {
    [ "$(uname)" = Linux ] || return 0 # elsewhere Qt brings everything, and the system the fonts
    local missing packages=""
    missing=$(missing_libraries)
    if [ -n "$missing" ]; then packages=$window_packages; fi
    has_chinese_font || packages="$packages fontconfig fonts-noto-cjk"
    if [ -z "$packages" ]; then
        return 0
    fi
    if install_list "$packages"; then
        return 0
    fi
    say "the window may not open or show hanzi: this system lacks ${missing:-a Chinese font}"
    say "the packages are called, on Debian and Ubuntu: $packages"
}

need_tools() { # need_tools PROGRAM=PACKAGE...: programs that the tests of the real window run
    local pair packages=""
    for pair in "$@"; do
        command -v "${pair%%=*}" >/dev/null || packages="$packages ${pair#*=}"
    done
    if [ -z "$packages" ]; then
        return 0
    fi
    if install_list "$packages"; then
        return 0
    fi
    say "tests that need these packages are skipped:$packages"
}
