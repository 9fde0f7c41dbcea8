# shellcheck shell=bash disable=SC2154 # work is set by who sources this
# What bench/run, bench/flat and bench/due share: demos that run while they are measured. Set work to a directory.

# with_postgres runs a script again with a PostgreSQL that survives a power cut, like the SQLite file beside
# it, unless there is one. Usage: with_postgres SCRIPT ARGUMENT…
with_postgres() {
	[ -n "${TEST_POSTGRES:-}" ] ||
		POSTGRES_OPTIONS="-c fsync=on -c synchronous_commit=on -c full_page_writes=on ${POSTGRES_OPTIONS:-}" \
			exec scripts/with-postgres "$@"
}

# database makes an empty database and prints its address. Usage: database ENGINE NAME
database() {
	if [ "$1" = sqlite ]; then
		echo "$work/$2.db"
		return
	fi
	psql -q "$TEST_POSTGRES" -c "CREATE DATABASE bench_$2_$$" >&2
	echo "${TEST_POSTGRES/\/postgres\?//bench_$2_$$?}"
}

# database_of prints the address of the database that start made for a directory. Usage: database_of DIR
database_of() { echo "${TEST_POSTGRES/\/postgres\?//bench_main_$1_$$?}"; }

demos=()

# start starts a demo in $work/DIR, and waits until it is ready. Usage: start DIR ENGINE NAMES PORT_BASE OPTION…
start() {
	: >"$work/$1.out"
	"$work/dorado" demo --dir "$work/$1" --port-base "$4" --seed-names "$3" --database "$(database "$2" "main_$1")" "${@:5}" \
		>"$work/$1.out" 2>"$work/$1.err" &
	demos+=($!)
	until grep -qx 'dorado: ready' "$work/$1.out"; do
		kill -0 "${demos[-1]}" 2>/dev/null || { cat "$work/$1.err" >&2; return 1; }
		sleep 0.2
	done
	[ "$2" = sqlite ] || rest_server "$(database_of "$1")"
}

# rest_server lets PostgreSQL finish what filling the database has left it to do, which takes the disk for longer than a
# node may be out of touch: that is no part of what is measured. Usage: rest_server ADDRESS
rest_server() {
	psql -q "$1" -c 'VACUUM (ANALYZE)' -c CHECKPOINT >&2
	sleep 15
}

# stop ends all demos.
stop() {
	[ "${#demos[@]}" -eq 0 ] || { kill "${demos[@]}" && wait "${demos[@]}"; } || true
	demos=()
}

# finish ends all demos and removes what they wrote.
finish() {
	stop
	rm -rf "$work"
}
