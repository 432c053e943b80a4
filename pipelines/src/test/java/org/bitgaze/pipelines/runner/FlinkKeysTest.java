package org.bitgaze.pipelines.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.beam.runners.flink.translation.types.EncodedValueComparator;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.flink.runtime.operators.shipping.OutputEmitter;
import org.apache.flink.runtime.operators.shipping.ShipStrategyType;
import org.apache.flink.runtime.plugable.SerializationDelegate;
import org.junit.jupiter.api.Test;

class FlinkKeysTest {

  /** Asks what Flink itself sends records by. */
  @Test
  void eachKeyGoesToAWorkerOfItsOwn() throws Exception {
    for (int workers : new int[] {1, 2, 3, 7, 64}) {
      OutputEmitter<byte[]> emitter =
          new OutputEmitter<>(ShipStrategyType.PARTITION_HASH, new EncodedValueComparator(true));
      emitter.setup(workers);
      Set<Integer> reached = new TreeSet<>();
      for (int key : FlinkKeys.oneForEach(workers)) {
        SerializationDelegate<byte[]> record = new SerializationDelegate<>(null);
        record.setInstance(CoderUtils.encodeToByteArray(VarIntCoder.of(), key));
        reached.add(emitter.selectChannel(record));
      }
      assertEquals(new TreeSet<>(IntStream.range(0, workers).boxed().toList()), reached);
    }
  }
}
