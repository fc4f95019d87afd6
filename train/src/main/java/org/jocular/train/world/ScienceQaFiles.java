package org.jocular.train.world;

import static org.jocular.train.world.PlannedFile.object;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Questions with options in the files of ScienceQA (lupantech/ScienceQA, README and tools/download.sh).
 *
 * @param folder in which they lie, with a slash at its end
 * @param split  train or test
 */
record ScienceQaFiles(String folder, String split) {
    static List<Asked<Choice>> draw(List<Photograph> photographs, int count, RandomGenerator random) {
        return Asked.draw(photographs, count, random, Choices::draw);
    }

    List<PlannedFile> plan(List<Asked<Choice>> choices) {
        List<PlannedFile> files = new ArrayList<>();
        Map<String, Object> problems = new LinkedHashMap<>();
        for (Asked<Choice> asked : choices) {
            String id = Integer.toString(problems.size() + 1);
            problems.put(id, problem(asked));
            files.add(PlannedFile.picture(folder + "images/" + split + "/" + id + "/image.png", asked.about()));
        }
        Map<String, Object> splits = new LinkedHashMap<>();
        Stream.of("train", "val", "test", "trainval", "minitrain", "minival", "minitest")
                .forEach(name -> splits.put(
                        name,
                        name.equals(split) || name.equals(split + "val") ? List.copyOf(problems.keySet()) : List.of()));
        files.add(PlannedFile.json(folder + "problems.json", "problems", () -> problems));
        files.add(PlannedFile.json(folder + "pid_splits.json", "splits", () -> splits));
        return files;
    }

    private Map<String, Object> problem(Asked<Choice> asked) {
        Choice choice = asked.what();
        return object(
                "question", choice.question(),
                "choices", choice.options(),
                "answer", choice.right(),
                "hint", "",
                "image", "image.png",
                "task", "closed choice",
                "grade", "grade" + asked.about().scene().things().size(),
                "subject", "natural science",
                "topic", "scenes",
                "category", "Synthetic world",
                "skill", choice.type(),
                "lecture", "",
                "solution", "",
                "split", split);
    }
}
