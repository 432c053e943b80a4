package org.bitgaze.pipelines.gate;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A gate's result as a JUnit report, which CI servers read: one test per judgement. */
public final class JUnitXml {
  private JUnitXml() {}

  /**
   * Writes {@code gate.xml}.
   *
   * @param suites judgements by the name of their run
   */
  public static void write(Map<String, List<Judgement>> suites, Path file) throws IOException {
    try (Writer out = Files.newBufferedWriter(file)) {
      XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuites");
      for (Map.Entry<String, List<Judgement>> suite : suites.entrySet()) {
        suite(xml, suite.getKey(), suite.getValue());
      }
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IOException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static void suite(XMLStreamWriter xml, String name, List<Judgement> judgements)
      throws XMLStreamException {
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", name);
    xml.writeAttribute("tests", "" + judgements.size());
    xml.writeAttribute("failures", "" + judgements.stream().filter(j -> !j.holds()).count());
    for (Judgement judgement : judgements) {
      xml.writeStartElement("testcase");
      xml.writeAttribute("classname", name + "." + judgement.model() + "." + judgement.precision());
      xml.writeAttribute("name", judgement.condition().toString());
      if (judgement.holds()) {
        xml.writeStartElement("system-out");
        xml.writeCharacters(judgement.line());
      } else {
        xml.writeStartElement("failure");
        xml.writeAttribute("message", judgement.line());
      }
      xml.writeEndElement();
      xml.writeEndElement();
    }
    xml.writeEndElement();
  }
}
