package dev.sluice.testing.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerEvent;
import org.junit.jupiter.api.Test;

/** What a failing seed tells. */
class StoryTest {

  @Test
  void aMessageThatCarriesAnotherNamesIt() {
    WorkerEvent finished = new WorkerEvent.TaskFinished(new JobId("job"), new TaskId("s1", 2));
    assertThat(Story.of(new Envelope("main", 1, 3, "worker-0", finished)))
        .isEqualTo("Envelope 3 TaskFinished s1/2");
  }

  @Test
  void onlyTheLastEventsAreKept() {
    Story story = new Story(false);
    for (int i = 1; i <= 100; i++) {
      story.tell(i * 1_000_000L, "event " + i);
    }
    assertThat(story.ending().lines())
        .hasSize(61)
        .startsWith("the last 60 of 100 events:", "      41.000 ms  event 41")
        .endsWith("     100.000 ms  event 100");
  }
}
