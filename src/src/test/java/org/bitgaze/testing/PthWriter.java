package org.bitgaze.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes state dicts as PyTorch does, true or lying. Storage elements are 0, 1, 2, ... as float32.
 */
public final class PthWriter {
  /** Bytes of an entry before its name. */
  private static final int LOCAL_HEADER = 30;

  private PthWriter() {}

  /** A tensor and what is said of its storage. */
  public record Entry(
      String name,
      String storage,
      int elements,
      int offset,
      int[] shape,
      int[] strides,
      int bytes) {}

  /** Writes a file in the zip or the legacy format. */
  public static Path write(Path file, boolean zip, Entry... entries) throws IOException {
    return Files.write(file, zip ? zip(entries) : legacy(entries));
  }

  private static byte[] zip(Entry... entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.setMethod(ZipOutputStream.STORED);
      put(zip, out, "archive/data.pkl", stateDict(entries));
      put(zip, out, "archive/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < entries.length; i++) {
        put(zip, out, "archive/data/" + i, elements(entries[i].bytes()));
      }
    }
    return out.toByteArray();
  }

  private static void put(
      ZipOutputStream zip, ByteArrayOutputStream out, String name, byte[] content)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    zip.flush();
    entry.setExtra(padding(out.size() + LOCAL_HEADER + name.length()));
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** An extra field behind which a multiple of 64 bytes is reached, as PyTorch writes it. */
  private static byte[] padding(int position) {
    int bytes = Math.floorMod(-(position + 4), 64);
    ByteBuffer field = little(4 + bytes).put((byte) 'F').put((byte) 'B').putShort((short) bytes);
    return field.array();
  }

  private static byte[] legacy(Entry... entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] magic = {
      (byte) 0x80,
      2,
      (byte) 0x8a,
      10,
      0x6c,
      (byte) 0xfc,
      (byte) 0x9c,
      0x46,
      (byte) 0xf9,
      0x20,
      0x6a,
      (byte) 0xa8,
      0x50,
      0x19,
      '.'
    };
    out.writeBytes(magic);
    out.writeBytes(new byte[] {(byte) 0x80, 2, 'M', (byte) 0xe9, 3, '.'});
    out.writeBytes(new byte[] {(byte) 0x80, 2, '}', '.'});
    out.writeBytes(stateDict(entries));
    ByteArrayOutputStream keys = new ByteArrayOutputStream();
    keys.writeBytes(new byte[] {(byte) 0x80, 2, ']', '('});
    for (int i = 0; i < entries.length; i++) {
      string(keys, "" + i);
    }
    keys.write('e');
    keys.write('.');
    out.writeBytes(keys.toByteArray());
    for (Entry entry : entries) {
      out.writeBytes(little(8).putLong(entry.elements()).array());
      out.writeBytes(elements(entry.bytes()));
    }
    return out.toByteArray();
  }

  private static byte[] stateDict(Entry... entries) {
    ByteArrayOutputStream p = new ByteArrayOutputStream();
    p.writeBytes(new byte[] {(byte) 0x80, 2});
    global(p, "collections\nOrderedDict\n");
    p.writeBytes(new byte[] {')', 'R', '('});
    for (int i = 0; i < entries.length; i++) {
      Entry e = entries[i];
      string(p, e.name());
      global(p, "torch._utils\n_rebuild_tensor_v2\n");
      p.writeBytes(new byte[] {'(', '('});
      string(p, "storage");
      global(p, "torch\n" + e.storage() + "\n");
      string(p, "" + i);
      string(p, "cpu");
      integer(p, e.elements());
      p.writeBytes(new byte[] {'t', 'Q'});
      integer(p, e.offset());
      tuple(p, e.shape());
      tuple(p, e.strides());
      p.write(0x89);
      global(p, "collections\nOrderedDict\n");
      p.writeBytes(new byte[] {')', 'R', 't', 'R'});
    }
    p.writeBytes(new byte[] {'u', '}', 'b', '.'});
    return p.toByteArray();
  }

  private static void global(ByteArrayOutputStream p, String lines) {
    p.writeBytes(("c" + lines).getBytes(StandardCharsets.US_ASCII));
  }

  private static void string(ByteArrayOutputStream p, String text) {
    p.write('X');
    p.writeBytes(little(4).putInt(text.length()).array());
    p.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void integer(ByteArrayOutputStream p, int value) {
    p.write('J');
    p.writeBytes(little(4).putInt(value).array());
  }

  private static void tuple(ByteArrayOutputStream p, int[] values) {
    p.write('(');
    for (int value : values) {
      integer(p, value);
    }
    p.write('t');
  }

  private static byte[] elements(int bytes) {
    ByteBuffer buffer = little(bytes);
    for (int i = 0; i < bytes / 4; i++) {
      buffer.putFloat(i);
    }
    return buffer.array();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
