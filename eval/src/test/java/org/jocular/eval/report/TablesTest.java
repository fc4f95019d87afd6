package org.jocular.eval.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jocular.eval.report.BarChart.Bar;
import org.junit.jupiter.api.Test;

class TablesTest {
    @Test
    void csvQuotesWhatWouldBreakIt() {
        Csv csv = new Csv("name", "value");
        csv.line(List.of("a, \"b\"", 0.5));
        csv.line(List.of("two\nlines", Double.NaN));
        csv.line(List.of("plain | pipe", 3));
        assertThat(csv).hasToString("name,value\n\"a, \"\"b\"\"\",0.5\n\"two\nlines\",\nplain | pipe,3\n");
    }

    @Test
    void markdownTakesNothingForMarkup() {
        assertThat(Markdown.escape("a|b *c* `d` <e> [f](g) \\ h\ni & #"))
                .isEqualTo("a\\|b \\*c\\* \\`d\\` &lt;e> \\[f\\](g) \\\\ h<br>i &amp; \\#");
        assertThat(Markdown.table(List.of("a", "b"), List.of(List.of("1", "2"))))
                .isEqualTo("| a | b |\n|---|---:|\n| 1 | 2 |\n");
    }

    @Test
    void htmlTakesNothingForMarkup() {
        assertThat(Html.escape("<a href=\"x\">'&'</a>\u0000"))
                .isEqualTo("&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;\ufffd");
        assertThat(Html.json("\"</script>&\u2028\"")).isEqualTo("\"\\u003c/script\\u003e\\u0026\\u2028\"");
    }

    /** By hand: 4 · 0.005, 3 · 0.01, 2 · 0.03, and 1 · 0.04, which may not be less than the one before. */
    @Test
    void holm() {
        assertThat(Holm.adjust(new double[] {0.01, 0.04, 0.03, 0.005}))
                .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-12));
        assertThat(Holm.adjust(new double[] {0.9, 0.8})).containsExactly(1, 1);
        assertThat(Holm.adjust(new double[0])).isEmpty();
    }

    @Test
    void mistakesComeFirstButNotAlone() {
        BitSet wrong = new BitSet();
        wrong.set(0, 50);
        BitSet shown = Shown.of(wrong, 100, 30);
        assertThat(shown.cardinality()).isEqualTo(30);
        assertThat(shown.get(0, 50).cardinality()).isEqualTo(20);
        wrong.clear(4, 50);
        assertThat(Shown.of(wrong, 100, 30).get(0, 4).cardinality()).isEqualTo(4);
        assertThat(Shown.of(wrong, 100, 30).cardinality()).isEqualTo(30);
        wrong.set(0, 98);
        assertThat(Shown.of(wrong, 100, 30).cardinality()).isEqualTo(30);
        assertThat(Shown.of(wrong, 100, 30).get(98, 100).cardinality()).isEqualTo(2);
        assertThat(Shown.of(wrong, 7, 30).cardinality()).isEqualTo(7);
        assertThat(Shown.of(wrong, 100, 0).cardinality()).isZero();
    }

    @Test
    void chartsAreWordsAndShapesInThePagesColours() {
        List<Bar> bars = new ArrayList<>(List.of(
                new Bar("a <b>", 40, 30, 55, true, null),
                new Bar("a name that is much too long for its place", 80, 70, 90, false, null)));
        String svg = BarChart.svg("Title & more", bars);
        assertThat(svg)
                .contains(
                        "Title &amp; more", "a &lt;b&gt;", "var(--best)", "var(--bar)", "var(--whisker)", "40.0 <tspan")
                .contains("a name that is much too lon…<title>a name that is much too long for its place</title>")
                .doesNotContain("rgb(1,", "rgb(2,", "DOCTYPE", "http", "font-family", "clip");
        // 40 and 80 of 100 on 250 units
        assertThat(svg).contains("L100.0,", "L200.0,");
        assertThat(BarChart.svg("Title & more", bars)).isEqualTo(svg);
    }

    @Test
    void terminalTablesAreAligned() {
        TextTable table = new TextTable(List.of("x", "figure"));
        table.row(List.of("name", "–"));
        assertThat(Arrays.asList(table.toString().split("\n"))).containsExactly("x     figure", "name       –");
    }
}
