package org.jocular.eval.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jocular.eval.metrics.ClusterBootstrap.Interval;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Horizontal bars with intervals as SVG for a page. XChart draws them; the words are put around them here, since XChart would write outlines
 * of letters in whatever font the machine has, or fail on one without fonts. Colours are the page's variables, so that they follow its light
 * and dark dress.
 */
final class BarChart {
    private static final int LABELS = 220;
    private static final int PLOT = 250;
    private static final int VALUES = 130;

    /** Of a drawing, in its own units. */
    static final int WIDTH = LABELS + PLOT + VALUES;

    private static final int ROW = 26;
    private static final int AXIS = 22;
    private static final int LONGEST_LABEL = 28;

    // Colours that stand for the page's variables until the SVG is written.
    private static final Color GRID = new Color(1, 0, 0);
    private static final Color BAR = new Color(2, 0, 0);
    private static final Color BEST = new Color(3, 0, 0);
    private static final Color WHISKER = new Color(4, 0, 0);
    private static final Color NOTHING = new Color(0, 0, 0, 0);
    private static final Map<Color, String> VARIABLES =
            Map.of(GRID, "--grid", BAR, "--bar", BEST, "--best", WHISKER, "--whisker");

    /**
     * A bar.
     *
     * @param low   of its interval; NaN where it has none
     * @param best  whether it stands out
     * @param shown what stands behind it; null: its value, and its interval where it has one
     */
    record Bar(
            String label,
            double value,
            double low,
            double high,
            boolean best,
            @Nullable String shown) {
        static Bar of(String label, Interval interval, boolean best) {
            return new Bar(label, interval.estimate(), interval.low(), interval.high(), best, null);
        }

        static Bar of(String label, double value) {
            return new Bar(label, value, Double.NaN, Double.NaN, false, null);
        }

        /**
         * The whisker is one standard deviation to either side.
         *
         * @param most the highest value that there can be
         */
        static Bar of(String label, SeedSummary summary, double most) {
            double high = Math.min(most, summary.mean() + summary.sd());
            return new Bar(label, summary.mean(), summary.mean() - summary.sd(), high, false, summary.shown());
        }

        double reach() {
            return Double.isNaN(high) ? value : Math.max(value, high);
        }
    }

    private BarChart() {}

    /** @param title what the chart shows, for those who cannot see it and above it for all */
    static String svg(String title, List<Bar> bars) {
        return "<figure class=\"chart\"><figcaption>%s</figcaption>\n".formatted(Html.escape(title))
                + drawing(title, bars, "")
                + "</figure>\n";
    }

    /** Of the drawing of so many bars. */
    static int height(int bars) {
        return bars * ROW + AXIS;
    }

    /**
     * The drawing alone, whose title is not seen.
     *
     * @param place attributes of the element, where it stands in another drawing
     */
    static String drawing(String title, List<Bar> bars, String place) {
        double max = scale(bars.stream().mapToDouble(Bar::reach).max().orElse(1));
        int height = bars.size() * ROW;
        StringBuilder svg = new StringBuilder();
        svg.append("<svg role=\"img\" aria-label=\"%s\" %sviewBox=\"0 0 %d %d\">\n"
                .formatted(Html.escape(spoken(title, bars)), place, WIDTH, height(bars.size())));
        svg.append("<g transform=\"translate(%d 0)\">%s</g>\n".formatted(LABELS, plot(bars, max)));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int y = i * ROW + ROW / 2 + 4;
            svg.append("<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"end\">%s<title>%s</title></text>\n"
                    .formatted(
                            bar.best ? "strong" : "",
                            LABELS - 10,
                            y,
                            Html.escape(shortened(bar.label)),
                            Html.escape(bar.label)));
            svg.append("<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>\n"
                    .formatted(bar.best ? "strong" : "", LABELS + PLOT + 12, y, value(bar, max)));
        }
        for (int tick = 0; tick <= 4; tick++) {
            svg.append("<text class=\"tick\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>\n"
                    .formatted(LABELS + PLOT * tick / 4, height + 15, Figures.plain(max * tick / 4)));
        }
        return svg.append("</svg>").toString();
    }

    /** The end of the axis: 1 or 100 where figures are shares or percent, else a round number. */
    private static double scale(double reach) {
        if (reach <= 1) {
            return 1;
        }
        if (reach <= 100) {
            return 100;
        }
        double power = Math.pow(10, Math.floor(Math.log10(reach)));
        for (double step : new double[] {1.2, 1.6, 2, 2.8, 4, 6, 8}) {
            if (reach <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static String value(Bar bar, double max) {
        if (bar.shown != null) {
            return Html.escape(bar.shown);
        }
        String value = max <= 1 ? Figures.metric(bar.value) : Figures.headline(bar.value);
        return Double.isNaN(bar.low)
                ? value
                : "%s <tspan class=\"tick\">[%s, %s]</tspan>"
                        .formatted(value, Figures.headline(bar.low), Figures.headline(bar.high));
    }

    private static String spoken(String title, List<Bar> bars) {
        StringBuilder text = new StringBuilder(title);
        bars.forEach(bar -> text.append("; ").append(bar.label).append(' ').append(Figures.metric(bar.value)));
        return text.toString();
    }

    private static String shortened(String label) {
        return label.codePointCount(0, label.length()) <= LONGEST_LABEL
                ? label
                : label.substring(0, label.offsetByCodePoints(0, LONGEST_LABEL - 1)) + "…";
    }

    private static String plot(List<Bar> bars, double max) {
        XYChart chart =
                new XYChartBuilder().width(PLOT).height(bars.size() * ROW).build();
        bare(chart.getStyler());
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(max).setYAxisMin(0.0).setYAxisMax((double) bars.size());
        for (int tick = 0; tick <= 4; tick++) {
            double x = max * tick / 4;
            line(chart, "grid " + tick, GRID, 1, new double[] {x, x}, new double[] {0, bars.size()});
        }
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double y = bars.size() - i - 0.5;
            double length = Math.clamp(Double.isNaN(bar.value) ? 0 : bar.value, 0, max);
            XYSeries series = chart.addSeries("bar " + i, new double[] {0, length, length, 0}, new double[] {
                y - 0.29, y - 0.29, y + 0.29, y + 0.29
            });
            series.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
            series.setFillColor(bar.best ? BEST : BAR);
            series.setMarker(SeriesMarkers.NONE).setLineStyle(SeriesLines.NONE);
            if (!Double.isNaN(bar.low)) {
                double low = Math.clamp(bar.low, 0, max);
                line(chart, "interval " + i, WHISKER, 1.5f, new double[] {low, bar.high}, new double[] {y, y});
                line(chart, "low " + i, WHISKER, 1.5f, new double[] {low, low}, new double[] {y - 0.15, y + 0.15});
                line(chart, "high " + i, WHISKER, 1.5f, new double[] {bar.high, bar.high}, new double[] {
                    y - 0.15, y + 0.15
                });
            }
        }
        return onPage(chart);
    }

    private static void line(XYChart chart, String name, Color color, float width, double[] x, double[] y) {
        XYSeries series = chart.addSeries(name, x, y);
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
        series.setMarker(SeriesMarkers.NONE).setLineColor(color).setLineStyle(new BasicStroke(width));
    }

    private static void bare(XYStyler styler) {
        styler.setChartTitleVisible(false)
                .setLegendVisible(false)
                .setChartPadding(0)
                .setChartBackgroundColor(NOTHING)
                .setPlotBackgroundColor(NOTHING)
                .setPlotBorderVisible(false)
                .setPlotContentSize(1);
        styler.setPlotMargin(0)
                .setPlotGridLinesVisible(false)
                .setAxisTicksVisible(false)
                .setAxisTitlesVisible(false)
                // Wider than the plot: XChart then makes no labels and so needs no font.
                .setXAxisTickMarkSpacingHint(100_000)
                .setYAxisTickMarkSpacingHint(100_000);
    }

    private static String onPage(XYChart chart) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ChartEncoder.saveChart(chart, bytes, "svg");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String svg = bytes.toString(StandardCharsets.UTF_8);
        svg = svg.substring(svg.indexOf("<svg"))
                .replaceAll(
                        "(?s)<defs>.*?</defs>", "") // nothing reaches beyond the plot, so that nothing need be clipped
                .replaceAll(" clip-path=\"[^\"]*\"", "")
                .replaceAll(" xmlns(:xlink)?=\"[^\"]*\"", "") // a page needs none
                .replaceAll(">\\s+<", "><")
                .strip();
        for (Map.Entry<Color, String> variable : VARIABLES.entrySet()) {
            svg = svg.replace(
                    "rgb(%d,0,0)".formatted(variable.getKey().getRed()), "var(%s)".formatted(variable.getValue()));
        }
        return svg;
    }
}
