package org.bitgaze.explain;

import java.io.Serializable;

/** What an image shows according to its label; each task has its own type of label. */
public interface Truth extends Serializable {}
