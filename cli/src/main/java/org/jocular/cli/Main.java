package org.jocular.cli;

import java.io.PrintWriter;
import java.util.List;
import org.jocular.cli.bench.BenchCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The command {@code jocular}. */
@Command(
        name = "jocular",
        synopsisSubcommandLabel = "COMMAND",
        description = "Vision-language models in pure Java.",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Examples:",
            "  jocular demo",
            "  jocular ask --model DIR --image cat.jpg --prompt \"What is this?\"",
            "  jocular chat --model llava-hf/llava-1.5-7b-hf --image cat.jpg",
            "  jocular inspect DIR",
            "  jocular parity models/golden-llava",
            "",
            "A model is a directory as the hub has it, or a hub id in the local Hugging Face cache; nothing is downloaded.",
            "'jocular COMMAND --help' tells more. Exit status: 0 done, 1 a check found a difference, 2 bad input."
        })
public final class Main {
    private static final int HELP_WIDTH = 110;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean version;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show where an error came from.")
    boolean debug;

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(Console.system(), args));
    }

    /** Runs one command and returns its exit status. */
    static int run(Console console, String... args) {
        Main main = new Main();
        try {
            int status = commandLine(main, console).execute(args);
            console.out().flush();
            return status;
        } catch (RuntimeException | Error e) {
            return Failures.report(e, console, main.debug);
        }
    }

    private static CommandLine commandLine(Main main, Console console) {
        CommandLine root = new CommandLine(main)
                .addSubcommand(new DemoCommand(console))
                .addSubcommand(new AskCommand(console))
                .addSubcommand(new ChatCommand(console))
                .addSubcommand(new PresetsCommand(console))
                .addSubcommand(new InspectCommand(console))
                .addSubcommand(new ConvertCommand(console))
                .addSubcommand(new ParityCommand(console))
                .addSubcommand(new VerifyCommand(console))
                .addSubcommand(new WorldCommand(console))
                .addSubcommand(new TrainCommand(console))
                .addSubcommand(new ModelsCommand(console))
                .addSubcommand(new AblateCommand(console))
                .addSubcommand(new EvalCommand(console))
                .addSubcommand(new MergeCommand(console))
                .addSubcommand(new CompareCommand(console))
                .addSubcommand(new ScoreCommand(console))
                .addSubcommand(new TokenizeCommand(console))
                .addSubcommand(new PreprocessCommand(console))
                .addSubcommand(new DoctorCommand(console))
                .addSubcommand(new BenchCommand());
        root.getCommandSpec().version("jocular " + Machine.version());
        for (CommandLine command : root.getSubcommands().values()) {
            command.getCommandSpec()
                    .usageMessage()
                    .sortOptions(false)
                    .parameterListHeading("%n")
                    .optionListHeading("%n");
        }
        root.getCommandSpec().usageMessage().optionListHeading("%n");
        return root.setOut(console.out())
                .setErr(console.err())
                .setColorScheme(CommandLine.Help.defaultColorScheme(console.colours() ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(HELP_WIDTH)
                .setExpandAtFiles(false) // a prompt may begin with @
                .setExecutionStrategy(Main::runLast)
                .setParameterExceptionHandler((e, arguments) -> misused(e))
                .setExecutionExceptionHandler((e, command, result) -> Failures.report(e, console, main.debug));
    }

    /** Help that nobody reads to its end fails outside of any command, where picocli would print a stack trace. */
    private static int runLast(ParseResult result) {
        try {
            return new CommandLine.RunLast().execute(result);
        } catch (CheckedOutput.Broken e) {
            throw new ExecutionException(result.commandSpec().commandLine(), "help", e);
        }
    }

    /** Says what is wrong with the arguments, and how to write them. */
    private static int misused(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        List<String> unknown = command.getUnmatchedArguments();
        String meant = Suggestions.nearest(command);
        // Whoever mistypes --model lacks --model too: the typo explains more.
        err.println("jocular: "
                + (meant == null
                        ? e.getMessage()
                        : "unknown %s: did you mean %s?".formatted(unknown.getFirst(), meant)));
        if (meant == null) {
            err.print("Usage: " + command.getHelp().synopsis("Usage: ".length()));
        }
        err.printf("'%s --help' tells more.%n", command.getCommandSpec().qualifiedName());
        err.flush();
        return Failures.BAD_INPUT;
    }
}
