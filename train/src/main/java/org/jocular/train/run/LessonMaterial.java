package org.jocular.train.run;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jocular.systems.VisionLanguageModel;
import org.jocular.tensor.BadInput;
import org.jocular.tensor.Tensor;
import org.jocular.train.Example;
import org.jocular.train.data.Curriculum;
import org.jocular.train.data.Lesson;
import org.jocular.vit.ImageProcessor;
import org.jocular.vit.Picture;
import org.jocular.vit.PictureReader;
import org.jspecify.annotations.Nullable;

/** Lessons of files, in a system's words, with their pictures prepared as the system wants them. */
record LessonMaterial(VisionLanguageModel model, Curriculum curriculum, Wording wording, PreparedPictures pictures)
        implements Material {
    /** What a stage makes of a lesson. */
    @FunctionalInterface
    interface Wording {
        /**
         * The lesson as an example.
         *
         * @param pictures prepared; none where the lesson has none
         * @return null where there is nothing to be learned
         */
        @Nullable
        Example of(Lesson lesson, List<Tensor> pictures);
    }

    @Override
    public long stepsPerEpoch() {
        return curriculum.stepsPerEpoch();
    }

    @Override
    public List<Example> batch(long step, Arena arena) {
        ImageProcessor processor = model.imageProcessor();
        List<Example> batch = new ArrayList<>();
        for (Lesson lesson : curriculum.batch(step)) {
            Path path = lesson.picture();
            List<Tensor> pixels = new ArrayList<>();
            if (path != null) {
                Picture prepared = pictures.get(path, file -> processor.prepared(PictureReader.read(file)));
                pixels.add(Tensor.of(arena, processor.normalised(prepared), 3, prepared.height(), prepared.width()));
            }
            Example example = wording.of(lesson, pixels);
            if (example != null) {
                batch.add(example);
            }
        }
        if (batch.isEmpty()) {
            throw new BadInput("in step %d no lesson's answer begins within max_length".formatted(step + 1));
        }
        return batch;
    }
}
