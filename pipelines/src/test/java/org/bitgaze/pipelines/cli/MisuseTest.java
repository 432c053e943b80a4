package org.bitgaze.pipelines.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MisuseTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nosuch --weights scenes | bitgaze: there is no command 'nosuch'; known: demo, audit,",
        "adit --input photos | bitgaze: there is no command 'adit'; did you mean audit? known: demo,",
        "networks pul | bitgaze networks: there is no command 'pul'; did you mean pull? known: pull",
        "networks pul all | bitgaze networks: there is no command 'pul'; did you mean pull?",
        "scenes --cout 5 --output x | bitgaze scenes: unknown option --cout; did you mean --count? (see",
        "scenes --count 5 --outptu=x | unknown option --outptu; did you mean --output?",
        "scenes --count 5 --output x --colour red | unknown option --colour (see bitgaze scenes --help)",
        "scenes --output x | Missing required option: '--count=N'",
        "scenes --count 5 --output x y | Unmatched argument at index 5: 'y'",
        "audit --inptu=photos --output x --networks n | unknown option --inptu; did you mean --input?",
        "audit --input p --output x --networks n --lables l | unknown option --lables; did you mean --labels?",
        "audit --input p --output x --networks n --paralelism=2 | did you mean --parallelism?",
        "audit --input p --output x --networks n --zoo=2 | bitgaze: unknown option --zoo",
        "audit --input p --output x --networks n photos | 'photos' is not an option",
        "--verison | bitgaze: unknown option --verison; did you mean --version?"
      })
  void oneLineSaysWhatIsWrongAndWhatWasMeant(String line, String message) {
    StringWriter err = new StringWriter();
    int code =
        Bitgaze.commandLine().setErr(new PrintWriter(err, true)).execute(line.strip().split(" "));
    assertEquals(2, code, err.toString());
    assertTrue(err.toString().contains(message.strip()), err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
  }

  @ParameterizedTest
  @CsvSource({"worst, true", "networks, true", "dropout, true", "flinkMaster, false"})
  void anOptionIsTheCommandsOwnOrBeams(String name, boolean own) {
    var audit = Bitgaze.commandLine().getSubcommands().get("audit").getCommandSpec();
    assertEquals(own, Misuse.optionsOf(audit).contains(name));
    assertEquals(name.equals("flinkMaster"), BeamOptions.names().contains(name));
  }
}
