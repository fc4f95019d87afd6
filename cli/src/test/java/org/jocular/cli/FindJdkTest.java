package org.jocular.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK search that {@code jocular} and {@code mvnw} share, run by the shell over folders that look like JDKs. */
class FindJdkTest {
    private static final Path SCRIPT = Path.of("../.mvn/find-jdk.sh").toAbsolutePath();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"25.0.3", "25.0.3.1", "25.0.10", "25.1", "26-ea", "26", "100.0.1"})
    void takesWhatIsNewEnough(String version) throws Exception {
        Path jdk = jdk("jdk", version);

        assertThat(findJdk(Map.of("JAVA_HOME", jdk.toString()))).isEqualTo(new Outcome(0, jdk.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"25", "25-ea", "25.0.1", "25.0.2", "24.9.9", "17.0.15", "1.8.0_452"})
    void refusesWhatIsOlderInOneSentence(String version) throws Exception {
        Path jdk = jdk("jdk", version);

        Outcome outcome = findJdk(Map.of("JOCULAR_JAVA_HOME", jdk.toString()));

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.output())
                .contains("needs a JDK 25.0.3 or newer", "found " + version + " (" + jdk + ")")
                .hasLineCount(1);
    }

    @Test
    void passesOverAnOlderJavaHomeForTheUsualPlaces() throws Exception {
        Path old = jdk("old", "17.0.15");
        Path wanted = jdk("usual/jdk with a space", "25.0.3");
        jdk("usual/later", "26");

        assertThat(findJdk(Map.of("JAVA_HOME", old.toString()))).isEqualTo(new Outcome(0, wanted.toString()));
    }

    @Test
    void looksNoFurtherThanJocularJavaHome() throws Exception {
        jdk("usual/good", "25.0.3");

        Outcome outcome =
                findJdk(Map.of("JOCULAR_JAVA_HOME", folder.resolve("typo").toString()));

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.output()).contains("found none in JOCULAR_JAVA_HOME=" + folder.resolve("typo"));
    }

    @Test
    void asksJavaWhereThereIsNoReleaseFile() throws Exception {
        Path jdk = jdk("jdk", "17.0.15");
        Files.delete(jdk.resolve("release"));
        executable(jdk.resolve("bin/java"), "echo 'openjdk version \"25.0.4\" 2026-07-21' >&2");

        assertThat(findJdk(Map.of("JAVA_HOME", jdk.toString()))).isEqualTo(new Outcome(0, jdk.toString()));
    }

    @Test
    void asksForTheSameVersionAsTheBuild() throws Exception {
        assertThat(Files.readString(SCRIPT)).contains("jdk_needed=25.0.3\n");
        assertThat(Files.readString(Path.of("../pom.xml"))).contains("<jdk.range>[25.0.3,)</jdk.range>");
    }

    private record Outcome(int status, String output) {}

    private Path jdk(String name, String version) throws IOException {
        Path home = folder.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        executable(home.resolve("bin/javac"), "exit 1");
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Someone\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private static void executable(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** Runs {@code find_jdk} where the usual places are this test's {@code usual} folder and PATH has the system's tools. */
    private Outcome findJdk(Map<String, String> environment) throws IOException, InterruptedException {
        String commands = """
                . "$1"
                folder=$2
                try_usual_places() {
                    for place in "$folder"/usual/*; do try_jdk "$place" && return; done
                    return 1
                }
                command() { return 1; } # no java on the PATH
                find_jdk && printf %s "$JDK"
                """;
        ProcessBuilder shell = new ProcessBuilder(
                Arrays.asList("/bin/sh", "-c", commands, "jocular", SCRIPT.toString(), folder.toString()));
        shell.environment().keySet().removeAll(Arrays.asList("JAVA_HOME", "JOCULAR_JAVA_HOME"));
        shell.environment().putAll(environment);
        Process process = shell.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }
}
