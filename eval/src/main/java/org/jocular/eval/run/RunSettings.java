package org.jocular.eval.run;

import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import org.jocular.eval.task.Task;
import org.jocular.eval.task.Wording;
import org.jocular.llama.GenerationSettings;
import org.jocular.systems.Preset;
import org.jocular.tensor.BadInput;

/**
 * What is to be run, and where.
 *
 * @param data         the benchmarks' files
 * @param out          folder of the run
 * @param tasks        in this order
 * @param offset       how many questions of each task are left out at its beginning
 * @param limit        how many of each task are asked after them: a share below 1, a number, or all where it is negative
 * @param batch        how many questions are asked together
 * @param seed         of what is drawn
 * @param shard        which part of the run is computed, from 1 on
 * @param shards       into how many parts it is cut
 * @param features     folder for what the vision tower makes of pictures
 * @param featureBytes how large it may grow
 * @param version      of this program
 * @param machine      what computes
 */
public record RunSettings(
        Path data,
        Path out,
        List<Asked> tasks,
        int offset,
        double limit,
        int batch,
        long seed,
        int shard,
        int shards,
        Path features,
        long featureBytes,
        String version,
        SequencedMap<String, Object> machine) {
    public RunSettings {
        tasks = List.copyOf(tasks);
        if (batch < 1) {
            throw new BadInput("--batch is %d, expected at least 1".formatted(batch));
        }
        if (shards < 1 || shard < 1 || shard > shards) {
            throw new BadInput("--shard is %d/%d, expected 1/%d to %d/%d"
                    .formatted(shard, shards, Math.max(1, shards), Math.max(1, shards), Math.max(1, shards)));
        }
        if (limit == 0 || (limit > 1 && limit != Math.rint(limit))) {
            throw new BadInput(
                    "--limit is %s, expected a number of questions, or a share of them below 1".formatted(limit));
        }
        if (offset < 0) {
            throw new BadInput("--offset is %d, expected at least 0".formatted(offset));
        }
    }

    /**
     * A benchmark, and how it is asked.
     *
     * @param preset   what is put around its questions
     * @param decoding how answers are generated
     */
    public record Asked(Task task, Wording wording, Preset preset, GenerationSettings decoding) {}
}
