import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * Prints every test that did not run, with its reason, so that none is skipped quietly. The last module of the build runs
 * this at the end of {@code verify}; by hand: {@code java .ci/TestsNotRun.java}.
 *
 * <p>It reads JUnit's own reports (Open Test Reporting) and not Surefire's, because Surefire's leave out all tests of a
 * class whose {@code @BeforeAll} was aborted, and every parameterised test whose {@code @MethodSource} was.
 *
 * <p>A single source file without dependencies, in Java 17, since it runs on whichever JVM runs Maven.
 */
public final class TestsNotRun {
    private final Map<String, List<String>> testsByReason = new TreeMap<>();
    private int notRun;
    private int ran;

    public static void main(String[] args) throws Exception {
        Path root = Path.of(args.length > 0 ? args[0] : "").toAbsolutePath().normalize();
        TestsNotRun summary = new TestsNotRun();
        try (Stream<Path> folders = Files.list(root)) {
            for (Path module : folders.sorted().toList()) {
                if (hasTests(module.resolve("src/test/java"))) {
                    summary.readModule(module);
                }
            }
        }
        summary.print();
    }

    private static boolean hasTests(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.anyMatch(file -> file.toString().endsWith("Test.java"));
        }
    }

    private void readModule(Path module) throws IOException, ParserConfigurationException, SAXException {
        Path folder = module.resolve("target/open-test-reports");
        Path report = folder.resolve("open-test-report.xml");
        if (!Files.exists(report)) {
            add("there is no " + module.getParent().relativize(report), module.getFileName() + ": all tests");
            return;
        }
        // Further runs of the same module, such as at other vector widths, have a folder each.
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(path -> path.endsWith(report.getFileName())).sorted().toList()) {
                readReport(module.getFileName().toString(), file);
            }
        }
    }

    /** The report is a list of events: {@code started} with id, parentId and name, then {@code finished} with the result. */
    private void readReport(String module, Path report) throws IOException, ParserConfigurationException, SAXException {
        NodeList events = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getDocumentElement()
                .getChildNodes();
        Map<String, String> names = new HashMap<>();
        Map<String, String> types = new HashMap<>();
        for (int i = 0; i < events.getLength(); i++) {
            if (!(events.item(i) instanceof Element event)) {
                continue;
            }
            String id = event.getAttribute("id");
            if (event.getTagName().equals("e:started")) {
                // The engine ("JUnit Jupiter") has no parent; the module's name is put in its place.
                String parent = names.get(event.getAttribute("parentId"));
                names.put(id, parent == null ? module + ":" : parent + " " + event.getAttribute("name"));
                types.put(id, text(event, "junit:type"));
            } else if (event.getTagName().equals("e:finished")) {
                Element result = (Element) event.getElementsByTagName("result").item(0);
                switch (result.getAttribute("status")) {
                    case "SKIPPED", "ABORTED" -> add(reason(result), names.get(id));
                    default -> ran += types.get(id).equals("TEST") ? 1 : 0;
                }
            }
        }
    }

    /** A disabled test has a reason; an aborted one has the exception, as a stack trace that begins with its message. */
    private static String reason(Element result) {
        String reason = text(result, "reason");
        if (reason.isEmpty()) {
            reason = text(result, "java:throwable").lines().findFirst().orElse("no reason given");
        }
        return reason.replace("org.opentest4j.TestAbortedException: ", "").replace("Assumption failed: ", "");
    }

    private static String text(Element parent, String tag) {
        NodeList found = parent.getElementsByTagName(tag);
        return found.getLength() == 0 ? "" : found.item(0).getTextContent().strip();
    }

    private void add(String reason, String test) {
        testsByReason.computeIfAbsent(reason, r -> new ArrayList<>()).add(test);
        notRun++;
    }

    private void print() {
        if (notRun == 0) {
            System.out.println("Every test ran: " + ran + ".");
            return;
        }
        // One entry may be a whole class: what it would have held is not known.
        System.out.println(ran + " tests ran; these " + notRun + " tests or groups of tests did not:");
        testsByReason.forEach((reason, tests) -> {
            System.out.println("  " + reason);
            tests.forEach(test -> System.out.println("    " + test));
        });
    }
}
