package org.jocular.systems.parity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a comparison found; filled while it runs. */
public final class ParityReport {
    private final String directory;
    private final double tolerance;
    private final List<Compared> names = new ArrayList<>();
    private final List<String> differences = new ArrayList<>();
    private int idsEqual;
    private int idsTotal;
    private double worstCandidate;

    /**
     * One named intermediate of one case.
     *
     * @param error ‖found − expected‖ / ‖expected‖
     */
    public record Compared(String caseId, String name, double error) {}

    ParityReport(String directory, double tolerance) {
        this.directory = directory;
        this.tolerance = tolerance;
    }

    void name(String caseId, String name, double error) {
        names.add(new Compared(caseId, name, error));
        if (!(error <= tolerance)) {
            difference("%s: %s differs by %.2e, allowed is %.0e".formatted(caseId, name, error, tolerance));
        }
    }

    void ids(boolean equal, String difference) {
        idsTotal++;
        if (equal) {
            idsEqual++;
        } else {
            difference(difference);
        }
    }

    void candidate(double error) {
        worstCandidate = Math.max(worstCandidate, error);
    }

    void difference(String difference) {
        differences.add(difference);
    }

    public String directory() {
        return directory;
    }

    public boolean passed() {
        return differences.isEmpty();
    }

    /** Every intermediate that was compared, the worst last. */
    public List<Compared> names() {
        return names.stream()
                .sorted(Comparator.comparingDouble(Compared::error))
                .toList();
    }

    /** In sentences, in the order of the computation: the first is where to look. */
    public List<String> differences() {
        return List.copyOf(differences);
    }

    /** How many lists of ids were equal, of prompts and of generated texts. */
    public int idsEqual() {
        return idsEqual;
    }

    public int idsTotal() {
        return idsTotal;
    }

    /** Largest difference of a candidate's negative log-likelihood. */
    public double worstCandidate() {
        return worstCandidate;
    }
}
