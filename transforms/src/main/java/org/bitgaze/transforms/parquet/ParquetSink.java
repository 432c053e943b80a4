package org.bitgaze.transforms.parquet;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import org.apache.beam.sdk.io.FileIO;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.GroupFactory;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;

/**
 * Writes elements to one Parquet file. Names are encoded by dictionaries, and pages are compressed
 * by zstd.
 *
 * @param <T> the elements' type
 */
final class ParquetSink<T> implements FileIO.Sink<T> {
  private static final long serialVersionUID = 1L;

  /** Bytes of a row group. A worker holds one in memory for each file that it writes. */
  private static final long ROW_GROUP = 8 << 20;

  private final RecordFormat<T> format;
  private transient ParquetWriter<Group> writer;
  private transient GroupFactory empty;

  ParquetSink(RecordFormat<T> format) {
    this.format = format;
  }

  @Override
  public void open(WritableByteChannel channel) throws IOException {
    MessageType type = format.schema();
    empty = new SimpleGroupFactory(type);
    writer =
        ExampleParquetWriter.builder(new ChannelFile(channel))
            .withType(type)
            .withExtraMetaData(format.meanings())
            .withConf(new PlainParquetConfiguration())
            .withCodecFactory(new ZstdPages())
            .withCompressionCodec(CompressionCodecName.ZSTD)
            .withRowGroupSize(ROW_GROUP)
            .build();
  }

  @Override
  public void write(T element) throws IOException {
    for (Group record : format.records(element, empty)) {
      writer.write(record);
    }
  }

  @Override
  public void flush() throws IOException {
    // Beam closes the channel afterwards: the footer must be there.
    writer.close();
  }
}
