package org.bitgaze.torch.emit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the few pickle opcodes (protocol 2) of which a TorchScript archive is made. */
final class Pickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Pickle() {
    out.write(0x80);
    out.write(2);
  }

  Pickle op(char opcode) {
    out.write(opcode);
    return this;
  }

  Pickle global(String module, String name) {
    out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Pickle string(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.writeBytes(little(bytes.length));
    out.writeBytes(bytes);
    return this;
  }

  Pickle integer(int value) {
    out.write('J');
    out.writeBytes(little(value));
    return this;
  }

  Pickle tuple(int... values) {
    op('(');
    for (int value : values) {
      integer(value);
    }
    return op('t');
  }

  Pickle bool(boolean value) {
    out.write(value ? 0x88 : 0x89);
    return this;
  }

  Pickle newObject() {
    out.write(0x81);
    return this;
  }

  byte[] stop() {
    op('.');
    return out.toByteArray();
  }

  private static byte[] little(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }
}
