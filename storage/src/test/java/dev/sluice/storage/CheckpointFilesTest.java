package dev.sluice.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.NewFile;
import dev.sluice.storage.s3server.S3Server;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** What every place for checkpoints promises, and what is special about a bucket. */
class CheckpointFilesTest {
  private static S3Server server;

  @TempDir Path temp;
  private CheckpointFiles files;

  /** The kinds of places. */
  enum Place {
    FOLDER,
    MEMORY,
    BUCKET
  }

  @BeforeAll
  static void start() throws Exception {
    server = new S3Server("bucket");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @AfterEach
  void close() throws IOException {
    if (files != null) {
      files.close();
    }
  }

  private static Storages storages() {
    return new Storages(new S3Access(server.endpoint(), null));
  }

  private void open(Place place) {
    files =
        switch (place) {
          case FOLDER ->
              storages().open(temp.resolve("files").toString(), "option --checkpointStorage");
          case MEMORY ->
              new FolderFiles(new MemoryFolder(1L << 30, MemoryFolder.Faults.NONE), "test");
          case BUCKET ->
              storages()
                  .openForCheckpoints(
                      "s3://bucket/" + temp.getFileName(), "option --checkpointStorage");
        };
  }

  private void write(String name, byte[] content) throws IOException {
    try (OutputStream out = files.create(name)) {
      out.write(content);
    }
  }

  private byte[] readFrom(String name, long position) throws IOException {
    try (InputStream in = files.open(name, position)) {
      return in.readAllBytes();
    }
  }

  private static Optional<byte[]> bytes(String text) {
    return Optional.of(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void aFileIsThereOnceItIsClosed(Place place) throws IOException {
    open(place);
    byte[] content = "0123456789".getBytes(UTF_8);
    OutputStream out = files.create("a/b/file");
    out.write(content, 0, 4);
    assertThat(files.list("")).doesNotContain("a/b/file");
    out.write(content, 4, 6);
    out.close();
    assertThat(files.list("")).containsExactly("a/b/file");
    assertThat(files.size("a/b/file")).isEqualTo(10);
    assertThat(readFrom("a/b/file", 0)).isEqualTo(content);
    assertThat(new String(readFrom("a/b/file", 7), UTF_8)).isEqualTo("789");
    assertThat(readFrom("a/b/file", 10)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void aFileMayBeLargerThanAPart(Place place) throws IOException {
    open(place);
    byte[] content = new byte[20 << 20];
    new Random(1).nextBytes(content);
    write("large", content);
    assertThat(files.size("large")).isEqualTo(content.length);
    assertThat(readFrom("large", 0)).isEqualTo(content);
    try (InputStream in = files.open("large", 17 << 20)) {
      assertThat(in.read()).isEqualTo(content[17 << 20] & 0xFF);
    }
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void whatIsNotClosedIsNotThere(Place place) throws IOException {
    open(place);
    OutputStream out = files.create("half");
    out.write(new byte[9 << 20]);
    out.flush();
    assertThat(files.list("half")).isEmpty();
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> files.size("half"));
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void whatIsGivenUpLeavesNothing(Place place) throws IOException {
    open(place);
    int before = server.openUploads();
    for (int size : new int[] {0, 100, 9 << 20, 17 << 20}) {
      try (NewFile out = files.create("given up")) {
        out.write(new byte[size]);
        assertThat(server.openUploads() - before)
            .isEqualTo(place == Place.BUCKET && size > 8 << 20 ? 1 : 0);
        out.discard();
      }
      assertThat(files.list("")).isEmpty();
      assertThat(server.openUploads()).isEqualTo(before);
    }
    try (Stream<Path> left = Files.walk(temp)) {
      assertThat(left.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void anUploadOfWhichAPartFailsLeavesNoParts() throws IOException {
    int before = server.openUploads();
    try (S3Files files = filesThrough(new Answer(403, "partNumber=2"))) {
      NewFile out = files.create("part fails");
      out.write(new byte[15 << 20]);
      assertThat(server.openUploads()).isEqualTo(before + 1);
      assertThatThrownBy(() -> out.write(new byte[2 << 20]))
          .hasMessageContaining("cannot write s3://bucket/through/part fails");
      assertThat(server.openUploads()).isEqualTo(before);
      assertThatThrownBy(() -> out.write(1)).hasMessageContaining("is closed");
      out.close();
      assertThat(files.list("part fails")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void whatIsNotThereIsMissing(Place place) throws IOException {
    open(place);
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> readFrom("none", 0));
    assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> files.size("none"));
    assertThat(files.read("none")).isEmpty();
    files.delete("none");
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void namesAreListedByWhatTheyBeginWith(Place place) throws IOException {
    open(place);
    for (String name : List.of("job/b", "job/a", "job/a-2/x", "other/a")) {
      write(name, new byte[1]);
    }
    assertThat(files.list("job/")).containsExactly("job/a", "job/a-2/x", "job/b");
    assertThat(files.list("job/a")).containsExactly("job/a", "job/a-2/x");
    files.delete("job/a");
    assertThat(files.list("job/")).containsExactly("job/a-2/x", "job/b");
  }

  @ParameterizedTest
  @EnumSource(Place.class)
  void isSetOnlyIfWhatIsExpectedStandsThere(Place place) throws IOException {
    open(place);
    assertThat(files.compareAndSet("claim", bytes("1"), "2".getBytes(UTF_8))).isFalse();
    assertThat(files.compareAndSet("claim", Optional.empty(), "1".getBytes(UTF_8))).isTrue();
    assertThat(files.compareAndSet("claim", Optional.empty(), "2".getBytes(UTF_8))).isFalse();
    assertThat(files.compareAndSet("claim", bytes("0"), "2".getBytes(UTF_8))).isFalse();
    assertThat(files.compareAndSet("claim", bytes("1"), "2".getBytes(UTF_8))).isTrue();
    assertThat(files.read("claim"))
        .hasValueSatisfying(now -> assertThat(now).isEqualTo(new byte[] {'2'}));
  }

  @ParameterizedTest
  @EnumSource(
      value = Place.class,
      names = {"FOLDER", "MEMORY"})
  void oneOfManySets(Place place) throws Exception {
    open(place);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Boolean>> tries = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        byte[] mine = {(byte) i};
        tries.add(() -> files.compareAndSet("claim", Optional.empty(), mine));
      }
      int won = 0;
      for (Future<Boolean> each : threads.invokeAll(tries)) {
        won += each.get() ? 1 : 0;
      }
      assertThat(won).isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aBucketThatIsNotThereIsRefused() {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(
            () ->
                storages()
                    .openForCheckpoints("s3://nobody-made-it/x", "option --checkpointStorage"))
        .withMessageContaining("option --checkpointStorage: s3://nobody-made-it/x cannot be used")
        .withMessageContaining("make the bucket nobody-made-it first");
  }

  /**
   * Has puts answered by a status, whatever came of them.
   *
   * @param query what the query of those puts contains
   */
  private record Answer(int status, String query) implements ExecutionInterceptor {
    @Override
    public SdkHttpResponse modifyHttpResponse(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      return context.httpRequest().method() == SdkHttpMethod.PUT
              && context.httpRequest().encodedQueryParameters().orElse("").contains(query)
          ? context.httpResponse().toBuilder().statusCode(status).build()
          : context.httpResponse();
    }
  }

  /** A client of which an interceptor may change what comes back. */
  private static S3Files filesThrough(ExecutionInterceptor interceptor) {
    S3Client client =
        S3Client.builder()
            .endpointOverride(URI.create(server.endpoint()))
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .overrideConfiguration(o -> o.addExecutionInterceptor(interceptor))
            .build();
    return new S3Files(client, "bucket", "through/");
  }

  @Test
  void aServiceThatIgnoresConditionsIsRefused() throws IOException {
    try (S3Files ignored = filesThrough(new Answer(200, ""))) {
      assertThatThrownBy(ignored::checkConditions)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("ignores the conditions of a put");
      assertThat(ignored.list(".conditions")).as("what the try leaves").isEmpty();
    }
  }

  @Test
  void aWriteIsOnesOwnEvenIfItsAnswerWasLost() throws IOException {
    try (S3Files second = filesThrough(new Answer(412, ""))) {
      assertThat(second.compareAndSet("lost", Optional.empty(), new byte[] {1})).isTrue();
      assertThat(second.compareAndSet("lost", Optional.of(new byte[] {1}), new byte[] {2}))
          .isTrue();
    }
  }

  @Test
  void aBucketThatMayNotBeWrittenIsRefused() {
    try (S3Files forbidden = filesThrough(new Answer(403, ""))) {
      assertThatThrownBy(forbidden::checkConditions)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot write s3://bucket/through/")
          .hasMessageContaining("the credentials of this process do not allow it");
    }
  }

  /** Breaks the connection of each download after so many bytes. */
  private record Breaking(int bytes, AtomicInteger downloads) implements ExecutionInterceptor {
    @Override
    public Optional<InputStream> modifyHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      Optional<InputStream> content = context.responseBody();
      if (context.httpRequest().method() != SdkHttpMethod.GET || content.isEmpty()) {
        return content;
      }
      downloads.incrementAndGet();
      return Optional.of(
          new FilterInputStream(content.get()) {
            private int left = bytes;

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
              if (left == 0) {
                throw new SocketException("Connection reset");
              }
              int count = super.read(into, offset, Math.min(left, length));
              left -= Math.max(0, count);
              return count;
            }
          });
    }
  }

  @Test
  void aDownloadThatBreaksGoesOnWhereItBroke() throws IOException {
    byte[] content = new byte[1000];
    new Random(1).nextBytes(content);
    AtomicInteger downloads = new AtomicInteger();
    try (S3Files broken = filesThrough(new Breaking(300, downloads))) {
      try (OutputStream out = broken.create("object")) {
        out.write(content);
      }
      try (InputStream in = broken.open("object", 50)) {
        assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 50, content.length));
      }
      assertThat(downloads).hasValue(4);
    }
    try (S3Files broken = filesThrough(new Breaking(0, downloads));
        InputStream in = broken.open("object", 0)) {
      assertThatThrownBy(in::read).hasMessage("Connection reset");
    }
  }

  @Test
  void aServiceThatIsNotThereIsRefused() throws Exception {
    String nobody;
    try (S3Server closed = new S3Server("bucket")) {
      nobody = closed.endpoint();
    }
    Storages storages = new Storages(new S3Access(nobody, null));
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(
            () -> storages.openForCheckpoints("s3://bucket/x", "option --checkpointStorage"))
        .withMessageContaining("s3://bucket/x cannot be used")
        .withMessageContaining("Connection refused");
  }

  @Test
  void anEndpointIsAUrl() {
    Storages storages = new Storages(new S3Access("localhost", null));
    assertThatThrownBy(() -> storages.open("s3://bucket/x", "option --checkpointStorage"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("--s3Endpoint: localhost is not a URL");
  }

  @Test
  void otherPlacesAreRefused() {
    assertThatThrownBy(() -> storages().open("gs://bucket/x", "option --checkpointStorage"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("a folder, a file:// URL, or s3://bucket/path");
  }
}
