# Whether classes are as new as the sources, and the build if they are not: the one check behind bin/sluice, bin/dev and
# the scripts of modules, so that nobody replays or measures what has been edited since. Sourced, with $root set to the
# checkout. Works with the bash 3.2 of macOS.
#
# MVN   the Maven to build with (default: mvn)

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 2
}

# Whether a source, a POM or a folder of sources is newer than the last build, or a part of that build is gone.
#   is_stale <stamp> <modules> <folders of sources> <files of class paths>     (each but the first separated by spaces)
is_stale() {
  local stamp=$1 modules=$2 sources=$3 lists=$4 module folder list entry
  [ -f "$stamp" ] || return 0
  [ -z "$(find "$root/pom.xml" -newer "$stamp")" ] || return 0
  for module in $modules; do
    [ -d "$root/$module/target/classes" ] || return 0
    for folder in pom.xml $sources; do
      [ -z "$(find "$root/$module/$folder" -newer "$stamp" 2>/dev/null | head -n 1)" ] || return 0
    done
  done
  local IFS=$' :\n'
  for list in $lists; do
    [ -f "$root/$list" ] || return 0
    # One file at a time: none of them ends in a newline.
    for entry in $(cat "$root/$list"); do
      [ -e "$entry" ] || return 0
    done
  done
  return 1
}

# One line for what Maven is at, from its log: "building Sluice: worker (4 of 8)".
build_progress() {
  local module
  module=$(sed -n 's/^\[INFO\] Building Sluice: \(.*[^ ]\)  *[^ ][^ ]*  *\[\([0-9]*\)\/\([0-9]*\)\]$/\1 (\2 of \3)/p' "$1" |
    tail -n 1)
  [ -z "$module" ] || printf 'building Sluice: %s' "$module"
}

# Runs Maven with these arguments, shows one line of progress on standard error, and the errors alone if it fails.
#   run_maven <log> <arguments...>
run_maven() {
  local log=$1 maven=${MVN:-mvn} pid line last="" started=$SECONDS status=0
  shift
  command -v "$maven" >/dev/null || fail "Maven ($maven) is not on the PATH; install Maven 3.8 or newer, or set MVN to it"
  mkdir -p "$(dirname "$log")"
  (
    cd "$root"
    exec "$maven" -B -DskipTests "$@"
  ) >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    line=$(build_progress "$log")
    line=${line:-building Sluice: asking Maven}
    if [ -t 2 ]; then
      printf '\r\033[K%s, %d s' "$line" $((SECONDS - started)) >&2
    elif [ "$line" != "$last" ]; then
      printf '%s\n' "$line" >&2
    fi
    last=$line
    sleep 0.3
  done
  wait "$pid" || status=$?
  trap - INT TERM
  [ ! -t 2 ] || printf '\r\033[K' >&2
  if [ "$status" -ne 0 ]; then
    grep -E '^\[(ERROR|WARNING)\].*\.java:|^\[ERROR\] [^[:space:]-]' "$log" | sed '/To see the full stack/,$d' | head -n 10 >&2 ||
      tail -n 20 "$log" >&2
    printf 'error: the build failed; its whole log is %s\n' "$log" >&2
    exit 1
  fi
}

# Builds these modules, and writes the class path of each, if a source has changed since the last time.
#   build_if_stale <name> <modules> <compile or test-compile> <scope> <file of the class path, in target/> <such files that must be there>
build_if_stale() {
  local name=$1 modules=$2 phase=$3 scope=$4 list=$5 needed=$6 sources=src/main
  local out=$root/target/sluice
  [ "$phase" = compile ] || sources="src/main src/test"
  is_stale "$out/$name.built" "$modules" "$sources" "$needed" || return 0
  mkdir -p "$out"
  # What is saved while the build runs is newer than this, and built the next time.
  touch "$out/$name.building"
  run_maven "$out/$name.log" -pl "$(echo $modules | tr ' ' ',')" -am "$phase" dependency:build-classpath \
    "-Dmdep.outputFile=target/$list" "-DincludeScope=$scope"
  mv "$out/$name.building" "$out/$name.built"
}
