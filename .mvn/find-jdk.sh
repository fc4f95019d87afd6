# Finds the JDK that compiles and runs Jocular; sourced by ./jocular and ./mvnw (POSIX sh, defines functions only).
#
#   find_jdk   sets JDK to the home of the first JDK that is new enough, looking at JOCULAR_JAVA_HOME, JAVA_HOME, the
#              java on the PATH, and the usual install places; where there is none, says so in one sentence, returns 2.

# The same bound as jdk.range in pom.xml: 25.0.0 to 25.0.2 may corrupt pinned memory under G1.
jdk_needed=25.0.3

find_jdk() {
    JDK=
    jdks_seen=

    # Whoever sets JOCULAR_JAVA_HOME means that JDK: looking further would hide a typing error.
    if [ -n "${JOCULAR_JAVA_HOME-}" ]; then
        try_jdk "$JOCULAR_JAVA_HOME" && return
        refuse_jdk "JOCULAR_JAVA_HOME=$JOCULAR_JAVA_HOME" JOCULAR_JAVA_HOME
        return
    fi

    # JAVA_HOME and PATH serve other programs too, so an older JDK there is passed over.
    if [ -n "${JAVA_HOME-}" ]; then
        try_jdk "$JAVA_HOME" && return
    fi
    if java_on_path=$(command -v java); then
        java_on_path=$(readlink -f "$java_on_path" 2>/dev/null || echo "$java_on_path")
        try_jdk "${java_on_path%/bin/java}" && return
    fi
    try_usual_places && return
    refuse_jdk "JOCULAR_JAVA_HOME, JAVA_HOME, PATH and the usual install places" JAVA_HOME
}

try_usual_places() {
    for place in /usr/lib/jvm/* /usr/java/* /opt/* /opt/java/* \
        "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
        /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; do
        try_jdk "$place" && return
    done
    return 1
}

# try_jdk HOME: takes this JDK where it is new enough, else remembers its version for the message.
try_jdk() {
    [ -x "$1/bin/javac" ] || return 1 # a runtime without compiler cannot build
    read_jdk_version "$1"
    if new_enough "$jdk_version"; then
        JDK=$1
        return 0
    fi
    case $jdks_seen in
        *"$jdk_version ("*) ;; # the same one again, through a link
        *) jdks_seen="$jdks_seen${jdks_seen:+, }${jdk_version:-an unknown version} ($1)" ;;
    esac
    return 1
}

# read_jdk_version HOME: sets jdk_version from the `release` file every JDK has, since starting java to ask costs 30 ms.
read_jdk_version() {
    jdk_version=
    if [ -r "$1/release" ]; then
        while IFS='=' read -r key value; do
            if [ "$key" = JAVA_VERSION ]; then
                value=${value#\"}
                jdk_version=${value%%\"*}
                return
            fi
        done <"$1/release"
    fi
    jdk_version=$("$1/bin/java" -version 2>&1 | sed -n 's/^.* version "\([^"]*\)".*$/\1/p')
}

# new_enough VERSION: compares the first three numbers with jdk_needed; 26-ea counts as 26.0.0.
new_enough() {
    split_version "$1"
    has_major=$major has_minor=$minor has_patch=$patch
    split_version "$jdk_needed"
    [ "$has_major" -ne "$major" ] && { [ "$has_major" -gt "$major" ]; return; }
    [ "$has_minor" -ne "$minor" ] && { [ "$has_minor" -gt "$minor" ]; return; }
    [ "$has_patch" -ge "$patch" ]
}

split_version() {
    IFS=. read -r major minor patch rest <<VERSION
${1%%[!0-9.]*}
VERSION
    major=${major:-0} minor=${minor:-0} patch=${patch:-0}
}

# refuse_jdk WHERE VARIABLE: the one sentence, and 2, the exit status of bad input.
refuse_jdk() {
    reason=
    case $jdks_seen in *"25 ("* | *"25.0."[12]" ("*) reason=" (earlier 25s may corrupt pinned memory under G1)" ;; esac
    echo "${0##*/}: needs a JDK $jdk_needed or newer$reason but found ${jdks_seen:-none} in $1;" \
        "install one and point $2 to it." >&2
    return 2
}
