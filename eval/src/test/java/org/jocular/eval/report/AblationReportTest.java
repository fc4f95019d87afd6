package org.jocular.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jocular.eval.report.AblationTable.Column;
import org.jocular.eval.report.AblationTable.Difference;
import org.jocular.eval.report.AblationTable.Measured;
import org.jocular.eval.report.AblationTable.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AblationReportTest {
    private static final List<Column> COLUMNS = List.of(new Column("VSR", "%"), new Column("NoCaps", "CIDEr"));

    private static final AblationTable TABLE = new AblationTable(
            "size",
            "Size & more",
            "Is <larger> better?",
            "all else",
            List.of(
                    row("small", new double[] {50, 110}, new double[] {52, 120}, new double[] {51, 100}),
                    row("large", new double[] {60, 111}, new double[] {61.5, 121}, new double[] {61.5, 99}),
                    row("theirs", new double[] {99, Double.NaN})),
            List.of(new Difference("large", "small"), new Difference("theirs", "large")));

    @TempDir
    Path out;

    private static Row row(String name, double[]... seeds) {
        List<Measured> measured = new ArrayList<>();
        for (double[] values : seeds) {
            SequencedMap<String, Object> origin = new LinkedHashMap<>();
            origin.put("seed", measured.size());
            measured.add(new Measured(List.of(values[0], values[1]), origin));
        }
        return new Row(name, measured);
    }

    private AblationReport report() {
        SequencedMap<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("seeds", 3);
        return new AblationReport("Ablations", COLUMNS, List.of(TABLE), List.of("A note."), manifest);
    }

    @Test
    void writesMeansAndPairedDifferences() throws IOException {
        report().write(out);
        assertThat(Files.readString(out.resolve("ablations.md")))
                .contains("- A note.\n")
                .endsWith("""

                ## Size &amp; more

                Is &lt;larger> better? Equal: all else.

                |  | VSR (%) | NoCaps (CIDEr) |
                |---|---:|---:|
                | small | 51.0 ± 1.0 | 110.0 ± 10.0 |
                | large | 61.0 ± 0.9 | 110.3 ± 11.0 |
                | theirs | 99.0 | – |

                | Difference | VSR (%) | NoCaps (CIDEr) |
                |---|---:|---:|
                | large − small | **+10.0**<br><sub>\\[+8.8, +11.2\\]</sub><br><sub>+10.0 +9.5 +10.5</sub> | +0.3<br><sub>\\[−2.5, +3.2\\]</sub><br><sub>+1.0 +1.0 −1.0</sub> |
                | theirs − large | **+38.0**<br><sub>\\[+35.8, +40.2\\]</sub><br><sub>+39.0 +37.5 +37.5</sub> | – |

                ![Size &amp; more](size.svg)
                """);
    }

    @Test
    void keepsEveryNumber() throws IOException {
        report().write(out);
        JsonNode json = JsonMapper.shared().readTree(Files.readString(out.resolve("results.json")));
        JsonNode rows = json.path("tables").path(0).path("rows");
        assertThat(rows.path(1).at("/figures/VSR/values").toString()).isEqualTo("[60.0,61.5,61.5]");
        assertThat(rows.path(1).at("/trainings/2/seed").asInt()).isEqualTo(2);
        assertThat(rows.path(2).at("/figures/NoCaps/mean").isNull()).isTrue();
        assertThat(json.at("/tables/0/differences/0/figures/VSR/mean").asDouble())
                .isEqualTo(10);
        assertThat(json.at("/manifest/seeds").asInt()).isEqualTo(3);
    }

    @Test
    void drawsWhatThereIs() throws Exception {
        report().write(out);
        String svg = Files.readString(out.resolve("size.svg"));
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(svg).contains("prefers-color-scheme", "51.0 ± 1.0", "VSR (%)", "var(--bar)");
        // the one that has no NoCaps has a bar in the other drawing alone
        assertThat(svg.split("<title>theirs</title>", -1)).hasSize(2);
        String html = Files.readString(out.resolve("report.html"));
        assertThat(html)
                .contains("Is &lt;larger&gt; better?", "<strong>+10.0</strong>", "<figure class=\"chart\">")
                .doesNotContain("http://", "https://", "NaN");
    }

    @Test
    void showsATableOnATerminal() {
        assertThat(report().text(TABLE)).isEqualTo("""
                Size & more            VSR        NoCaps
                small           51.0 ± 1.0  110.0 ± 10.0
                large           61.0 ± 0.9  110.3 ± 11.0
                theirs                99.0             –
                large − small       +10.0*          +0.3
                theirs − large      +38.0*             –
                """);
    }
}
