package org.jocular.train.run;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A loss over all steps, each step's and smoothed, as an SVG file. XChart draws the lines; the words are put around them here, since XChart would
 * write outlines of letters in whatever font the machine has, or fail on one without fonts. The same losses give the same bytes.
 */
final class LossChart {
    private static final int LEFT = 56;
    private static final int TOP = 34;
    private static final int WIDTH = 640;
    private static final int HEIGHT = 280;
    private static final int BOTTOM = 40;
    private static final int RIGHT = 24;

    /** Points that a line has at most. */
    private static final int POINTS = 640;

    private static final Pattern PIECE = Pattern.compile(
            "<line style=\"([^\"]*)\" x1=\"([^\"]*)\" x2=\"([^\"]*)\" y1=\"([^\"]*)\" y2=\"([^\"]*)\"/>");

    private static final Color GRID = new Color(0xe4, 0xe4, 0xe4);
    private static final Color RAW = new Color(0xb8, 0xcc, 0xe4);
    private static final Color SMOOTH = new Color(0x1f, 0x5f, 0xa8);
    private static final Color NOTHING = new Color(0, 0, 0, 0);

    private LossChart() {}

    /** @param smoothed as many as losses */
    static String svg(String title, List<Double> losses, List<Double> smoothed) {
        double highest = smoothed.stream().max(Double::compare).orElse(1.0);
        double tick = tick(highest);
        double top = tick * Math.max(1, Math.ceil(highest * 1.05 / tick));
        int rows = (int) Math.round(top / tick);
        StringBuilder svg = new StringBuilder();
        svg.append(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                        .formatted(LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        svg.append("<text x=\"%d\" y=\"20\" font-size=\"14\">%s</text>\n".formatted(LEFT, escaped(title)));
        svg.append("<text x=\"%d\" y=\"20\" text-anchor=\"end\" fill=\"#666\">final loss %s (smoothed)</text>\n"
                .formatted(LEFT + WIDTH, number(smoothed.isEmpty() ? 0 : smoothed.getLast())));
        svg.append(
                "<g transform=\"translate(%d %d)\">%s</g>\n".formatted(LEFT, TOP, plot(losses, smoothed, top, rows)));
        for (int row = 0; row <= rows; row++) {
            svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#666\">%s</text>\n"
                    .formatted(LEFT - 8, TOP + HEIGHT - HEIGHT * row / rows + 4, number(row * tick)));
        }
        for (int column = 0; column <= 4; column++) {
            svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#666\">%d</text>\n"
                    .formatted(LEFT + WIDTH * column / 4, TOP + HEIGHT + 18, losses.size() * column / 4));
        }
        svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"#666\">step</text>\n"
                .formatted(LEFT + WIDTH / 2, TOP + HEIGHT + 34));
        return svg.append("</svg>\n").toString();
    }

    /** Between two lines of the grid: four to eight of them. */
    private static double tick(double highest) {
        if (!(highest > 0)) {
            return 1;
        }
        double power = 1;
        while (power > highest / 4) {
            power /= 10;
        }
        while (power * 10 <= highest / 4) {
            power *= 10;
        }
        return highest / power > 20 ? power * 5 : highest / power > 8 ? power * 2 : power;
    }

    private static String number(double value) {
        return value == 0 ? "0" : String.format(Locale.ROOT, value < 0.1 ? "%.4f" : "%.2f", value);
    }

    private static String plot(List<Double> losses, List<Double> smoothed, double top, int rows) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).build();
        double last = Math.max(1, losses.size());
        bare(chart.getStyler());
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(last).setYAxisMin(0.0).setYAxisMax(top);
        for (int row = 0; row <= rows; row++) {
            double y = top * row / rows;
            line(chart, "grid " + row, GRID, 1, new double[] {0, last}, new double[] {y, y});
        }
        if (losses.isEmpty()) {
            return drawn(chart);
        }
        int points = Math.min(POINTS, losses.size());
        double[] x = new double[points];
        double[] rawX = new double[2 * points];
        double[] rawY = new double[2 * points];
        double[] smooth = new double[points];
        for (int point = 0; point < points; point++) {
            int from = (int) ((long) losses.size() * point / points);
            int to = (int) ((long) losses.size() * (point + 1) / points);
            List<Double> part = losses.subList(from, to);
            x[point] = to;
            smooth[point] = smoothed.get(to - 1);
            rawX[2 * point] = to;
            rawX[2 * point + 1] = to;
            rawY[2 * point] = Math.min(top, part.stream().min(Double::compare).orElse(0.0));
            rawY[2 * point + 1] =
                    Math.min(top, part.stream().max(Double::compare).orElse(0.0));
        }
        line(chart, "loss", RAW, 1, rawX, rawY);
        line(chart, "smoothed", SMOOTH, 1.75f, x, smooth);
        return drawn(chart);
    }

    private static void line(XYChart chart, String name, Color color, float width, double[] x, double[] y) {
        chart.addSeries(name, x, y)
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(color)
                .setLineStyle(width == 1 ? SeriesLines.SOLID : new BasicStroke(width))
                .setLineWidth(width);
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

    private static String drawn(XYChart chart) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ChartEncoder.saveChart(chart, bytes, "svg");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String svg = bytes.toString(StandardCharsets.UTF_8);
        return joined(svg.substring(svg.indexOf("<svg"))
                .replaceAll("(?s)<defs>.*?</defs>", "") // nothing reaches beyond the plot
                .replaceAll(" clip-path=\"[^\"]*\"", "")
                .replaceAll(" xmlns(:xlink)?=\"[^\"]*\"", "") // that of the whole counts
                .replaceAll(">\\s+<", "><")
                .strip());
    }

    /** XChart writes each piece of a line by itself: one element for all of it is a tenth as long. */
    private static String joined(String svg) {
        StringBuilder joined = new StringBuilder();
        Matcher piece = PIECE.matcher(svg);
        String style = "";
        String end = "";
        int at = 0;
        while (piece.find()) {
            String from = point(piece.group(2), piece.group(4));
            String to = point(piece.group(3), piece.group(5));
            boolean goesOn = piece.start() == at && piece.group(1).equals(style) && from.equals(end);
            if (!goesOn) {
                joined.append(style.isEmpty() ? "" : "\"/>").append(svg, at, piece.start());
                style = piece.group(1);
                joined.append("\n<polyline style=\"%s\" points=\"%s".formatted(style, from));
            }
            if (!to.equals(from)) {
                joined.append(' ').append(to);
            }
            end = to;
            at = piece.end();
        }
        return joined.append(style.isEmpty() ? "" : "\"/>")
                .append(svg.substring(at))
                .toString();
    }

    private static String point(String x, String y) {
        return String.format(Locale.ROOT, "%.1f,%.1f", Double.parseDouble(x), Double.parseDouble(y));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
