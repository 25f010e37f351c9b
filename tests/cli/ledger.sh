# Sourced by the scripts here, after tap.sh: makes the ledger of fixture.sql.
# shellcheck shell=bash

if ! command -v sqlite3 >/dev/null; then
    echo "Bail out! sqlite3 is missing (Debian package sqlite3)"
    exit 1
fi

# make_ledger FILE [SQL]: the fixture, changed by SQL.
make_ledger() {
    rm -f "$1"
    sqlite3 "$1" <"$SRCDIR/libarmvsim/ledger/schema.sql" && sqlite3 "$1" <"$SRCDIR/tests/cli/fixture.sql" &&
        sqlite3 "$1" "${2:-}"
}

# empty_ledger FILE: of the same run without any events. After the fixture.
empty_ledger() {
    rm -f "$1"
    sqlite3 "$1" <"$SRCDIR/libarmvsim/ledger/schema.sql" &&
        sqlite3 "$1" "pragma application_id = 0x4156534c; pragma user_version = $(sqlite3 "$db" 'pragma user_version');
            attach '$db' as f; insert into run select * from f.run"
}

# shellcheck disable=SC2154 # tmp is tap.sh's.
db=$tmp/fixture.db
make_ledger "$db" || {
    echo "Bail out! the fixture does not fit the schema"
    exit 1
}
